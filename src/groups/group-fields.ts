/** What the fields of a group and of a membership may hold: the same for every way in, as the lake file's. */
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { groupPath, labels, text } from '../lake/schema/scalars.ts';
import { ok } from '../shared/result.ts';
import type { GroupChange, MembershipInterval } from './administration.ts';

const earliest = Date.UTC(1, 0, 1);
const latest = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export function checkGroupPath(path: string): PeopleAnswer<string> {
  const parsed = groupPath.safeParse(path);
  return parsed.success ? ok(path) : invalid('path', parsed.error.issues[0]?.message);
}

export function checkGroupFields({ description, labels: given }: GroupChange): PeopleAnswer<null> {
  if (description != null) {
    const parsed = text().safeParse(description);
    if (!parsed.success) return invalid('description', parsed.error.issues[0]?.message);
  }
  const parsed = labels.optional().safeParse(given);
  return parsed.success ? ok(null) : invalid('labels', parsed.error.issues[0]?.message);
}

export function checkInterval({ from, until }: MembershipInterval): PeopleAnswer<null> {
  const isCommon = (at: number | null) => at === null || (at >= earliest && at <= latest);
  if (!isCommon(from)) return invalid('from', 'expected an instant of the years 1 to 9999');
  if (!isCommon(until)) return invalid('until', 'expected an instant of the years 1 to 9999');
  if (from !== null && until !== null && until <= from) return invalid('until', 'expected an instant after `from`');
  return ok(null);
}

function invalid(field: string, message = 'not accepted') {
  return refused('invalid', `\`${field}\`: ${message}`, field);
}
