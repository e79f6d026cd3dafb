/** The rules as a tree of path segments: what lies on the way to a path, and what lies below it, without a look at any other rule (policy-semantics 8). */
import type { CompiledEmbargo, CompiledGrant } from './compiled-rules.ts';
import { type CanonicalPath, lineage, root } from './path.ts';
import type { Subject } from './rule.ts';
import { compare, lowerBound } from './sorted.ts';

/** Every path of a rule and every parent of one has a node. Lists are sorted by path, then by id. */
export interface RuleNode {
  readonly path: CanonicalPath;
  readonly children: ReadonlyMap<string, RuleNode>;
  readonly grants: ReadonlyMap<Subject, readonly CompiledGrant[]>;
  /** The same grants while they are few, and the keys of their subjects: looked through without following them. */
  readonly fewGrants: readonly CompiledGrant[] | null;
  readonly fewKeys: readonly number[];
  readonly grantsBelow: ReadonlyMap<Subject, readonly CompiledGrant[]>;
  readonly embargoes: readonly CompiledEmbargo[];
  readonly embargoesBelow: readonly CompiledEmbargo[];
}

/** Nodes from the root down to the path; `end` is the path's own, absent when no rule is at or below it. */
export interface Way {
  readonly line: readonly RuleNode[];
  readonly end: RuleNode | undefined;
}

const noGrants: ReadonlyMap<Subject, readonly CompiledGrant[]> = new Map();
const noFewGrants: readonly CompiledGrant[] = [];
const noKeys: readonly number[] = [];
const noEmbargoes: readonly CompiledEmbargo[] = [];
const noChildren: ReadonlyMap<string, RuleNode> = new Map();

export const emptyTree: RuleNode = emptyNode(root);

export function findWay(tree: RuleNode, path: CanonicalPath): Way {
  const line = [tree];
  if (path === root) return { line, end: tree };
  let node = tree;
  for (let start = 1; ; ) {
    const slash = path.indexOf('/', start);
    const next = node.children.get(slash === -1 ? path.slice(start) : path.slice(start, slash));
    if (next === undefined) return { line, end: undefined };
    line.push(next);
    if (slash === -1) return { line, end: next };
    node = next;
    start = slash + 1;
  }
}

/** Makes a new tree out of one; what did not change is shared, and the given tree stays as it is. */
export interface TreeEditor {
  addGrant(grant: CompiledGrant): void;
  removeGrant(grant: CompiledGrant): void;
  addEmbargo(embargo: CompiledEmbargo): void;
  removeEmbargo(embargo: CompiledEmbargo): void;
  finish(): RuleNode;
}

type Draft = { -readonly [K in keyof RuleNode]: RuleNode[K] };
type Grants = RuleNode['grants'];

