/** One logical path resolved in the client's mode: what of it lies under the ceilings, is granted, and is open and whole (policy-semantics 4, steps 2 to 5). */
import { isWithinCeiling, withinCeiling } from './ceiling.ts';
import { type Coverage, coverageOf, grantedBelow } from './coverage.ts';
import type { LeftPart, Reason } from './decision.ts';
import { expand } from './expand.ts';
import type { CanonicalPath } from './path.ts';
import type { Asking } from './question.ts';
import { findWay, type Way } from './rule-tree.ts';
import { judgeSubtree, type OpenPath } from './subtree.ts';

/** What may be issued in the place of a path, and what of it not and why. Without anything open, `left` says why. */
export interface Resolved {
  readonly open: readonly OpenPath[];
  readonly left: readonly LeftPart[];
}

export function nothing(
  path: CanonicalPath,
  reason: Reason,
): { readonly open: []; readonly left: readonly LeftPart[] } {
  return { open: [], left: [{ path, reason, because: [] }] };
}

export function resolvePath(asking: Asking, path: CanonicalPath): Resolved {
  let parts: readonly CanonicalPath[] = [path];
  for (const ceiling of asking.question.ceilings) {
    if (parts[0] === path && isWithinCeiling(ceiling, asking.action, path)) continue;
    parts = parts.flatMap((part) => withinCeiling(ceiling, asking.action, part));
    if (parts.length === 0) return nothing(path, ceiling.word);
  }
  const [part] = parts;
  if (parts.length === 1 && part === path) return resolvePart(asking, part);
  return inParts(asking, path, (narrow) => joined(parts.map((one) => resolvePart(narrow, one))));
}

/** What is had in parts at best is nothing for a strict client. */
export function inParts<T extends Pick<Resolved, 'left'> & { readonly open: readonly unknown[] }>(
  asking: Asking,
  path: CanonicalPath,
  resolve: (asking: Asking) => T,
): T | { readonly open: []; readonly left: readonly LeftPart[] } {
  if (asking.mode !== 'strict') return resolve(asking);
  const { open, left } = resolve({ ...asking, mode: 'narrow' });
  const partial = nothing(path, 'partial');
  return open.length > 0 ? partial : { open: [], left: [...left, ...partial.left] };
}

function resolvePart(asking: Asking, part: CanonicalPath): Resolved {
  const roots = rootsOf(asking, part);
  const [first] = roots;
  if (first === undefined) return nothing(part, 'no-grant');
  if (first.path === part) return resolveRoot(asking, first);
  return inParts(asking, part, (narrow) => joined(roots.map((root) => resolveRoot(narrow, root))));
}

function joined(resolved: readonly Resolved[]): Resolved {
  return { open: resolved.flatMap(({ open }) => open), left: resolved.flatMap(({ left }) => left) };
}

interface Root {
  readonly path: CanonicalPath;
  readonly way: Way;
  /** Undefined where it is still to be found. */
  readonly coverage: Coverage | undefined;
}

/** The path itself when a grant covers it, else the topmost granted paths below it. */
function rootsOf(asking: Asking, path: CanonicalPath): readonly Root[] {
  const { rules } = asking.question.policy;
  const way = findWay(rules, path);
  const coverage = coverageOf(asking, way);
  if (coverage !== undefined) return [{ path, way, coverage }];
  return grantedBelow(asking, way).map((below) => ({ path: below, way: findWay(rules, below), coverage: undefined }));
}

function resolveRoot(asking: Asking, { path, way, coverage }: Root): Resolved {
  const subtree = judgeSubtree(asking, path, way, coverage);
  if (subtree.state === 'open') return { open: [subtree.open], left: [] };
  if (asking.mode !== 'expand') return { open: [], left: [subtree.left] };
  const open = expand(asking, subtree, path, way);
  if (open === 'too-many') return nothing(path, 'too-many');
  return { open, left: [subtree.left] };
}
