/** Scalars of the quick YAML reader: quoted on one line, or plain as the YAML 1.2 core schema resolves them; anything else is left to the full reader. */

/** Thrown inside the quick reader where it is not sure; never leaves it. */
export class NotPlain extends Error {}

/** Where the quick reader is. */
export interface Cursor {
  readonly text: string;
  position: number;
}

/** Ends the quick reading. */
export function giveUp(): never {
  throw new NotPlain();
}

const doubleQuoted = /"(?:[^"\\\n\t]|\\.)*"/y;
const singleQuoted = /'(?:[^'\n\t]|'')*'/y;

/** Takes what a sticky expression finds at the cursor. */
export function take(cursor: Cursor, expression: RegExp): string | undefined {
  expression.lastIndex = cursor.position;
  const found = expression.exec(cursor.text)?.[0];
  if (found !== undefined) cursor.position += found.length;
  return found;
}

/** A quoted text at the cursor; JSON's escapes mean the same in YAML, other escapes are left to the full reader. */
export function takeQuoted(cursor: Cursor): string | undefined {
  const double = take(cursor, doubleQuoted);
  if (double !== undefined) return double.includes('\\') ? withoutEscapes(double) : double.slice(1, -1);
  return take(cursor, singleQuoted)?.slice(1, -1).replaceAll("''", "'");
}

function withoutEscapes(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return giveUp();
  }
}

const words = new Map<string, boolean | null>([
  ...['null', 'Null', 'NULL', '~'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);
const startsLikeText = /^[A-Za-z_/$~=(<;]/;
const integer = /^(?:0|-?[1-9][0-9]{0,14})$/;
const otherNumber =
  /^[-+]?(?:[0-9]+|(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|\.(?:inf|Inf|INF)|0[xo][0-9a-fA-F]+)$|^\.(?:nan|NaN|NAN)$/;

/** What an unquoted scalar means. */
export function plainValue(text: string): string | number | boolean | null {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (startsLikeText.test(text)) return text;
  if (integer.test(text)) return Number(text);
  if (!/^[-+.0-9]/.test(text) || /^-(?: |$)/.test(text) || otherNumber.test(text)) return giveUp();
  return text;
}

/** Sets a field of a mapping; what could be read in two ways is left to the full reader. */
export function setField(fields: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__' || words.has(key) || Object.hasOwn(fields, key)) giveUp();
  fields[key] = value;
}
