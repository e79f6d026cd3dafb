/** Reads the text of a lake file, YAML 1.2 or JSON, into plain values, and tells the line of any place in it. */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml';
import { err, ok, type Result } from '../shared/result.ts';
import type { LakePath, LocatedFault } from './fault.ts';
import { readPlainYaml } from './plain-yaml.ts';

/** The values of a file; dates are still text, as the core schema has no timestamps. */
export interface LakeDocument {
  readonly value: unknown;
  /** The line (from 1) of a place, or of the nearest place above it that exists. */
  readonly lineOf: (path: LakePath) => number;
}

/** Above this size (characters) the quick reader is tried first: the full one takes seconds for each ten megabytes. */
const largeText = 200_000;

/** The values of the text, or where its syntax is wrong. */
export function readLakeDocument(original: string): Result<LakeDocument, LocatedFault[]> {
  // YAML reads every line break as one line feed; lines keep their numbers.
  const text = original.replaceAll('\r\n', '\n');
  if (text.length > largeText) {
    const value = readPlainYaml(text);
    // Lines are wanted only when something is wrong; then the slow way is soon enough.
    if (value !== undefined) return ok({ value, lineOf: lazily(() => plainLocator(text)) });
  }
  return readFully(text);
}

function readFully(text: string): Result<LakeDocument, LocatedFault[]> {
  const { document, lines } = parse(text);
  if (document.errors.length > 0) {
    return err(
      document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        path: [],
        message: firstLine(error.message),
      })),
    );
  }
  try {
    // The limit stops a file whose aliases multiply to billions of values.
    const value: unknown = document.toJS({ maxAliasCount: 1000 });
    return ok({ value, lineOf: (path) => lineIn(document, lines, path) });
  } catch (cause) {
    return err([{ line: 1, path: [], message: firstLine(cause instanceof Error ? cause.message : String(cause)) }]);
  }
}

function parse(text: string): { document: Document.Parsed; lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    version: '1.2',
    schema: 'core',
    merge: false,
    prettyErrors: false,
    keepSourceTokens: false,
  });
  return { document, lines };
}

/** Reads the text once more, and this time keeps where each entry begins. */
function plainLocator(text: string): (path: LakePath) => number {
  const places = new Map<object, Map<string | number, number>>();
  const value = readPlainYaml(text, (container, key, offset) => {
    const entries = places.get(container) ?? new Map<string | number, number>();
    places.set(container, entries.set(key, offset));
  });
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return (path) => {
    let offset = 0;
    let node: unknown = value;
    for (const part of path) {
      const found = places.get(node as object)?.get(part);
      if (found === undefined) break;
      offset = found;
      node = (node as Record<string | number, unknown>)[part];
    }
    return lines.linePos(offset).line;
  };
}

function lazily(make: () => (path: LakePath) => number): (path: LakePath) => number {
  let made: ((path: LakePath) => number) | undefined;
  return (path) => {
    made ??= make();
    return made(path);
  };
}

/** Follows the path as far as it goes; a field is found at its key, a list entry where it begins. */
function lineIn(document: Document.Parsed, lines: LineCounter, path: LakePath): number {
  let node: unknown = document.contents;
  let offset = offsetOf(node) ?? 0;
  for (const part of path) {
    const next = step(node, part);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return lines.linePos(offset).line;
}

function step(node: unknown, part: string | number): { node: unknown; offset: number | undefined } | undefined {
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part];
    return item === undefined ? undefined : { node: item, offset: offsetOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((item: Pair) => isScalar(item.key) && String(item.key.value) === String(part));
  return pair === undefined ? undefined : { node: pair.value, offset: offsetOf(pair.key) };
}

function offsetOf(node: unknown): number | undefined {
  const range = (node as { range?: readonly [number, number, number] | null } | null)?.range;
  return range?.[0];
}

function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.slice(0, 1).toLowerCase() + line.slice(1);
}
