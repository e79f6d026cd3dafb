/** Lists in pages of what an actor may see: what it may not see does not shorten a page. */
import type { Page, PageRequest } from './administration.ts';

/** `fetch` gives entries in the order of their keys, one more than `limit` when more follow. */
export async function collectPage<T>(
  { limit, after }: PageRequest,
  fetch: (page: PageRequest) => Promise<readonly T[]>,
  keyOf: (entry: T) => string,
  isVisible: (entry: T) => boolean = () => true,
): Promise<Page<T>> {
  const items: T[] = [];
  let cursor = after;
  for (;;) {
    const found = await fetch({ limit, after: cursor });
    const last = found.at(limit - 1);
    items.push(...found.slice(0, limit).filter(isVisible));
    const isEnd = found.length <= limit || last === undefined;
    const full = items.at(limit - 1);
    if (full !== undefined && (items.length > limit || !isEnd))
      return { items: items.slice(0, limit), next: keyOf(full) };
    if (isEnd) return { items, next: null };
    cursor = keyOf(last);
  }
}
