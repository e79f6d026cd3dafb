/** What an emergency removal means for those who verify tokens (W-KEY-3, W-KEY-4). */
import { instant } from '../keys/life.ts';
import type { SigningKeyRecord } from '../keys/signing-key.ts';
import type { KeyStep } from '../keys/steps.ts';

export function describeEmergency(steps: readonly KeyStep[], before: readonly SigningKeyRecord[]): string {
  const old = 'Storages accept tokens of the removed key until they fetch the keys anew, within 6 hours.\n';
  const successor = steps.find(({ action, takesEffectAt }) => action === 'activated' && takesEffectAt !== null);
  if (successor === undefined) return old;
  const known = before.find(({ kid }) => kid === successor.kid);
  if (known !== undefined) {
    return `${old}They may know key \`${known.kid}\`, which takes over: it is published since ${instant(known.publishedAt)}.\n`;
  }
  return `${old}Storages that do not look for an unknown key refuse tokens of key \`${successor.kid}\`, which takes over, until then.\n`;
}
