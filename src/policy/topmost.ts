/** Of several subtrees those that lie in no other one. */
import { type CanonicalPath, isBelow } from './path.ts';
import { compare } from './sorted.ts';

/** Each once, sorted. */
export function topmost(paths: readonly CanonicalPath[]): readonly CanonicalPath[] {
  if (paths.length < 2) return paths;
  const all = new Set(paths);
  return [...all].filter((path) => !hasAncestor(path, all)).sort(compare);
}

function hasAncestor(path: CanonicalPath, others: ReadonlySet<string>): boolean {
  if (path !== '/' && others.has('/')) return true;
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const ancestor = path.slice(0, end);
    if (others.has(ancestor) && isBelow(path, ancestor)) return true;
  }
  return false;
}
