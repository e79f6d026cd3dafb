/** Reads the text of a lake file, YAML 1.2 or JSON, into plain values, and tells the line of any place in it. */
import {
  CORE_SCHEMA,
  constructFromEvents,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  YAMLException,
} from 'js-yaml';
import { err, ok, type Result } from '../shared/result.ts';
import type { LakePath, LocatedFault } from './fault.ts';

/** The values of a file; dates are still text, as the core schema has no timestamps. */
export interface LakeDocument {
  readonly value: unknown;
  /** The line (from 1) of a place, or of the nearest place above it that exists. */
  readonly lineOf: (path: LakePath) => number;
}

/** Aliases of aliases multiply to billions of values; a lake file says everything where it stands. */
const mostAliases = 0;

/** The values of the text, or where its syntax is wrong. */
export function readLakeDocument(text: string): Result<LakeDocument, LocatedFault[]> {
  try {
    const events = parseEvents(text, {});
    const documents = constructFromEvents(events, { source: text, schema: CORE_SCHEMA, maxAliases: mostAliases });
    if (documents.length > 1) return fault(1, `${documents.length} documents, expected one`);
    return ok({ value: documents[0] ?? null, lineOf: createLocator(text, events) });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return fault((error.mark?.line ?? 0) + 1, wording(error.reason));
  }
}

function wording(reason: string): string {
  return reason.startsWith('aliases exceeded')
    ? 'an alias (`*name`) is not accepted, expected the value itself'
    : reason;
}

function fault(line: number, message: string): Result<never, LocatedFault[]> {
  return err([{ line, path: [], message }]);
}

/** Places are looked for only when something is wrong; then one pass over the events finds them all. */
function createLocator(text: string, events: readonly Event[]): (path: LakePath) => number {
  let found: { tree: Place; starts: readonly number[] } | undefined;
  return (path) => {
    found ??= { tree: readPlace(text, events, { index: 1 }), starts: lineStarts(text) };
    let place = found.tree;
    for (const part of path) {
      const inner = place.inner?.get(part);
      if (inner === undefined) break;
      place = inner;
    }
    return lineAt(found.starts, place.offset);
  };
}

/** Where a value begins in the text, a field at its name, and what is inside it. */
interface Place {
  readonly offset: number;
  readonly inner?: ReadonlyMap<string | number, Place>;
}

/** Reads the value at the cursor and moves the cursor behind it. */
function readPlace(text: string, events: readonly Event[], cursor: { index: number }): Place {
  const event = events[cursor.index++];
  switch (event?.type) {
    case EVENT_ID.SEQUENCE:
      return { offset: event.start, inner: readItems(text, events, cursor) };
    case EVENT_ID.MAPPING:
      return { offset: event.start, inner: readFields(text, events, cursor) };
    case EVENT_ID.SCALAR:
      return { offset: event.valueStart };
    case EVENT_ID.ALIAS:
      return { offset: event.anchorStart };
    default:
      return { offset: 0 };
  }
}

function readItems(text: string, events: readonly Event[], cursor: { index: number }) {
  const inner = new Map<number, Place>();
  while (!atEnd(events, cursor)) inner.set(inner.size, readPlace(text, events, cursor));
  return inner;
}

function readFields(text: string, events: readonly Event[], cursor: { index: number }) {
  const inner = new Map<string, Place>();
  while (!atEnd(events, cursor)) {
    const name = events[cursor.index];
    const key = readPlace(text, events, cursor);
    const value = readPlace(text, events, cursor);
    if (name?.type === EVENT_ID.SCALAR) inner.set(getScalarValue(text, name), { ...value, offset: key.offset });
  }
  return inner;
}

/** At the end of a list or object the cursor passes its closing event. */
function atEnd(events: readonly Event[], cursor: { index: number }): boolean {
  const event = events[cursor.index];
  if (event !== undefined && event.type !== EVENT_ID.POP) return false;
  cursor.index += 1;
  return true;
}

/** Offsets at which lines begin; faults may be thousands, so that a line is found by halving. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
