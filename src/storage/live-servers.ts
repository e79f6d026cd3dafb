/** Whether servers run on this database, for who must wait for what they have not written yet. */
import { type Kysely, sql } from 'kysely';
import type { DB } from './schema.ts';

/** A process gives a sign of life several times a second (migration 0008). */
const silentSeconds = 10;

export async function countLiveServers(db: Kysely<DB>): Promise<number> {
  const { rows } = await sql<{ count: string }>`SELECT count(*) AS count FROM server_runs
    WHERE ended_at IS NULL AND confirmed_at > clock_timestamp() - ${silentSeconds} * interval '1 second'`.execute(db);
  return Number(rows[0]?.count ?? 0);
}
