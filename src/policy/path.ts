/** Canonical paths of the logical namespace and of storages, and the relation "at or below" on whole segments (policy-semantics 2.2, W-PATH-4). */
import { err, ok, type Result } from '../shared/result.ts';

declare const canonical: unique symbol;

/** A path that passed `parsePath`: `/`, or segments each led by one slash. */
export type CanonicalPath = string & { readonly [canonical]: true };

export const root = '/' as CanonicalPath;

/** Characters of the longest path, counted in canonical form (policy-semantics 2.2). */
export const maxPathLength = 512;

const segmentPattern = /^[A-Za-z0-9\-_.~=@,]+$/;
/** Already canonical, but for segments that are dots alone. */
const canonicalPattern = /^(?:\/[A-Za-z0-9\-_.~=@,]+)+$/;
const dotSegmentPattern = /\/\.\.?(?:\/|$)/;

/** Collapses repeated slashes and drops a trailing one; anything else outside the grammar is refused, never repaired. */
export function parsePath(text: string): Result<CanonicalPath, 'malformed'> {
  if (!text.startsWith('/')) return err('malformed');
  if (text.length <= maxPathLength && canonicalPattern.test(text)) {
    return dotSegmentPattern.test(text) ? err('malformed') : ok(text as CanonicalPath);
  }
  const segments = text.split('/').filter((segment) => segment !== '');
  if (!segments.every(isSegment)) return err('malformed');
  const path = `/${segments.join('/')}`;
  return path.length <= maxPathLength ? ok(path as CanonicalPath) : err('malformed');
}

function isSegment(text: string): boolean {
  return segmentPattern.test(text) && text !== '.' && text !== '..';
}

/** Whether `path` is `ancestor` or lies below it, by whole segments: `/ab` is not below `/a`. */
export function isAtOrBelow(path: string, ancestor: string): boolean {
  return path === ancestor || isBelow(path, ancestor);
}

/** Whether `path` lies strictly below `ancestor`. */
export function isBelow(path: string, ancestor: string): boolean {
  if (path.length <= ancestor.length) return false;
  return ancestor === '/' || (path[ancestor.length] === '/' && path.startsWith(ancestor));
}

/** The path with the one trailing slash that ends a match for verifiers that compare characters. */
export function asDirectory(path: string): string {
  return path === '/' ? path : `${path}/`;
}

/** The path and its ancestors, from the root down. */
export function lineage(path: CanonicalPath): readonly CanonicalPath[] {
  const line = [root];
  if (path === root) return line;
  for (let slash = path.indexOf('/', 1); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    line.push(path.slice(0, slash) as CanonicalPath);
  }
  line.push(path);
  return line;
}

/** The directory that holds `path`; the root holds itself. */
export function parentOf(path: CanonicalPath): CanonicalPath {
  return (path.slice(0, path.lastIndexOf('/')) || '/') as CanonicalPath;
}

/** Moves `path`, which lies at or below `from`, to the same place at or below `to`. */
export function rebase(path: CanonicalPath, from: CanonicalPath, to: CanonicalPath): CanonicalPath {
  const rest = from === root ? path : path.slice(from.length);
  if (rest === '' || rest === '/') return to;
  return (to === root ? rest : `${to}${rest}`) as CanonicalPath;
}
