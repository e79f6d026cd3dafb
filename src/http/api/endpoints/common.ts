/** What the handlers of rules share: who acts, which page, and refusals as problems. */
import type { Actor } from '../../../rules/actor.ts';
import type { Page, PageRequest } from '../../../rules/administration.ts';
import type { Answer, WriteOutcome, Written } from '../../../rules/refusal.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import { type ActorDeps, actorOf } from '../actor.ts';
import type { Caller } from '../caller.ts';
import { decodeCursor, defaultLimit, encodeCursor } from '../cursor.ts';
import { type Problem, problem } from '../problem.ts';
import { ruleProblem } from '../rule-problem.ts';

export function actorIn(
  deps: ActorDeps,
  { caller, address }: { readonly caller: Caller; readonly address: string | null },
): Actor {
  return actorOf(deps, caller, address);
}

export async function written<T, V>(writing: Promise<WriteOutcome<T, V>>): Promise<Result<Written<T, V>, Problem>> {
  const outcome = await writing;
  return outcome.ok ? ok(outcome) : err(ruleProblem(outcome.refusal));
}

export function writtenBody({ policyVersion, warnings }: Pick<Written<unknown>, 'policyVersion' | 'warnings'>) {
  return { policyVersion, warnings };
}

export async function answered<T>(asking: Promise<Answer<T>>): Promise<Result<T, Problem>> {
  const answer = await asking;
  return answer.ok ? ok(answer.value) : err(ruleProblem(answer.refusal));
}

export interface PageQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** `list` names what is listed: a cursor of one list is none of another. */
export function readPage(list: string, { limit = defaultLimit, cursor }: PageQuery): Result<PageRequest, Problem> {
  const after = decodeCursor(list, cursor);
  if (after.ok) return ok({ limit, after: after.value });
  const message = 'expected a cursor of this list';
  return err(
    problem('malformed-request', `query /cursor: ${message}`, {
      errors: [{ in: 'query', pointer: '/cursor', message }],
    }),
  );
}

export function nextCursor(list: string, next: string | null): string | null {
  return next === null ? null : encodeCursor(list, next);
}

export function pageBody<T, B>(list: string, page: Page<T>, body: (item: T) => B) {
  return { items: page.items.map(body), next: nextCursor(list, page.next) };
}

/** A list that is had whole, in pieces: after the entry with this number. */
export function pieceOf<T extends { readonly version: number }>(
  all: readonly T[],
  { limit, after }: PageRequest,
): Page<T> {
  const rest = after === null ? all : all.filter(({ version }) => version > Number(after));
  const items = rest.slice(0, limit);
  return { items, next: rest.length > limit ? String(items.at(-1)?.version) : null };
}
