/** Reads rows out of a dump that `mysqldump` or `mariadb-dump` wrote: the tables that are wanted, nothing is executed. */
import { err, ok, type Result } from '../shared/result.ts';

/** Values by column name in lower case; numbers as they are written. */
export type DumpRow = Readonly<Record<string, string | null>>;

export type DumpTables = ReadonlyMap<string, readonly DumpRow[]>;

/** What cannot be read, and where; never a value, as dumps are full of secrets. */
export interface DumpFault {
  readonly line: number;
  readonly message: string;
}

/** `wanted` in lower case; tables that the dump does not have are absent. A line break inside a value is escaped in dumps, so lines end outside of values. */
export async function readDump(
  lines: AsyncIterable<string>,
  wanted: ReadonlySet<string>,
): Promise<Result<DumpTables, DumpFault>> {
  const structure = createStructure(wanted);
  let statement: Statement | null = null;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    statement ??= beginOf(line, number, wanted);
    if (statement === null) structure.read(line);
    else {
      statement.text += `${line}\n`;
      if (!line.trimEnd().endsWith(';')) continue;
      const rows = readInsert(statement.text, structure.columnsOf(statement.table));
      if (!rows.ok) return err(faultOf(statement, `rows of \`${statement.table}\` not readable: ${rows.error}`));
      structure.tables.get(statement.table)?.push(...rows.value);
      statement = null;
    }
  }
  if (statement === null) return ok(structure.tables);
  return err(faultOf(statement, `rows of \`${statement.table}\` break off, expected \`;\``));
}

/** An INSERT of a wanted table, as far as it is read. */
interface Statement {
  readonly table: string;
  readonly line: number;
  text: string;
}

function beginOf(line: string, number: number, wanted: ReadonlySet<string>): Statement | null {
  const table = /^INSERT (?:IGNORE )?INTO `(\w+)`/i.exec(line)?.[1]?.toLowerCase();
  return table !== undefined && wanted.has(table) ? { table, line: number, text: '' } : null;
}

function faultOf({ line }: Statement, message: string): DumpFault {
  return { line, message };
}

/** The columns of tables, from their definitions. */
function createStructure(wanted: ReadonlySet<string>) {
  const columns = new Map<string, string[]>();
  const tables = new Map<string, DumpRow[]>();
  let table: string | null = null;
  return {
    tables,
    columnsOf: (name: string) => {
      if (!tables.has(name)) tables.set(name, []);
      return columns.get(name);
    },
    read: (line: string) => {
      const created = /^CREATE TABLE (?:IF NOT EXISTS )?`(\w+)`/i.exec(line)?.[1]?.toLowerCase();
      if (created !== undefined) {
        table = created;
        columns.set(created, []);
        if (wanted.has(created)) tables.set(created, tables.get(created) ?? []);
      } else if (line.startsWith(')')) table = null;
      const column = /^\s+`(\w+)` /.exec(line)?.[1];
      if (table !== null && column !== undefined) columns.get(table)?.push(column.toLowerCase());
    },
  };
}

function readInsert(text: string, created: readonly string[] | undefined): Result<DumpRow[], string> {
  const head = /^INSERT (?:IGNORE )?INTO `\w+`\s*(\([^)]*\))?\s*VALUES\s*/i.exec(text);
  if (head === null) return err('expected `VALUES`');
  const named = [...(head[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name = '']) => name.toLowerCase());
  const columns = named.length > 0 ? named : (created ?? []);
  if (columns.length === 0) return err('expected the table before its rows');
  return readRows(text, head[0].length, columns);
}

function readRows(text: string, start: number, columns: readonly string[]): Result<DumpRow[], string> {
  const rows: DumpRow[] = [];
  const cursor = { at: start };
  for (;;) {
    const values = readTuple(text, cursor);
    if (!values.ok) return values;
    if (values.value.length !== columns.length) {
      return err(`expected ${columns.length} values, found ${values.value.length}`);
    }
    rows.push(Object.fromEntries(columns.map((name, index) => [name, values.value[index] ?? null])));
    skipBlanks(text, cursor);
    if (text[cursor.at] === ';') return ok(rows);
    if (text[cursor.at] !== ',') return err('expected `,` or `;`');
    cursor.at += 1;
    skipBlanks(text, cursor);
  }
}

function readTuple(text: string, cursor: { at: number }): Result<(string | null)[], string> {
  if (text[cursor.at] !== '(') return err('expected `(`');
  cursor.at += 1;
  const values: (string | null)[] = [];
  do {
    const value = readValue(text, cursor);
    if (value === undefined) return err('expected a value');
    values.push(value);
  } while (text[cursor.at++] === ',');
  return text[cursor.at - 1] === ')' ? ok(values) : err('expected `)`');
}

/** Undefined: none is there. The cursor ends behind the value. */
function readValue(text: string, cursor: { at: number }): string | null | undefined {
  const prefix = /(?:_binary |_utf8mb4 |[xb](?='))?/iy;
  prefix.lastIndex = cursor.at;
  const kind = prefix.exec(text)?.[0].trim().toLowerCase() ?? '';
  cursor.at = prefix.lastIndex;
  if (text[cursor.at] === "'") return decode(kind, readQuoted(text, cursor));
  const bare = /NULL|TRUE|FALSE|0x[0-9a-f]*|[-+0-9.e]+/iy;
  bare.lastIndex = cursor.at;
  const word = bare.exec(text)?.[0];
  if (word === undefined) return undefined;
  cursor.at = bare.lastIndex;
  const upper = word.toUpperCase();
  if (upper === 'NULL') return null;
  if (upper === 'TRUE' || upper === 'FALSE') return upper === 'TRUE' ? '1' : '0';
  return upper.startsWith('0X') ? Buffer.from(word.slice(2), 'hex').toString('utf8') : word;
}

function decode(kind: string, quoted: string | undefined): string | undefined {
  if (quoted === undefined) return undefined;
  if (kind === 'x') return Buffer.from(quoted, 'hex').toString('utf8');
  return kind === 'b' ? String(Number.parseInt(quoted, 2)) : quoted;
}

/** The escapes of a string literal (MySQL manual, section 11.1.1); any other character stands for itself. */
const escapes: Readonly<Record<string, string>> = { 0: '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

function readQuoted(text: string, cursor: { at: number }): string | undefined {
  let value = '';
  let from = cursor.at + 1;
  for (;;) {
    const special = /['\\]/g;
    special.lastIndex = from;
    const found = special.exec(text);
    if (found === null) return undefined;
    value += text.slice(from, found.index);
    const next = text[found.index + 1];
    if (found[0] === '\\') value += escapes[next ?? ''] ?? next ?? '';
    else if (next === "'") value += "'";
    else {
      cursor.at = found.index + 1;
      return value;
    }
    from = found.index + 2;
  }
}

function skipBlanks(text: string, cursor: { at: number }): void {
  while (/\s/.test(text[cursor.at] ?? '')) cursor.at += 1;
}
