/** Writers of groups over SCIM take turns, in all processes: what was compared with `If-Match` is what is written over. */
import { type Kysely, sql } from 'kysely';
import type { GroupTurns } from '../scim/unit.ts';
import type { DB } from './schema.ts';

const groupWriteLock = 5_133_038;

/** Runs the works one after the other. Writes to groups take turns in any case (src/storage/lake-lock.ts). */
export function createGroupTurns(db: Kysely<DB>): GroupTurns {
  // Within a process they wait here: who waits in the database holds a connection that the work needs.
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(() =>
      db.transaction().execute(async (trx) => {
        await sql`SELECT pg_advisory_xact_lock(${groupWriteLock})`.execute(trx);
        return work();
      }),
    );
    last = turn.catch(() => {});
    return turn;
  };
}
