/** The issue log's partitions, one a UTC day: made when needed, dropped whole when older than the settings say. */
import { type Kysely, sql } from 'kysely';
import type { DB } from './schema.ts';

const day = 86_400_000;

/** Any number, the same in every process: makes concurrent partition changes wait for each other. */
const partitionLock = 7_105_021;

/** The UTC day of an instant, in days since the epoch. */
export function dayOf(instant: number): number {
  return Math.floor(instant / day);
}

/** Makes the partitions for these instants (ms since the epoch) where they are missing. */
export async function ensurePartitions(db: Kysely<DB>, instants: readonly number[]): Promise<void> {
  const days = [...new Set(instants.map(dayOf))];
  const present = new Set(await partitionDays(db));
  const missing = days.filter((number) => !present.has(number));
  if (missing.length === 0) return;
  await db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${partitionLock})`.execute(trx);
    for (const number of missing) {
      const from = sql.lit(new Date(number * day).toISOString());
      const to = sql.lit(new Date((number + 1) * day).toISOString());
      const table = sql.table(partitionName(number));
      // Rows are never changed and go with their table, so that there is nothing to vacuum under load.
      await sql`CREATE TABLE IF NOT EXISTS ${table} PARTITION OF issue_log FOR VALUES FROM (${from}) TO (${to})
        WITH (autovacuum_enabled = off)`.execute(trx);
    }
  });
}

/** Drops what lies whole days before `now - keepDays`; returns the names. */
export async function dropOldPartitions(db: Kysely<DB>, now: number, keepDays: number): Promise<string[]> {
  const oldest = dayOf(now) - keepDays;
  const old = (await partitionDays(db)).filter((number) => number < oldest).map(partitionName);
  for (const name of old) await sql`DROP TABLE IF EXISTS ${sql.table(name)}`.execute(db);
  return old;
}

/** The names of the partitions that hold the days from one instant to the other (ms since the epoch), as far as they exist. */
export async function partitionsBetween(db: Kysely<DB>, from: number, until: number): Promise<string[]> {
  const days = await partitionDays(db);
  return days.filter((number) => number >= dayOf(from) && number <= dayOf(until)).map(partitionName);
}

function partitionName(number: number): string {
  return `issue_log_${new Date(number * day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** Days since the epoch, read from the names. */
async function partitionDays(db: Kysely<DB>): Promise<number[]> {
  const { rows } = await sql<{ name: string }>`
    SELECT relid::regclass::text AS name FROM pg_partition_tree('issue_log') WHERE isleaf`.execute(db);
  return rows.flatMap(({ name }) => {
    const [, year, month, date] = /(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
    return year ? [Date.parse(`${year}-${month}-${date}T00:00:00Z`) / day] : [];
  });
}
