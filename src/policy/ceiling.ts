/** Whether an asked scope lies within a ceiling, by path containment (policy-semantics 2.1 *covers* and 6; W-REF-2). */
import { covers, includes } from './action.ts';
import { isAtOrBelow } from './path.ts';
import { parseScope } from './scope.ts';

/** The first scope that is not within the ceiling, or undefined. */
export function findBeyondCeiling(scopes: readonly string[], ceiling: readonly string[]): string | undefined {
  return scopes.find((scope) => !ceiling.some((upper) => isWithin(scope, upper)));
}

function isWithin(scope: string, upper: string): boolean {
  if (scope === upper) return true;
  const asked = parseScope(scope);
  const limit = parseScope(upper);
  if (asked.kind !== 'storage' || limit.kind !== 'storage') return false;
  return includes(covers(limit.action), asked.action) && isAtOrBelow(asked.path, limit.path);
}
