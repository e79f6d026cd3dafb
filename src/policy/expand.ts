/** The largest registered paths strictly below a root that are open and whole, in the place of a root that is not (policy-semantics 4, step 5). */
import { type CanonicalPath, isBelow } from './path.ts';
import { findPathNode, type PathNode } from './path-tree.ts';
import type { Asking } from './question.ts';
import { findWay, type Way } from './rule-tree.ts';
import { compare } from './sorted.ts';
import { judgeSubtree, type OpenPath, type Subtree } from './subtree.ts';
import { topmost } from './topmost.ts';

/** Most storage scopes in a token (policy-semantics 2.2). */
export const maxStorageScopesIssued = 50;

/** A registered path, and the rules on the way to it. */
interface Registered {
  readonly node: PathNode;
  readonly way: Way;
}

/** Sorted. What is not registered is not covered: the result errs on the closed side. `way` leads to the root. */
export function expand(asking: Asking, root: Subtree, path: CanonicalPath, way: Way): readonly OpenPath[] | 'too-many' {
  const node = findPathNode(asking.question.policy.registered, path);
  if (node === undefined) return [];
  const found: OpenPath[] = [];
  const complete = collect(asking, root, { node, way }, found);
  return complete ? found.sort((one, other) => compare(one.path, other.path)) : 'too-many';
}

/** False as soon as more is found than may be issued. */
function collect(asking: Asking, parent: Subtree, at: Registered, found: OpenPath[]): boolean {
  for (const below of parent.state === 'closed' ? exemptBelow(asking, parent) : childrenOf(at)) {
    const subtree = judgeSubtree(asking, below.node.path, below.way);
    if (subtree.state === 'open') found.push(subtree.open);
    else if (!collect(asking, subtree, below, found)) return false;
    if (found.length > maxStorageScopesIssued) return false;
  }
  return true;
}

function* childrenOf({ node, way: { line, end } }: Registered): Iterable<Registered> {
  for (const [segment, child] of node.children) {
    const rules = end?.children.get(segment);
    yield { node: child, way: { line: rules ? [...line, rules] : line, end: rules } };
  }
}

/** Below a closed path nothing is open but what the embargo exempts. */
function exemptBelow(
  { question: { policy } }: Asking,
  { by, left }: Extract<Subtree, { state: 'closed' }>,
): readonly Registered[] {
  return topmost(by.exempt.filter((path) => isBelow(path, left.path))).flatMap((path) => {
    const node = findPathNode(policy.registered, path);
    return node ? [{ node, way: findWay(policy.rules, path) }] : [];
  });
}
