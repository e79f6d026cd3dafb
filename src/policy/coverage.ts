/** What is granted: the client's ceiling and the principal's grants on a logical path (policy-semantics 4, steps 2 and 3). */
import { covers, includes } from './action.ts';
import type { CompiledGrant } from './compile.ts';
import { type CanonicalPath, isAtOrBelow, isBelow } from './path.ts';
import { counts, type HeldGrants, type Question } from './question.ts';
import type { Action } from './rule.ts';

/** How much of a subtree is covered: all, something strictly below its path, or nothing. */
export type Extent = 'whole' | 'part' | 'none';

/** How far the client's allowed scopes reach (step 2). */
export function ceilingExtent({ ceiling }: Question, action: Action, path: CanonicalPath): Extent {
  const allowed = ceiling.filter((scope) => includes(covers(scope.action), action));
  if (allowed.some((scope) => isAtOrBelow(path, scope.path))) return 'whole';
  return allowed.some((scope) => isBelow(scope.path, path)) ? 'part' : 'none';
}

/** Grants at or above the path that give the action, from the root down. A grant that gives an action gives its closure too. */
export function coveringGrants(question: Question, action: Action, path: CanonicalPath): readonly CompiledGrant[] {
  return question.held.flatMap(({ grants }) =>
    grants.atOrAbove(path).filter((grant) => includes(grant.gives, action) && counts(question, grant)),
  );
}

/** Whether something strictly below the path is granted. */
export function isGrantedInPart(question: Question, action: Action, path: CanonicalPath): boolean {
  return question.held.some(({ grants }) =>
    grants.someBelow(path, (grant) => includes(grant.gives, action) && counts(question, grant)),
  );
}

/** Whether the client may ask for all of the directory and one grant, with its membership, covers it as long as the token may be accepted. */
export function isCoveredForLife(question: Question, action: Action, directory: CanonicalPath): boolean {
  const end = question.tokenLife.until;
  const lasts = ({ until, grants }: HeldGrants) =>
    until >= end &&
    grants
      .atOrAbove(directory)
      .some((grant) => grant.until >= end && includes(grant.gives, action) && counts(question, grant));
  return ceilingExtent(question, action, directory) === 'whole' && question.held.some(lasts);
}
