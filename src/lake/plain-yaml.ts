/** A quick reader for the plain part of YAML that large lake files consist of (and for JSON): ten times as fast as the full one, which reads whatever this one does not understand. */
import { type Place, readFlow, skipGap } from './plain-yaml-flow.ts';
import { type Cursor, giveUp, NotPlain, plainValue, setField, take, takeQuoted } from './plain-yaml-scalar.ts';

export type { Place } from './plain-yaml-flow.ts';

/** Characters that YAML treats in ways of its own, and marks of documents. */
const unusual =
  /[^\t\n\r\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ud800-\udfff\ue000-\ufefe\uff00-\ufffd]|^(?:---|\.\.\.|%)/m;

/** The values of the text, exactly as the full reader would give them, or undefined when it holds anything out of the ordinary. */
export function readPlainYaml(text: string, place?: Place): unknown {
  if (unusual.test(text)) return undefined;
  try {
    return /^\s*[{[]/.test(text) ? readFlowDocument(text, place) : readBlockDocument(text, place);
  } catch (cause) {
    if (cause instanceof NotPlain) return undefined;
    throw cause;
  }
}

function readFlowDocument(text: string, place: Place | undefined): unknown {
  const cursor = { text, position: 0 };
  skipGap(cursor);
  const value = readFlow(cursor, true, place);
  skipGap(cursor);
  return cursor.position === text.length ? value : giveUp();
}

function readBlockDocument(text: string, place: Place | undefined): unknown {
  if (/[\t\r]/.test(text)) giveUp();
  const block: Block = { text, position: 0, column: -1, place };
  // The first line has no line end before it.
  const start = take(block, emptyLines) ?? '';
  block.column = start.length - (start.lastIndexOf('\n') + 1);
  if (block.position === text.length) giveUp();
  const value = readNode(block);
  return block.position === text.length ? value : giveUp();
}

interface Block extends Cursor {
  /** Of the next entry, which is the first thing on its line or follows a dash; −1 at the end of the text. */
  column: number;
  readonly place: Place | undefined;
}

const emptyLines = /(?: *(?:#[^\n]*)?\n)* *(?:#[^\n]*$)?/y;
const restOfLine = / *(?:(?<= )#[^\n]*)?(?=\n|$)/y;
const keyExpression = /(?:[A-Za-z_][A-Za-z0-9_.-]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*')(?= *:(?:[ \n]|$))/y;
const dash = /-(?=[ \n]|$) */y;
const blockPlain = /[^\s#:](?:[^\n#:]|:(?=[^ \n])|(?<=[^ ])#)*/y;
const deepest = 50;

function readNode(block: Block, depth = 0): unknown {
  if (depth > deepest) giveUp();
  dash.lastIndex = block.position;
  if (dash.test(block.text)) return readSequence(block, depth);
  keyExpression.lastIndex = block.position;
  if (keyExpression.test(block.text)) return readMapping(block, depth);
  return readInline(block);
}

function readMapping(block: Block, depth: number): Record<string, unknown> {
  const { column } = block;
  const fields: Record<string, unknown> = {};
  while (block.column === column) {
    const start = block.position;
    const quotedKey = takeQuoted(block);
    const key = quotedKey ?? take(block, keyExpression) ?? giveUp();
    take(block, colon) ?? giveUp();
    setField(fields, key, readFieldValue(block, column, depth));
    block.place?.(fields, key, start);
  }
  return block.column > column ? giveUp() : fields;
}

const colon = / *:(?=[ \n]|$) */y;

function readFieldValue(block: Block, column: number, depth: number): unknown {
  if (!endsLine(block)) return readInline(block);
  nextLine(block);
  if (block.column > column) return readNode(block, depth + 1);
  dash.lastIndex = block.position;
  // A sequence may stand at the column of its key.
  return block.column === column && dash.test(block.text) ? readSequence(block, depth + 1) : null;
}

function readSequence(block: Block, depth: number): unknown[] {
  const { column } = block;
  const items: unknown[] = [];
  while (block.column === column) {
    const start = block.position;
    const marker = take(block, dash);
    // A mapping goes on after the sequence that is the value of one of its keys.
    if (marker === undefined) return items;
    items.push(readItem(block, column, marker, depth));
    block.place?.(items, items.length - 1, start);
  }
  return block.column > column ? giveUp() : items;
}

function readItem(block: Block, column: number, marker: string, depth: number): unknown {
  if (endsLine(block)) {
    nextLine(block);
    return block.column > column ? readNode(block, depth + 1) : null;
  }
  block.column = column + marker.length;
  return readNode(block, depth + 1);
}

/** A value that ends with its line. */
function readInline(block: Block): unknown {
  const value = readInlineValue(block);
  if (!endsLine(block)) giveUp();
  nextLine(block);
  return value;
}

function readInlineValue(block: Block): unknown {
  const first = block.text[block.position] ?? '';
  if (first === '{' || first === '[') return readFlow(block, false, block.place);
  if (first === '"' || first === "'") return takeQuoted(block) ?? giveUp();
  return plainValue((take(block, blockPlain) ?? giveUp()).trimEnd());
}

/** Takes blanks and a comment; true when nothing else is left on the line. */
function endsLine(block: Block): boolean {
  return take(block, restOfLine) !== undefined;
}

/** Goes to the first character of the next line that has content. */
function nextLine(block: Block): void {
  block.position += 1;
  const skipped = take(block, emptyLines) ?? '';
  block.column = block.position >= block.text.length ? -1 : skipped.length - (skipped.lastIndexOf('\n') + 1);
}
