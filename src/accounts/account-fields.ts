/** What the fields of an account may hold: the same for every way in, as the lake file's (src/lake/schema/account.ts). */
import type { z } from 'zod';
import { labels, path, text, visibleAscii, word } from '../lake/schema/scalars.ts';
import { ok } from '../shared/result.ts';
import type { AccountChange, NewAccount } from './administration.ts';
import { isPasswordHash } from './password.ts';
import { type PeopleAnswer, refused } from './refusal.ts';

/** PostgreSQL and JavaScript agree on instants of these years only. */
const earliest = Date.UTC(1, 0, 1);
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const mailAddress = text(320).regex(/^[^\s@]+@[^\s@]+$/, 'expected a mail address such as `ada@example.org`');

const formats: Readonly<Record<string, z.ZodType>> = {
  id: visibleAscii('an id'),
  username: word('a username'),
  name: text(),
  givenName: text(),
  familyName: text(),
  email: mailAddress,
  affiliation: text(),
  labels,
};

/** The first field that cannot be, or the embargo paths in canonical form. */
export function checkAccountFields<T extends AccountChange | NewAccount>(fields: T): PeopleAnswer<T> {
  for (const [name, format] of Object.entries(formats)) {
    const value = fields[name as keyof T];
    if (value === undefined || (value === null && name !== 'username')) continue;
    const parsed = format.safeParse(value);
    if (!parsed.success) return invalid(name, parsed.error.issues[0]?.message ?? 'not accepted');
  }
  const { endsAt } = fields;
  if (endsAt != null && !(endsAt >= earliest && endsAt <= latest)) {
    return invalid('endsAt', 'expected an instant of the years 1 to 9999');
  }
  if ('passwordHash' in fields && fields.passwordHash != null && !isPasswordHash(fields.passwordHash)) {
    return invalid('passwordHash', 'expected a hash that this server can check');
  }
  return checkPaths(fields);
}

function checkPaths<T extends AccountChange | NewAccount>(fields: T): PeopleAnswer<T> {
  if (fields.embargoPaths == null) return ok(fields);
  const parsed = path.array().min(1, 'expected at least one path').safeParse(fields.embargoPaths);
  return parsed.success
    ? ok({ ...fields, embargoPaths: parsed.data })
    : invalid('embargoPaths', parsed.error.issues[0]?.message ?? 'not accepted');
}

function invalid(field: string, message: string) {
  return refused('invalid', `\`${field}\`: ${message}`, field);
}
