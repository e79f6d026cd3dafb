/** The registered paths as a tree of segments: those of grants, embargoes, exempt lists and the catalogue, and their parents (policy-semantics 4, step 5). */
import { type CanonicalPath, lineage, root } from './path.ts';

export interface PathNode {
  readonly path: CanonicalPath;
  readonly children: ReadonlyMap<string, PathNode>;
  /** How often the path itself is named. */
  readonly names: number;
}

const noChildren: ReadonlyMap<string, PathNode> = new Map();

export const emptyPathTree: PathNode = { path: root, children: noChildren, names: 0 };

export function findPathNode(tree: PathNode, path: CanonicalPath): PathNode | undefined {
  let node: PathNode | undefined = tree;
  for (const step of lineage(path).slice(1)) node = node?.children.get(lastSegment(step));
  return node;
}

/** Makes a new tree out of one; what did not change is shared, and the given tree stays as it is. */
export interface PathTreeEditor {
  add(path: CanonicalPath): void;
  /** Of a path named several times one name goes. */
  remove(path: CanonicalPath): void;
  finish(): PathNode;
}

interface Draft {
  readonly path: CanonicalPath;
  children: Map<string, PathNode>;
  names: number;
}

export function editPathTree(tree: PathNode): PathTreeEditor {
  /** What this editor made: only that may it change in place. */
  const own = new Set<PathNode>();
  const draftOf = (node: PathNode): Draft => {
    if (own.has(node)) return node as Draft;
    const draft: Draft = { path: node.path, children: new Map(node.children), names: node.names };
    own.add(draft);
    return draft;
  };
  const top = draftOf(tree);
  const open = (path: CanonicalPath): readonly Draft[] => {
    let at = top;
    const line = [at];
    for (const step of lineage(path).slice(1)) {
      const segment = lastSegment(step);
      const child = draftOf(at.children.get(segment) ?? { path: step, children: noChildren, names: 0 });
      at.children.set(segment, child);
      line.push(child);
      at = child;
    }
    return line;
  };
  const rename = (path: CanonicalPath, by: number): void => {
    const line = open(path);
    const end = line.at(-1);
    if (end !== undefined) end.names += by;
    for (const [index, node] of [...line.entries()].toReversed()) {
      if (node.children.size > 0 || node.names > 0) return;
      line[index - 1]?.children.delete(lastSegment(node.path));
    }
  };
  return { add: (path) => rename(path, 1), remove: (path) => rename(path, -1), finish: () => top };
}

function lastSegment(path: CanonicalPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
