/** What a change of an account really changes: fields that stay as they are count for nothing. */
import type { AccountChange, AccountDetails } from './administration.ts';

/** Fields that the change gives another value than they have. */
export function realChange(present: AccountDetails, change: AccountChange): AccountChange {
  const changed = Object.entries(change).filter(
    ([name, value]) => value !== undefined && !isSame(presentValue(present, name as keyof AccountChange), value),
  );
  return Object.fromEntries(changed);
}

function presentValue(present: AccountDetails, field: keyof AccountChange): unknown {
  if (field === 'emailVerified') return present.emailVerifiedAt !== null;
  if (field === 'embargoPaths') return present.embargoPaths ?? null;
  return present[field];
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

/** Neither the order of labels nor that of roles says anything. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.toSorted();
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** Fields whose values are personal: the audit log, which outlives the account, says only that they changed. */
const personal: ReadonlySet<string> = new Set([
  'username',
  'name',
  'givenName',
  'familyName',
  'email',
  'affiliation',
  'labels',
]);

/** For the audit log. Instants as text. */
export function describeChange(present: AccountDetails, change: AccountChange): Readonly<Record<string, unknown>> {
  const fields = Object.keys(change);
  const told = fields
    .filter((name) => !personal.has(name))
    .map((name) => {
      const field = name as keyof AccountChange;
      return [name, { from: shown(field, presentValue(present, field)), to: shown(field, change[field]) }];
    });
  return { changed: fields, ...Object.fromEntries(told) };
}

function shown(field: keyof AccountChange, value: unknown): unknown {
  return field === 'endsAt' && typeof value === 'number' ? new Date(value).toISOString() : (value ?? null);
}
