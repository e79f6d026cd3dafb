/** Several writes to groups as one: all of them count, or none; nobody else writes to groups or rules meanwhile. */
import type { Kysely } from 'kysely';
import type { GroupRecords } from '../groups/administration-store.ts';
import type { Result } from '../shared/result.ts';
import type { Database } from './database.ts';
import { type AfterGroupWrite, type GroupAftermath, nothingOut, together } from './group-aftermath.ts';
import { createGroupRecords } from './group-records.ts';
import { lockLake } from './lake-lock.ts';
import { inOneTransaction } from './nested-transaction.ts';
import type { DB } from './schema.ts';

type Work<T, E> = (trx: Kysely<DB>, records: GroupRecords) => Promise<Result<T, E>>;

/** The work may run again when another writer was in its way. A refusal has written nothing. */
export type GroupUnits = <T, E>(work: Work<T, E>) => Promise<Result<T, E>>;

export function createGroupUnits(db: Database, after: AfterGroupWrite): GroupUnits {
  // Within a process they wait here: who waits in the database keeps a connection from others.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
  return async (work) => {
    let written: GroupAftermath[] = [];
    const inside = async (trx: Kysely<DB>) => {
      written = [];
      await lockLake(trx);
      const records = createGroupRecords(trx, async (one) => {
        written.push(one);
        return nothingOut;
      });
      return work(trx, records);
    };
    const outcome = await inTurn(() => inOneTransaction(db, inside));
    const all = together(written);
    if (outcome.ok && all !== undefined) await after(all);
    return outcome;
  };
}
