/** One line of the diff that `apply` prints: what is made (`+`), changed (`~`) or taken away (`-`), and how. Secrets never appear. */

export interface Change {
  readonly sign: '+' | '~' | '-';
  /** Kind and name, such as `client portal`. */
  readonly object: string;
  /** One line for each field: old and new value. */
  readonly details: readonly string[];
}

/** The fields that differ, as lines. */
export function describeFields(before: Fields, after: Fields): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    return isSame(old, now) ? [] : [`${name}: ${describeValues(old, now)}`];
  });
}

export type Fields = Readonly<Record<string, unknown>>;

/** Equal as JSON values, whatever the order of fields; absent and null are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

function describeValues(old: unknown, now: unknown): string {
  if (isTextList(old) && isTextList(now)) {
    const added = now.filter((item) => !old.includes(item)).map((item) => `+ ${item}`);
    const removed = old.filter((item) => !now.includes(item)).map((item) => `- ${item}`);
    if (added.length + removed.length > 0) return cut([...added, ...removed].join(', '));
  }
  return `${cut(describe(old))} → ${cut(describe(now))}`;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return '(none)';
  if (typeof value === 'string') return value;
  return isTextList(value) ? `[${value.join(', ')}]` : JSON.stringify(value);
}

function cut(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}...` : text;
}

/** The diff as text, one line for each object and, indented, for each field. */
export function formatChanges(changes: readonly Change[]): string {
  return changes
    .flatMap(({ sign, object, details }) => [`${sign} ${object}`, ...details.map((detail) => `    ${detail}`)])
    .map((line) => `${line}\n`)
    .join('');
}
