/** Reads what a question is made of: an action, a logical path, a piece of a list. */
import { type CanonicalPath, parsePath } from '../policy/path.ts';
import { type Action, actions } from '../policy/rule.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { PageRequest, QuestionFault } from './questions.ts';

export type Read<T> = Result<T, QuestionFault>;

export const defaultLimit = 100;
const longestPage = 1000;

export function readAction(text: string): Read<Action> {
  const action = actions.find((known) => known === text);
  if (action !== undefined) return ok(action);
  return malformed(
    `action \`${cut(text)}\` not known, expected one of ${actions.map((name) => `\`${name}\``).join(', ')}`,
  );
}

/** Canonical form of a logical path. */
export function readPath(text: string): Read<CanonicalPath> {
  const path = parsePath(text);
  if (path.ok) return path;
  return malformed(`\`${cut(text)}\` is not a path, expected \`/\` or segments of letters, digits and \`-_.~=@,\``);
}

/** `isCursor` says whether a text can be the `next` of a piece. */
export function readPage(
  { limit = defaultLimit, after = null }: PageRequest,
  isCursor: (text: string) => boolean,
): Read<{ readonly limit: number; readonly after: string | null }> {
  if (!Number.isInteger(limit) || limit < 1 || limit > longestPage) {
    return malformed(`limit \`${limit}\` not accepted, expected a whole number from 1 to ${longestPage}`);
  }
  if (after !== null && !isCursor(after)) {
    return malformed(`\`${cut(after)}\` is not where a piece ends, expected the \`next\` of an answer`);
  }
  return ok({ limit, after });
}

export function malformed(message: string): Read<never> {
  return err({ kind: 'malformed', message });
}

/** PostgreSQL has no NUL in text: such a name is nobody's. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

function cut(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