export function editTree(tree: RuleNode): TreeEditor {
  /** What this editor made: only that may it change in place. */
  const own = new Set<object>();
  let top = tree;

  const owned = <T extends object>(value: T, copy: (value: T) => T): T => {
    if (own.has(value)) return value;
    const mine = copy(value);
    own.add(mine);
    return mine;
  };
  const draftOf = (node: RuleNode): Draft => owned(node as Draft, (from) => ({ ...from }));
  const childrenOf = (draft: Draft): Map<string, RuleNode> => {
    const children = owned(draft.children as Map<string, RuleNode>, (from) => new Map(from));
    draft.children = children;
    return children;
  };
  const inserted = <T extends Placed>(list: readonly T[], entry: T): readonly T[] => {
    const mine = owned(list as T[], (from) => [...from]);
    mine.splice(placeOf(mine, entry), 0, entry);
    return mine;
  };
  const withGrant = (grants: Grants, grant: CompiledGrant): Grants => {
    const mine = owned(grants as Map<Subject, readonly CompiledGrant[]>, (from) => new Map(from));
    return mine.set(grant.subject, inserted(mine.get(grant.subject) ?? [], grant));
  };
  const withoutGrant = (grants: Grants, { subject, id }: CompiledGrant): Grants => {
    const mine = owned(grants as Map<Subject, readonly CompiledGrant[]>, (from) => new Map(from));
    const left = (mine.get(subject) ?? []).filter((grant) => grant.id !== id);
    if (left.length === 0) mine.delete(subject);
    else mine.set(subject, left);
    return mine;
  };

  /** Drafts of all nodes on the way, made where they are missing. */
  const open = (path: CanonicalPath): { readonly above: readonly Draft[]; readonly at: Draft } => {
    let at = draftOf(top);
    top = at;
    const above: Draft[] = [];
    for (const step of lineage(path).slice(1)) {
      const children = childrenOf(at);
      const segment = lastSegment(step);
      const child = draftOf(children.get(segment) ?? emptyNode(step));
      children.set(segment, child);
      above.push(at);
      at = child;
    }
    return { above, at };
  };
  /** Takes away nodes that nothing names any more, from the path up. */
  const prune = (above: readonly Draft[], at: Draft): void => {
    let node = at;
    for (const parent of above.toReversed()) {
      if (!isVacant(node)) return;
      childrenOf(parent).delete(lastSegment(node.path));
      node = parent;
    }
  };
  return {
    addGrant(grant) {
      const { above, at } = open(grant.path);
      setGrants(at, withGrant(at.grants, grant));
      for (const node of above) node.grantsBelow = withGrant(node.grantsBelow, grant);
    },
    removeGrant(grant) {
      const { above, at } = open(grant.path);
      setGrants(at, withoutGrant(at.grants, grant));
      for (const node of above) node.grantsBelow = withoutGrant(node.grantsBelow, grant);
      prune(above, at);
    },
    addEmbargo(embargo) {
      const { above, at } = open(embargo.path);
      at.embargoes = inserted(at.embargoes, embargo);
      for (const node of above) node.embargoesBelow = inserted(node.embargoesBelow, embargo);
    },
    removeEmbargo(embargo) {
      const without = (list: readonly CompiledEmbargo[]) => list.filter(({ id }) => id !== embargo.id);
      const { above, at } = open(embargo.path);
      at.embargoes = without(at.embargoes);
      for (const node of above) node.embargoesBelow = without(node.embargoesBelow);
      prune(above, at);
    },
    finish: () => top,
  };
}

interface Placed {
  readonly path: CanonicalPath;
  readonly id: string;
}

/** Where the entry belongs; rules that come in order are put at the end without a search. */
function placeOf(sorted: readonly Placed[], entry: Placed): number {
  const last = sorted.at(-1);
  if (last === undefined || isBefore(last, entry)) return sorted.length;
  let place = lowerBound(sorted, entry.path);
  for (let other = sorted[place]; other !== undefined && isBefore(other, entry); other = sorted[place]) place += 1;
  return place;
}

function isBefore(one: Placed, other: Placed): boolean {
  return (compare(one.path, other.path) || compare(one.id, other.id)) < 0;
}

function emptyNode(path: CanonicalPath): RuleNode {
  return {
    path,
    children: noChildren,
    grants: noGrants,
    grantsBelow: noGrants,
    embargoes: noEmbargoes,
    embargoesBelow: noEmbargoes,
    fewGrants: noFewGrants,
    fewKeys: noKeys,
  };
}

/** More than so many grants at one path are looked up by subject. */
const fewest = 16;

function setGrants(node: Draft, grants: Grants): void {
  node.grants = grants;
  let count = 0;
  for (const ofSubject of grants.values()) count += ofSubject.length;
  node.fewGrants = count > fewest ? null : [...grants.values()].flat().sort((one, other) => compare(one.id, other.id));
  node.fewKeys = node.fewGrants === null ? noKeys : node.fewGrants.map(({ key }) => key);
}

function isVacant({ children, grants, embargoes }: RuleNode): boolean {
  return children.size === 0 && grants.size === 0 && embargoes.length === 0;
}

function lastSegment(path: CanonicalPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
