/** Reasons and refusals of changes of embargoes, between forms and use cases. */
import type { Refusal } from '../../../rules/refusal.ts';
import type { FormValues } from '../../pages/embargo-form.ts';
import { texts } from '../../pages/texts.ts';

/** What the form says why. */
export function reasonOf(form: FormValues): { readonly reason?: string } {
  const reason = form.get('reason')?.trim().slice(0, 1000);
  return reason ? { reason } : {};
}

export function sentenceOf({ kind, message }: Refusal): string {
  return kind === 'version-mismatch' ? texts.embargo.changedMeanwhile : message;
}

/** Of the page that shows it. */
export function refusalStatusOf({ kind }: Refusal): number {
  return { forbidden: 403, 'not-found': 404, conflict: 409, invalid: 422, 'version-mismatch': 409 }[kind];
}
