/** Finds what is registered above, at or below a path at the cost of the path's depth and of what is found, not of all that is registered. */
import { asDirectory, type CanonicalPath, lineage } from './path.ts';

export interface PathIndex<T> {
  /** Entries at the path and above it, from the root down. */
  atOrAbove(path: CanonicalPath): readonly T[];
  /** Entries strictly below the path, in the order of their paths. */
  below(path: CanonicalPath): readonly T[];
  /** Whether an entry strictly below the path satisfies the condition; stops at the first. */
  someBelow(path: CanonicalPath, condition: (entry: T) => boolean): boolean;
  /** Entries whose path begins with these characters, in the order of their paths. */
  beginningWith(characters: string): readonly T[];
}

/** Builds an index; entries of one path stand in the order of `key`, so that the order in which rules are given has no meaning. */
export function indexByPath<T>(
  entries: readonly T[],
  pathOf: (entry: T) => CanonicalPath,
  key: (entry: T) => string,
): PathIndex<T> {
  const sorted = [...entries].sort(
    (one, other) => compare(pathOf(one), pathOf(other)) || compare(key(one), key(other)),
  );
  const paths = sorted.map(pathOf);
  const byPath = Map.groupBy(sorted, pathOf);

  const rangeOf = (characters: string): [number, number] => [
    lowerBound(paths, characters),
    // No path holds this last code unit, so it ends the range of everything that begins with the characters.
    lowerBound(paths, `${characters}\uffff`),
  ];
  const rangeBelow = (path: CanonicalPath): [number, number] => {
    const [start, end] = rangeOf(asDirectory(path));
    // The root's own directory form is the root itself, which is not below it.
    return [path === '/' ? lowerBound(paths, '/\0') : start, end];
  };

  return {
    atOrAbove: (path) => lineage(path).flatMap((step) => byPath.get(step) ?? []),
    below: (path) => sorted.slice(...rangeBelow(path)),
    someBelow(path, condition) {
      const [start, end] = rangeBelow(path);
      for (let index = start; index < end; index++) {
        const entry = sorted[index];
        if (entry !== undefined && condition(entry)) return true;
      }
      return false;
    },
    beginningWith: (characters) => sorted.slice(...rangeOf(characters)),
  };
}

/** By code units, so that ranges by prefix are contiguous; locale orders are not. */
export function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Index of the first element not before `value`. */
function lowerBound(sorted: readonly string[], value: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? '') < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
