/** What may be done with signing keys and when: the steps of each operation, from what is there (W-KEY-3, wlcg-tokens.md section 6). */
import type { SigningAlgorithm } from '../issuance/sign.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { type SigningKeyRecord, scheduledKeys, signingKeyAt, stateAt } from './signing-key.ts';
import { type KeyStep, withSuccession } from './steps.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** The longest lifetime of section 6; longer ones, with their justification, are in the issue log. */
const longestTokenMs = 6 * hour;

/** A retired key stays published for so long after the last token that it signed. */
const marginMs = day;

/** Within this every process has heard of a new key, so that none signs with what another one does not publish yet. */
export const spreadMs = 2000;

/** The steps, or in words why not. */
export type Planned = Result<readonly KeyStep[], string>;

type Keys = readonly SigningKeyRecord[];

export function planPublish(key: SigningKeyRecord): readonly KeyStep[] {
  return [{ action: 'published', kid: key.kid, takesEffectAt: null, key }];
}

/** A new key that takes over after the lead. */
export function planRotation(keys: Keys, key: SigningKeyRecord, activatesAt: number, now: number): readonly KeyStep[] {
  return withSuccession(keys, [...planPublish(key), schedule(key.kid, activatesAt)], now);
}

/** Undefined when a key of the algorithm waits already. */
export function refuseSecondRotation(keys: Keys, alg: SigningAlgorithm, now: number): string | undefined {
  const [next] = scheduledKeys(keys, alg, now);
  if (next === undefined) return undefined;
  return `${alg} key \`${next.kid}\` is to sign from ${instant(next.activatesAt)} on already, \`retire\` gives it up`;
}

/** `leadMs` is how long a key has to be published; null: the operator does not want to wait. */
export function planActivation(keys: Keys, kid: string, now: number, leadMs: number | null): Planned {
  const key = find(keys, kid);
  if (key === undefined) return err(unknown(kid));
  const state = stateAt(key, now);
  if (state !== 'published') return err(`key \`${kid}\` is ${state}, expected a published one`);
  const known = key.publishedAt + (leadMs ?? spreadMs);
  if (leadMs !== null && known > now) {
    return err(
      `key \`${kid}\` is published since ${instant(key.publishedAt)} and storages may not know it before ${instant(known)}, \`--now\` activates it all the same`,
    );
  }
  const at = Math.max(known, now);
  return ok(
    withSuccession(
      keys,
      [{ action: 'activated', kid, takesEffectAt: at > now ? at : null, change: { activatesAt: at } }],
      now,
    ),
  );
}

/** Also gives up a key that was to sign later. */
export function planRetirement(keys: Keys, kid: string, now: number): Planned {
  const key = find(keys, kid);
  if (key === undefined) return err(unknown(kid));
  const state = stateAt(key, now);
  if (state === 'retired' || state === 'removed') return err(`key \`${kid}\` is ${state} already`);
  const others = keys.filter((other) => other.kid !== kid && other.alg === key.alg);
  if (state === 'active' && !others.some((other) => stateAt(other, now) === 'active')) {
    return err(`key \`${kid}\` is the only active one for ${key.alg}, expected another to be activated first`);
  }
  return ok(withSuccession(keys, [{ action: 'retired', kid, takesEffectAt: null, change: { retiresAt: now } }], now));
}

/** `lastExpiry` is that of the tokens issued until the key retired, by the issue log. */
export function planRemoval(keys: Keys, kid: string, now: number, lastExpiry: number | null): Planned {
  const key = find(keys, kid);
  if (key === undefined) return err(unknown(kid));
  const state = stateAt(key, now);
  if (state === 'removed') return err(`key \`${kid}\` is removed already`);
  if (state === 'active') return err(`key \`${kid}\` signs, expected a retired one (a stolen one: \`--emergency\`)`);
  if (state === 'published' && key.activatesAt !== null) {
    return err(`key \`${kid}\` is to sign from ${instant(key.activatesAt)} on, \`retire\` gives it up`);
  }
  const from = removableFrom(key, lastExpiry);
  if (from > now) {
    return err(
      `tokens of key \`${kid}\` may live, it can be removed from ${instant(from)} on (a stolen one: \`--emergency\`)`,
    );
  }
  return ok([{ action: 'removed', kid, takesEffectAt: null, change: { removedAt: now } }]);
}

/** From when on nobody needs the key to be published; one that never signed is needed by nobody. */
export function removableFrom(key: SigningKeyRecord, lastExpiry: number | null): number {
  const { activatesAt, retiresAt } = key;
  if (activatesAt === null || (retiresAt !== null && retiresAt <= activatesAt)) return Number.NEGATIVE_INFINITY;
  if (retiresAt === null) return Number.POSITIVE_INFINITY;
  return Math.max(retiresAt + longestTokenMs, lastExpiry ?? 0) + marginMs;
}

/** Which key takes over when this one is taken away at once: the one that storages know longest; undefined: a new one is needed. */
export function findSuccessor(keys: Keys, kid: string, now: number): SigningKeyRecord | undefined {
  const alg = find(keys, kid)?.alg;
  return keys
    .filter((key) => key.alg === alg && key.kid !== kid && stateAt(key, now) === 'published' && key.removedAt === null)
    .filter(({ sealed, reference }) => sealed !== null || reference !== null)
    .toSorted((a, b) => a.publishedAt - b.publishedAt)[0];
}

/** True when taking the key away leaves its algorithm without one that signs. */
export function isNeeded(keys: Keys, kid: string, now: number): boolean {
  const key = find(keys, kid);
  return key !== undefined && signingKeyAt(keys, key.alg, now)?.kid === kid;
}

/** Takes a stolen key away; `successor` signs from the same instant on. It is there already, or new. */
export function planEmergency(
  keys: Keys,
  kid: string,
  successor: { readonly key: SigningKeyRecord; readonly isNew: boolean } | undefined,
  now: number,
): Planned {
  const key = find(keys, kid);
  if (key === undefined) return err(unknown(kid));
  if (key.removedAt !== null && key.isCompromised) return err(`key \`${kid}\` is removed already`);
  const at = successor === undefined ? now : now + spreadMs;
  const takesEffectAt = at > now ? at : null;
  const steps: KeyStep[] = [
    {
      action: 'removed',
      kid,
      takesEffectAt,
      change: { removedAt: Math.min(key.removedAt ?? at, at), isCompromised: true },
    },
  ];
  if (successor !== undefined) {
    if (successor.isNew) steps.unshift(...planPublish(successor.key));
    steps.push({ action: 'activated', kid: successor.key.kid, takesEffectAt, change: { activatesAt: at } });
  }
  return ok(withSuccession(keys, steps, now));
}

function schedule(kid: string, at: number): KeyStep {
  return { action: 'scheduled', kid, takesEffectAt: at, change: { activatesAt: at } };
}

function find(keys: Keys, kid: string): SigningKeyRecord | undefined {
  return keys.find((key) => key.kid === kid);
}

function unknown(kid: string): string {
  return `no key \`${kid}\`, expected one that \`sluice keys list\` shows`;
}

/** For people: to the second. */
export function instant(time: number | null): string {
  return time === null ? '-' : `${new Date(time).toISOString().slice(0, 19)}Z`;
}
