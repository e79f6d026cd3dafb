/** SCIM's JSON of a user as fields of an account, and back to what has changed of them. */
import { isDeepStrictEqual } from 'node:util';
import type { AccountChange } from '../accounts/administration.ts';
import { ok } from '../shared/result.ts';
import { isObject } from './normalise.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { UserRecord } from './records.ts';
import type { Json } from './represent.ts';
import { indigoUserId } from './schemas.ts';

/** What a client can write; undefined: it says nothing about it. */
export interface UserFields {
  readonly username: string;
  readonly name: string | null;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly email: string | null;
  readonly active: boolean | undefined;
  readonly externalId: string | null;
  readonly affiliation: string | null | undefined;
  readonly endsAt: number | null | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly service: boolean | undefined;
}

/** `resource` is in the form of `normaliseResource`. What an absent extension would say stays as it is. */
export function readUserFields(resource: Json): ScimAnswer<UserFields> {
  const { userName, name = {}, emails = [], externalId = null, active } = resource;
  if (typeof userName !== 'string' || userName === '') return scimError('invalidValue', 'expected a `userName`');
  const email = readEmail(emails as readonly Json[]);
  if (!email.ok) return email;
  const indigo = resource[indigoUserId] as Json | undefined;
  const labels = indigo?.labels === undefined ? ok(undefined) : readLabels(indigo.labels as readonly Json[]);
  if (!labels.ok) return labels;
  const endTime = indigo?.endTime as string | undefined;
  return ok({
    username: userName,
    ...readName(name as Json),
    email: email.value,
    active: active as boolean | undefined,
    externalId: externalId as string | null,
    affiliation: indigo && ((indigo.affiliation as string | undefined) ?? null),
    endsAt: indigo && (endTime === undefined ? null : Date.parse(endTime)),
    labels: labels.value ?? (indigo && {}),
    service: indigo?.serviceAccount as boolean | undefined,
  });
}

/** Who sends the parts alone means the whole too. */
function readName({ formatted, givenName, familyName }: Json) {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : null);
  const parts = [text(givenName), text(familyName)].filter((part) => part !== null);
  const name = text(formatted) ?? (parts.length === 0 ? null : parts.join(' '));
  return { name, givenName: text(givenName), familyName: text(familyName) };
}

/** One is kept: the only one, or the primary one. */
function readEmail(emails: readonly Json[]): ScimAnswer<string | null> {
  const named = emails.filter(({ value }) => typeof value === 'string' && value !== '');
  if (named.length === 0) return ok(null);
  const primary = named.filter((email) => email.primary === true);
  const chosen = named.length === 1 ? named : primary;
  if (chosen.length !== 1) {
    return scimError('invalidValue', 'expected one mail address, or exactly one that is `primary`');
  }
  return ok(chosen[0]?.value as string);
}

/** Names with their prefixes, as accounts and groups have them. */
export function readLabels(labels: readonly Json[]): ScimAnswer<Readonly<Record<string, string>>> {
  const read: Record<string, string> = {};
  for (const label of labels) {
    if (!isObject(label) || typeof label.name !== 'string' || label.name === '') {
      return scimError('invalidValue', 'expected a `name` in each of the `labels`');
    }
    const { prefix = '', name, value = '' } = label as Record<string, string>;
    const key = prefix === '' ? (name as string) : `${prefix}/${name}`;
    // Not a name of a label anyway, and not one to set on an object.
    if (key === '__proto__') return scimError('invalidValue', 'expected names of letters, digits and `._/:-`');
    read[key] = value;
  }
  return ok(read);
}

/** Null: nothing changes. What names an account or what is derived of it counts as well. */
export function accountChangeOf(before: UserRecord, after: UserFields): AccountChange | null {
  const wanted = {
    username: after.username,
    name: after.name,
    givenName: after.givenName,
    familyName: after.familyName,
    email: after.email,
    affiliation: after.affiliation,
    endsAt: after.endsAt,
    labels: after.labels,
  };
  const changed = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(value, before[name as keyof UserRecord]),
  );
  return changed.length === 0 ? null : Object.fromEntries(changed);
}
