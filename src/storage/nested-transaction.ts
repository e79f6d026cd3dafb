/** Several writes that are each a transaction as one: what is a transaction elsewhere is a savepoint within. */
import type { ControlledTransaction, Kysely } from 'kysely';
import type { Result } from '../shared/result.ts';
import type { Database } from './database.ts';
import type { DB } from './schema.ts';

/** Two writers that wait for one another: PostgreSQL ends one of them, which may begin anew. */
const deadlock = '40P01';
const mostAttempts = 3;

/** Commits when the work answers with a value, and leaves nothing when it refuses or throws. The work may run more than once. */
export async function inOneTransaction<T, E>(
  db: Database,
  work: (trx: Kysely<DB>) => Promise<Result<T, E>>,
): Promise<Result<T, E>> {
  for (let attempt = 1; ; attempt += 1) {
    const trx = await db.startTransaction().execute();
    try {
      const outcome = await work(nest(trx));
      await (outcome.ok ? trx.commit() : trx.rollback()).execute();
      return outcome;
    } catch (error) {
      await trx
        .rollback()
        .execute()
        .catch(() => {});
      if ((error as { code?: string }).code !== deadlock || attempt === mostAttempts) throw error;
    }
  }
}

type Transaction = ControlledTransaction<DB, string[]>;

const savepoint = 'nested';

/** A database whose transactions are savepoints of this one, one after the other. */
function nest(trx: Transaction): Kysely<DB> {
  const begin = async () => {
    await trx.savepoint(savepoint).execute();
    return replacing(trx, {
      commit: () => trx.releaseSavepoint(savepoint),
      rollback: () => trx.rollbackToSavepoint(savepoint),
    });
  };
  const run = async <T>(work: (trx: Transaction) => Promise<T>): Promise<T> => {
    const inner = await begin();
    try {
      const value = await work(inner);
      await inner.commit().execute();
      return value;
    } catch (error) {
      await inner.rollback().execute();
      throw error;
    }
  };
  return replacing(trx, { startTransaction: () => ({ execute: begin }), transaction: () => ({ execute: run }) });
}

/** The transaction with other methods in the place of its own. */
function replacing(trx: Transaction, methods: Readonly<Record<string, unknown>>): Transaction {
  return new Proxy(trx, {
    get: (target, name) => {
      if (typeof name === 'string' && Object.hasOwn(methods, name)) return methods[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
