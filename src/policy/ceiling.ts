/** Whether an asked scope lies within a ceiling, by path containment (policy-semantics 2.1 *covers* and 6; W-REF-2). */
import { covers, includes } from './action.ts';
import { readAudiences } from './audience.ts';
import type { CompiledPolicy } from './compile.ts';
import { disagree, type Region, regionsOf } from './mount.ts';
import { type CanonicalPath, isAtOrBelow } from './path.ts';
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

/** The first storage scope whose path stands for another logical one at the audiences now asked than at those of the ceiling: it names other data than was consented. */
export function findMovedScope(
  policy: CompiledPolicy,
  scopes: readonly string[],
  audiences: { readonly ofCeiling: readonly string[]; readonly asked: readonly string[] },
): string | undefined {
  return scopes.find((scope) => {
    const parsed = parseScope(scope);
    if (parsed.kind !== 'storage') return false;
    const before = placesOf(policy, audiences.ofCeiling, parsed.path);
    const now = placesOf(policy, audiences.asked, parsed.path);
    return before.some((one) => now.some((other) => disagree(one, other)));
  });
}

/** What the path denotes at each of the audiences; with none or an unknown one it is logical. */
function placesOf(
  policy: CompiledPolicy,
  audiences: readonly string[],
  path: CanonicalPath,
): readonly (readonly Region[])[] {
  const { storages, anywhere } = readAudiences(policy, audiences);
  return [...storages.map(({ shows }) => regionsOf(shows, path)), ...(anywhere ? [[{ path, at: path }]] : [])];
}
