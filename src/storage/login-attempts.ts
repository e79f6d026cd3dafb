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
    wait: async (keys, now) => {
      const row = await db
        .selectFrom('login_attempts')
        .select(({ fn }) => fn.max('blocked_until').as('until'))
        .where('key', 'in', keys)
        .executeTakeFirst();
      return Math.max(0, secondsTo(row?.until ?? null, now));
    },
    take: async (counters, now) => {
      const sorted = [...counters].sort((one, other) => byKey(one.key, other.key));
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
    giveBack: (counted, cleared) =>
      db.transaction().execute(async (trx) => {
        for (const key of [...counted, ...cleared].sort(byKey)) {
          if (cleared.includes(key)) await trx.deleteFrom('login_attempts').where('key', '=', key).execute();
          else await takeOneOff(trx, key);
        }
      }),
    purge: async (now) => {
      const result = await db
        .deleteFrom('login_attempts')
        .where('last_at', '<', new Date(now - longest))
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

/** All processes lock in the same order, or two that want the same rows would wait for each other. */
function byKey(one: string, other: string): number {
  return one < other ? -1 : 1;
}

/** The wait that the attempt itself brought goes; there was no other, or it would not have been let through. */
async function takeOneOff(trx: Kysely<DB>, key: string): Promise<void> {
  await trx
    .updateTable('login_attempts')
    .set({ failures: sql`greatest(failures - 1, 0)`, blocked_until: null })
    .where('key', '=', key)
    .execute();
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
    throw new MustWait(secondsTo(blocked_until, now));
  }
  const seconds = waitAfter(failures, pace);
  await trx
    .updateTable('login_attempts')
    .set({ blocked_until: seconds === 0 ? null : new Date(now + seconds * 1000) })
    .where('key', '=', key)
    .execute();
}

function secondsTo(until: Date | null, now: number): number {
  return until === null ? 0 : Math.ceil((until.getTime() - now) / 1000);
}
