/** Failed logins on PostgreSQL, shared by all processes. */
import { type Kysely, sql } from 'kysely';
import { type AttemptStore, type Counter, waitAfter } from '../authentication/attempts.ts';
import { err, ok } from '../shared/result.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB } from './schema.ts';

/** No pace remembers longer. */
const longest = 2 * 86_400_000;

class MustWait extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super('an attempt has to wait');
    this.seconds = seconds;
  }
}

export function createAttemptStore(db: Kysely<DB>): AttemptStore & Purgeable {
  return {
    take: async (counters, now) => {
      // All processes lock in the same order.
      const sorted = [...counters].sort((a, b) => (a.key < b.key ? -1 : 1));
      try {
        await db.transaction().execute(async (trx) => {
          for (const counter of sorted) await count(trx, counter, now);
        });
        return ok(null);
      } catch (error) {
        if (error instanceof MustWait) return err(error.seconds);
        throw error;
      }
    },
    giveBack: async (counted, cleared) => {
      // The wait that the attempt itself brought goes; there was no other, or it would not have been let through.
      await db
        .updateTable('login_attempts')
        .set({ failures: sql`greatest(failures - 1, 0)`, blocked_until: null })
        .where('key', 'in', counted.length > 0 ? counted : [''])
        .execute();
      if (cleared.length > 0) await db.deleteFrom('login_attempts').where('key', 'in', cleared).execute();
    },
    purge: async (now) => {
      const result = await db
        .deleteFrom('login_attempts')
        .where('last_at', '<', new Date(now - longest))
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

/** Holds the row until the end of the transaction, so that of many at a time each sees those before it. */
async function count(trx: Kysely<DB>, { key, pace }: Counter, now: number): Promise<void> {
  const forgotten = new Date(now - pace.forgetSeconds * 1000);
  const { failures, blocked_until } = await trx
    .insertInto('login_attempts')
    .values({ key, failures: 1, last_at: new Date(now) })
    .onConflict((conflict) =>
      conflict.column('key').doUpdateSet({
        failures: sql`CASE WHEN login_attempts.last_at < ${forgotten} THEN 1 ELSE login_attempts.failures + 1 END`,
        last_at: new Date(now),
      }),
    )
    .returning(['failures', 'blocked_until'])
    .executeTakeFirstOrThrow();
  if (blocked_until !== null && blocked_until.getTime() > now) {
    throw new MustWait(Math.ceil((blocked_until.getTime() - now) / 1000));
  }
  const seconds = waitAfter(failures, pace);
  await trx
    .updateTable('login_attempts')
    .set({ blocked_until: seconds === 0 ? null : new Date(now + seconds * 1000) })
    .where('key', '=', key)
    .execute();
}
