/** Where the pages of SCIM lists begin, on PostgreSQL (migration 0038). */
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Walks } from '../scim/directory.ts';
import type { Clock } from '../shared/clock.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB } from './schema.ts';

/** Longest time between two pages of a walk. */
const restMs = 3_600_000;

export function createScimWalks(db: Kysely<DB>, clock: Clock): Walks & Purgeable {
  const digest = (walk: string) => createHash('sha256').update(walk).digest();
  return {
    find: async (walk, startIndex) => {
      const rows = await db
        .selectFrom('scim_walks')
        .select('key')
        .where('walk', '=', digest(walk))
        .where('start_index', '=', startIndex)
        .where('seen_at', '>', new Date(clock.now() - restMs))
        .execute();
      return rows.map(({ key }) => key);
    },
    remember: async (walk, startIndex, key) => {
      await db
        .insertInto('scim_walks')
        .values({ walk: digest(walk), start_index: startIndex, key, seen_at: new Date(clock.now()) })
        .onConflict((conflict) =>
          conflict.columns(['walk', 'start_index', 'key']).doUpdateSet({ seen_at: sql`excluded.seen_at` }),
        )
        .execute();
    },
    purge: async (now) => {
      const result = await db.deleteFrom('scim_walks').where('seen_at', '<=', new Date(now)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
