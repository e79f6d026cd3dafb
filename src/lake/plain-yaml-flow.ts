/** Flow collections of the quick YAML reader, `{ a: b }` and `[a, b]`, which is also all of JSON. */
import { type Cursor, giveUp, plainValue, setField, take, takeQuoted } from './plain-yaml-scalar.ts';

/** Is told where each entry begins, when lines are wanted. */
export type Place = (container: object, key: string | number, offset: number) => void;

interface Flow {
  readonly cursor: Cursor;
  /** What may stand between tokens: in block mappings a flow collection stays on its line. */
  readonly gap: RegExp;
  readonly place: Place | undefined;
}

const onOneLine = / */y;
const overLines = /(?:[ \t\r\n]+(?:#[^\n]*)?)*/y;
const plain = /(?:[^\s,[\]{}:#]|:(?=[^\s,[\]{}])|(?<=\S)#|[ ]+(?=[^\s,[\]{}:#]))+/y;
const deepest = 50;

/** A flow collection or scalar at the cursor. */
export function readFlow(cursor: Cursor, wholeDocument: boolean, place: Place | undefined): unknown {
  return readValue({ cursor, gap: wholeDocument ? overLines : onOneLine, place }, 0);
}

/** Blank space and comments between the end of a flow document and the end of the text. */
export function skipGap(cursor: Cursor): void {
  take(cursor, overLines);
}

function readValue(flow: Flow, depth: number): unknown {
  if (depth > deepest) giveUp();
  const { cursor } = flow;
  switch (cursor.text[cursor.position]) {
    case '{':
      return readMapping(flow, depth);
    case '[':
      return readSequence(flow, depth);
    case '"':
    case "'":
      return takeQuoted(cursor) ?? giveUp();
    default:
      return plainValue(take(cursor, plain) ?? giveUp());
  }
}

function readMapping(flow: Flow, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  entries(flow, '}', () => {
    const start = flow.cursor.position;
    const quoted = takeQuoted(flow.cursor);
    const key = quoted ?? readPlainKey(flow);
    // A key alone, as in `{ a, b: 1 }`, has the value null.
    setField(fields, key, hasValue(flow, quoted !== undefined) ? readValue(flow, depth + 1) : null);
    flow.place?.(fields, key, start);
  });
  return fields;
}

function readSequence(flow: Flow, depth: number): unknown[] {
  const items: unknown[] = [];
  entries(flow, ']', () => {
    const start = flow.cursor.position;
    items.push(readValue(flow, depth + 1));
    flow.place?.(items, items.length - 1, start);
  });
  return items;
}

/** Reads entries up to the closing bracket, the cursor being at the opening one. */
function entries(flow: Flow, close: string, readEntry: () => void): void {
  const { cursor, gap } = flow;
  cursor.position += 1;
  take(cursor, gap);
  if (cursor.text[cursor.position] === close) {
    cursor.position += 1;
    return;
  }
  for (;;) {
    readEntry();
    take(cursor, gap);
    const after = cursor.text[cursor.position];
    cursor.position += 1;
    if (after === close) return;
    if (after !== ',') giveUp();
    take(cursor, gap);
  }
}

function readPlainKey({ cursor }: Flow): string {
  const key = plainValue(take(cursor, plain) ?? giveUp());
  return typeof key === 'string' ? key : giveUp();
}

/** Goes to the value of a key, if it has one. Only after a quoted key may the value follow at once, as in JSON. */
function hasValue({ cursor, gap }: Flow, quoted: boolean): boolean {
  take(cursor, onOneLine);
  if (cursor.text[cursor.position] !== ':') return false;
  cursor.position += 1;
  const before = cursor.position;
  take(cursor, gap);
  return quoted || cursor.position > before ? true : giveUp();
}
