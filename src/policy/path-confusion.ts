/** Finds paths that only a verifier reading `.` as any character takes for equal or nested (policy-semantics 2.2, last bullet). */
import { compare } from './sorted.ts';

/** `path`, and another one with which it would be confused. */
export interface Confusion {
  readonly path: string;
  readonly with: string;
}

/** Canonical paths in, at most one confusion for each path with a dot out. Paths without dots cost a sort, so 100 000 of them are cheap. */
export function findConfusions(paths: readonly string[]): readonly Confusion[] {
  // The root is above everything as written; it confuses nothing.
  const sorted = [...new Set(paths)].filter((path) => path !== '/').sort(compare);
  return sorted.flatMap((path) => {
    const other = path.includes('.') ? findConfused(sorted, path) : undefined;
    return other === undefined ? [] : [{ path, with: other }];
  });
}

/** Sorted paths from `low` to before `high`: all that begin with the same `length` characters, which agree with the searched path. */
interface Run {
  readonly low: number;
  readonly high: number;
  readonly length: number;
  /** They agree as written, without the help of a dot. */
  readonly literal: boolean;
}

/** Walks the sorted paths as a tree of characters, one run at a time; nothing but indexes is kept. */
function findConfused(sorted: readonly string[], path: string): string | undefined {
  const open: Run[] = [{ low: 0, high: sorted.length, length: 0, literal: true }];
  for (let run = open.pop(); run !== undefined; run = open.pop()) {
    const confused = confusedAtEnd(sorted, path, run);
    if (confused !== undefined) return confused;
    if (run.length < path.length) open.push(...longerRuns(sorted, path, run));
  }
  return undefined;
}

/** A path that ends here lies above the searched one or is equal; when the searched one ends here, those that go on lie below. */
function confusedAtEnd(sorted: readonly string[], path: string, run: Run): string | undefined {
  const ended = sorted[run.low];
  if (ended?.length === run.length && endsSegment(path[run.length], run.literal)) return ended;
  if (run.length < path.length) return undefined;
  const goesOn = nextCharacters(sorted, run).find(({ character }) => endsSegment(character, run.literal));
  return goesOn && sorted[goesOn.low];
}

/** Whether the character after a common beginning ends a segment, by a dot or after one. */
function endsSegment(next: string | undefined, literal: boolean): boolean {
  return next === '.' || (!literal && (next === undefined || next === '/'));
}

function longerRuns(sorted: readonly string[], path: string, run: Run): Run[] {
  const wanted = path[run.length];
  return nextCharacters(sorted, run)
    .filter(({ character }) => wanted === '.' || character === '.' || character === wanted)
    .map(({ character, low, high }) => ({
      low,
      high,
      length: run.length + 1,
      literal: run.literal && character === wanted,
    }));
}

/** The run parted by the character that follows; a path that ends here has none. */
function nextCharacters(sorted: readonly string[], { low, high, length }: Run) {
  const parts: { character: string; low: number; high: number }[] = [];
  let from = low;
  while (from < high) {
    const character = sorted[from]?.[length];
    const to = character === undefined ? from + 1 : firstAfter(sorted, from, high, length, character);
    if (character !== undefined) parts.push({ character, low: from, high: to });
    from = to;
  }
  return parts;
}

/** Index of the first path in the run whose character at `position` comes after `character`. */
function firstAfter(sorted: readonly string[], low: number, high: number, position: number, character: string): number {
  let start = low;
  let end = high;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((sorted[middle]?.[position] ?? '') <= character) start = middle + 1;
    else end = middle;
  }
  return start;
}
