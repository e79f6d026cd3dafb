/** Writes many rows by few statements: each takes thousands of rows as one JSON parameter. */
import { type Kysely, sql } from 'kysely';
import type { DB } from './schema.ts';

/** Where rows go: constants of this program, never input. */
export interface BulkTarget {
  readonly table: keyof DB;
  /** Columns and their PostgreSQL types, as `json_to_recordset` reads them. */
  readonly columns: Readonly<Record<string, string>>;
  readonly key: readonly string[];
  /** Columns that an existing row does not take from the new one. */
  readonly onInsertOnly?: readonly string[];
  /** Columns set to an expression when a row exists. */
  readonly onUpdate?: Readonly<Record<string, string>>;
}

export type BulkRow = Readonly<Record<string, unknown>>;

const rowsPerStatement = 5000;

/** Inserts the rows; rows whose key exists are updated. */
export async function upsertRows(db: Kysely<DB>, target: BulkTarget, rows: readonly BulkRow[]): Promise<void> {
  const { table, columns, key, onInsertOnly = [], onUpdate = {} } = target;
  const names = Object.keys(columns);
  const taken = names.filter((name) => !key.includes(name) && !onInsertOnly.includes(name));
  const updates = [
    ...taken.map((name) => `${name} = excluded.${name}`),
    ...Object.entries(onUpdate).map(([name, expression]) => `${name} = ${expression}`),
  ];
  const action = updates.length === 0 ? 'NOTHING' : `UPDATE SET ${updates.join(', ')}`;
  const statement = `INSERT INTO ${table} (${names.join(', ')}) SELECT ${names.join(', ')} FROM rows ON CONFLICT (${key.join(', ')}) DO ${action}`;
  await eachChunk(rows, (chunk) =>
    sql`WITH rows AS (${recordset(columns, chunk)}) ${sql.raw(statement)}`.execute(db).then(() => {}),
  );
}

/** The rows as a query: `SELECT * FROM json_to_recordset(…)`. */
export function recordset(columns: Readonly<Record<string, string>>, rows: readonly BulkRow[]) {
  const types = Object.entries(columns).map(([name, type]) => `${name} ${type}`);
  return sql`SELECT * FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given(${sql.raw(types.join(', '))})`;
}

/** Runs a statement for each part of the rows, one after the other. */
export async function eachChunk<T>(rows: readonly T[], run: (chunk: readonly T[]) => Promise<void>): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    await run(rows.slice(start, start + rowsPerStatement));
  }
}
