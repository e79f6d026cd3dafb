/** Lists of rule ids put together. */

/** Each id once. A list by itself has none twice, and may be a thousand long when a mover is a party of every embargo. */
export function union(lists: readonly (readonly string[])[]): readonly string[] {
  if (lists.length === 1) return lists[0] ?? [];
  const [first = [], ...more] = lists.filter((ids) => ids.length > 0);
  return more.length === 0 ? first : [...new Set([first, ...more].flat())];
}
