/** SCIM's JSON of a user as fields of an account, and what has changed of them. */
import { isDeepStrictEqual } from 'node:util';
import type { AccountChange } from '../accounts/administration.ts';
import { ok } from '../shared/result.ts';
import { readKnownAs, type WantedKnownAs } from './known-as.ts';
import { readLabels } from './labels.ts';
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
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** Milliseconds since the epoch. */
  readonly endsAt: number | null | undefined;
  readonly knownAs: WantedKnownAs;
}

/** What a list or an end that is absent says: nothing, or that there is none. */
export type Absent = 'kept' | 'removed';

/** `resource` is in the form of `normaliseResource`. What an absent extension would say stays as it is. */
export function readUserFields(
  resource: Json,
  { absent, before }: { readonly absent: Absent; readonly before: UserRecord | null },
): ScimAnswer<UserFields> {
  const { userName, name = {}, emails = [], externalId = null, active } = resource;
  if (typeof userName !== 'string' || userName === '') return scimError('invalidValue', 'expected a `userName`');
  const email = readEmail(emails as readonly Json[]);
  if (!email.ok) return email;
  const indigo = resource[indigoUserId] as Json | undefined;
  const said: Json = { ...(absent === 'removed' && nothing), ...indigo };
  const knownAs = readKnownAs(said, before);
  if (!knownAs.ok) return knownAs;
  const { labels, endTime } = said as { labels?: readonly Json[]; endTime?: string | null };
  const named = labels && readLabels(labels);
  if (named?.ok === false) return named;
  return ok({
    username: userName,
    ...readName(name as Json),
    email: email.value,
    active: active as boolean | undefined,
    externalId: externalId as string | null,
    affiliation: indigo && ((indigo.affiliation as string | undefined) ?? null),
    labels: named?.value,
    endsAt: typeof endTime === 'string' ? Date.parse(endTime) : endTime,
    knownAs: knownAs.value,
  });
}

const nothing = { certificates: [], sshKeys: [], oidcIds: [], labels: [], endTime: null };

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

/** Whether the body of a new user names a robot: only then may a client say so, and the schema calls it read-only. */
export function isService(body: unknown): boolean {
  const indigo = isObject(body) ? body[indigoUserId] : undefined;
  return isObject(indigo) && indigo.serviceAccount === true;
}

/** Null: nothing changes. */
export function accountChangeOf(before: UserRecord, after: UserFields): AccountChange | null {
  const { username, name, givenName, familyName, email, affiliation, labels, endsAt } = after;
  const wanted = { username, name, givenName, familyName, email, affiliation, labels, endsAt };
  const changed = Object.entries(wanted).filter(
    ([field, value]) => value !== undefined && !isDeepStrictEqual(value, before[field as keyof typeof wanted]),
  );
  return changed.length === 0 ? null : Object.fromEntries(changed);
}
