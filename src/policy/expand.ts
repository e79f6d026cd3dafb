/** The largest registered paths strictly below a root that are open and whole, in the place of a root that is not (policy-semantics 4, step 5). */
import { type CanonicalPath, isBelow } from './path.ts';
import type { Asking } from './question.ts';
import { findWay, type Way } from './rule-tree.ts';
import { compare } from './sorted.ts';
import { judgeSubtree, type OpenPath, type Subtree } from './subtree.ts';
import { topmost } from './topmost.ts';

/** Most storage scopes in a token (policy-semantics 2.2). */
export const maxStorageScopesIssued = 50;

/** Sorted. What is not registered is not covered: the result errs on the closed side. `way` leads to the root. */
export function expand(asking: Asking, root: Subtree, way: Way): readonly OpenPath[] | 'too-many' {
  const found: OpenPath[] = [];
  const complete = collect(asking, root, way, found);
  return complete ? found.sort((one, other) => compare(one.path, other.path)) : 'too-many';
}

/** False as soon as more is found than may be issued. */
function collect(asking: Asking, parent: Subtree, way: Way, found: OpenPath[]): boolean {
  for (const below of parent.state === 'closed' ? waysToExempt(asking, parent) : waysToChildren(way)) {
    const { end } = below;
    if (end === undefined) continue;
    const subtree = judgeSubtree(asking, end.path, below);
    if (subtree.state === 'open') found.push(subtree.open);
    else if (!collect(asking, subtree, below, found)) return false;
    if (found.length > maxStorageScopesIssued) return false;
  }
  return true;
}

function* waysToChildren({ line, end }: Way): Iterable<Way> {
  for (const child of end?.children.values() ?? []) yield { line: [...line, child], end: child };
}

/** Below a closed path nothing is open but what the embargo exempts. */
function waysToExempt({ question }: Asking, { by, left }: Extract<Subtree, { state: 'closed' }>): readonly Way[] {
  const exempt = by.exempt.filter((path: CanonicalPath) => isBelow(path, left.path));
  return topmost(exempt).map((path) => findWay(question.policy.rules, path));
}
