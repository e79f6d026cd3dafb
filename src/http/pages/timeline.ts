/** Embargoes over the tree of paths as a drawing: one line for each, indented by its place in the tree, its time as a bar. */
import { type Drawing, type Shape, tenth } from './drawing.ts';

export interface TimelineEntry {
  readonly path: string;
  /** What a pointer that rests on the bar is told. */
  readonly title: string;
  /** Class of the bar: `draft`, `scheduled`, `active`, `released`, `withdrawn`. */
  readonly phase: string;
  /** Milliseconds since the epoch; null: without bound on that side. */
  readonly from: number | null;
  readonly until: number | null;
}

export interface TimelineFrame {
  readonly title: string;
  readonly description: string;
  /** The time that is shown, `[from, until)`. */
  readonly from: number;
  readonly until: number;
  readonly now: number;
  /** What the line of the present instant is called. */
  readonly nowLabel: string;
}

const size = { width: 960, names: 300, row: 26, head: 28 };
const day = 86_400_000;

/** Characters of a name that fit beside the bars. */
const longestName = 40;

export function drawTimeline(entries: readonly TimelineEntry[], frame: TimelineFrame): Drawing {
  const height = size.head + Math.max(entries.length, 1) * size.row + 6;
  const place = (at: number) => {
    const part = (at - frame.from) / (frame.until - frame.from);
    return tenth(size.names + Math.min(Math.max(part, 0), 1) * (size.width - size.names));
  };
  const isShown = frame.from <= frame.now && frame.now < frame.until;
  return {
    width: size.width,
    height,
    title: frame.title,
    description: frame.description,
    shapes: [
      ...marksOf(frame).flatMap(({ at, text }) => markShapes(place(at), text, height)),
      ...entries.flatMap((entry, index) => rowShapes(entry, index, entries[index - 1]?.path, place)),
      ...(isShown ? nowShapes(place(frame.now), frame.nowLabel, height) : []),
    ],
  };
}

function markShapes(x: number, text: string, height: number): readonly Shape[] {
  const line: Shape = { kind: 'line', look: 'grid', x1: x, y1: size.head - 8, x2: x, y2: height };
  // Where there is no room for it up to the edge, the line stands alone.
  if (x > size.width - 50) return [line];
  return [line, { kind: 'text', look: 'mark', x: x + 3, y: size.head - 12, anchor: 'start', text }];
}

function nowShapes(x: number, text: string, height: number): readonly Shape[] {
  const anchor = x > size.width - 60 ? 'end' : 'start';
  return [
    { kind: 'line', look: 'now', x1: x, y1: 4, x2: x, y2: height },
    { kind: 'text', look: 'now-label', x: x + (anchor === 'end' ? -4 : 4), y: height - 2, anchor, text },
  ];
}

function rowShapes(
  { path, title, phase, from, until }: TimelineEntry,
  index: number,
  before: string | undefined,
  place: (at: number) => number,
): readonly Shape[] {
  const y = size.head + index * size.row;
  const [start, end] = [place(from ?? Number.NEGATIVE_INFINITY), place(until ?? Number.POSITIVE_INFINITY)];
  const depth = Math.min(path.split('/').length - 2, 6);
  const shared = before === undefined ? 0 : sharedDepth(path, before);
  return [
    {
      ...{ kind: 'text', look: 'name', x: depth * 10, y: y + 16, anchor: 'start' },
      text: shorten(path, shared, longestName - depth),
    },
    // However short, it is seen, and it stays within the frame.
    {
      ...{ kind: 'bar', look: phase, y: y + 5, height: size.row - 11, title },
      ...within(start, end),
    },
  ];
}

function within(start: number, end: number): { readonly x: number; readonly width: number } {
  const width = Math.max(end - start, 3);
  const x = Math.min(start, size.width - width);
  return { x: tenth(x), width: tenth(width) };
}

/** What the line above shows already is not repeated where there is no room for it. */
function shorten(path: string, shared: number, most: number): string {
  if (path.length <= most) return path;
  const rest = `…/${path
    .split('/')
    .slice(shared + 1)
    .join('/')}`;
  const shown = shared > 0 && rest.length < path.length ? rest : path;
  return shown.length <= most ? shown : `…${shown.slice(shown.length - most + 1)}`;
}

function sharedDepth(one: string, other: string): number {
  const [parts, others] = [one.split('/').slice(1), other.split('/').slice(1)];
  const differs = parts.findIndex((part, index) => part !== others[index]);
  return differs === -1 ? Math.max(parts.length - 1, 0) : differs;
}

/** How many months lie between two marks, up to so many days. */
const markMonths: readonly (readonly [mostDays: number, months: number])[] = [
  [200, 1],
  [500, 2],
  [1500, 3],
  [3650, 12],
];

/** Beginnings of years, quarters or months: at least two and at most a dozen. */
function marksOf({ from, until }: TimelineFrame): readonly { readonly at: number; readonly text: string }[] {
  const days = (until - from) / day;
  const months = markMonths.find(([most]) => days <= most)?.[1] ?? 24;
  const start = new Date(from);
  const marks: { at: number; text: string }[] = [];
  for (let month = 0; month <= 12 * 60; month += 1) {
    const date = new Date(Date.UTC(start.getUTCFullYear(), month, 1));
    const count = date.getUTCFullYear() * 12 + date.getUTCMonth();
    if (date.getTime() >= until) break;
    if (date.getTime() < from || count % months !== 0) continue;
    marks.push({ at: date.getTime(), text: date.toISOString().slice(0, months >= 12 ? 4 : 7) });
  }
  return marks;
}
