/** Where a storage's own path lies in the logical tree (policy-semantics 2, "namespace", and 4, step 1). */
import type { CompiledMount } from './compiled-rules.ts';
import { asDirectory, type CanonicalPath, isAtOrBelow, isBelow, rebase } from './path.ts';

/** A storage's own subtree and the logical one it shows. */
export type Region = CompiledMount;

/** What a path denotes at a storage: one region when a mount lies at or above it, else every mount below it; empty: nothing. */
export function regionsOf(mounts: readonly CompiledMount[], path: CanonicalPath): readonly Region[] {
  const home = homeOf(mounts, path);
  if (home !== undefined) return [{ path, at: toLogical(home, path) }];
  return mounts.filter((mount) => isBelow(mount.path, path));
}

/** The mount at or above the path. */
export function homeOf(mounts: readonly CompiledMount[], path: CanonicalPath): CompiledMount | undefined {
  return mounts.find((mount) => isAtOrBelow(path, mount.path));
}

/** The logical path of an own path at or below the mount. */
export function toLogical(mount: CompiledMount, path: CanonicalPath): CanonicalPath {
  return rebase(path, mount.path, mount.at);
}

/** Whether some own path that lies in both stands for different logical paths (`audiences-differ`). */
export function disagree(one: readonly Region[], other: readonly Region[]): boolean {
  return one.some((mine) =>
    other.some((theirs) => {
      if (isAtOrBelow(mine.path, theirs.path)) return toLogical(theirs, mine.path) !== mine.at;
      return isBelow(theirs.path, mine.path) && toLogical(mine, theirs.path) !== theirs.at;
    }),
  );
}

/** What several audiences show of a path, the deeper of each two regions that lie in one another. */
export function shownByAll(regions: readonly (readonly Region[])[]): readonly Region[] | 'disagree' {
  const [first = [], ...others] = regions;
  const differ = regions.some((one, index) => regions.slice(index + 1).some((other) => disagree(one, other)));
  return differ ? 'disagree' : others.reduce(common, first);
}

function common(one: readonly Region[], other: readonly Region[]): readonly Region[] {
  return one.flatMap((mine) =>
    other.flatMap((theirs) => {
      if (isAtOrBelow(mine.path, theirs.path)) return [mine];
      return isBelow(theirs.path, mine.path) ? [theirs] : [];
    }),
  );
}

/** Whether a verifier that reads the scope path as a regular expression may match something at or below the directory: each `.` of the scope stands for any character. */
export function reachesAsExpression(scopePath: string, directory: string): boolean {
  return agreesAsExpression(scopePath, asDirectory(directory));
}

/** Whether both agree, character by character over the shorter of the two, each `.` of the scope standing for any character. */
export function agreesAsExpression(scopePath: string, text: string): boolean {
  const length = Math.min(scopePath.length, text.length);
  for (let index = 0; index < length; index++) {
    if (scopePath[index] !== '.' && scopePath[index] !== text[index]) return false;
  }
  return true;
}
