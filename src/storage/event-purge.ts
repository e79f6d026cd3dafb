/** Deletes events past their time; what some target has not got yet stays. The history of the rules is not touched. */
import { type Kysely, sql } from 'kysely';
import type { Purgeable } from './housekeeping.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

/** `names` are the targets of this process; those that no process has named for `keepDays` are forgotten. */
export function createEventPurge(db: Kysely<DB>, names: readonly string[], keepDays: number): Purgeable {
  return {
    purge: async (now) => {
      const oldest = new Date(now - keepDays * day);
      await sql`UPDATE event_targets SET seen_at = ${new Date(now)}
        WHERE name = ANY(${[...names]}) AND seen_at < ${new Date(now)}`.execute(db);
      await db.deleteFrom('event_targets').where('seen_at', '<', oldest).execute();
      const gone = await sql`DELETE FROM events
        WHERE at < ${oldest} AND NOT EXISTS (SELECT FROM event_targets WHERE position < sequence)
          AND NOT EXISTS (SELECT FROM event_deliveries WHERE event = sequence AND settled_at IS NULL)`.execute(db);
      return Number(gone.numAffectedRows ?? 0);
    },
  };
}
