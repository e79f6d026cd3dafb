/** Lists sorted by path: what begins with the same characters lies together and is found by halving. */

/** By code units, so that ranges by prefix are contiguous; locale orders are not. */
export function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Index of the first entry whose path is not before `value`. */
export function lowerBound(sorted: readonly { readonly path: string }[], value: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.path ?? '') < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The entries whose path begins with the characters. */
export function beginningWith<T extends { readonly path: string }>(
  sorted: readonly T[],
  characters: string,
): readonly T[] {
  const start = lowerBound(sorted, characters);
  let end = start;
  while (sorted[end]?.path.startsWith(characters)) end += 1;
  return sorted.slice(start, end);
}
