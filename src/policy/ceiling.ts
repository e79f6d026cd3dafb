/** Whether an asked scope lies within a ceiling, by path containment (policy-semantics 2.1 *covers* and 6; W-REF-2). */
import type { Action } from './rule.ts';
import { parseScope } from './scope.ts';

/** What every verifier lets a scope do at least: the relation for deriving under a ceiling (policy-semantics 2.1). */
const covers: Readonly<Record<Action, readonly Action[]>> = {
  read: ['read'],
  poll: ['poll'],
  create: ['create'],
  modify: ['modify', 'create'],
  stage: ['stage', 'poll'],
};

/** The first scope that is not within the ceiling, or undefined. */
export function findBeyondCeiling(scopes: readonly string[], ceiling: readonly string[]): string | undefined {
  return scopes.find((scope) => !ceiling.some((upper) => isWithin(scope, upper)));
}

function isWithin(scope: string, upper: string): boolean {
  if (scope === upper) return true;
  const asked = parseScope(scope);
  const limit = parseScope(upper);
  if (asked.kind !== 'storage' || limit.kind !== 'storage') return false;
  if (!covers[limit.action].includes(asked.action)) return false;
  return asked.path === limit.path || asked.path.startsWith(limit.path === '/' ? '/' : `${limit.path}/`);
}
