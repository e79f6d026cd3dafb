/** The lake of a PostgreSQL database, for `apply` and `export`. */
import { type Kysely, sql } from 'kysely';
import type { LakeStore } from '../lake/store.ts';
import { writeLake } from './lake-apply.ts';
import { readVersion } from './lake-facts.ts';
import { readLakeState } from './lake-state.ts';
import type { DB } from './schema.ts';

/** Applications of a lake file take turns under this advisory lock; nobody else waits for it. */
const applyLock = 5_133_001;

export function createLakeStore(db: Kysely<DB>): LakeStore {
  return {
    read: () => db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(readLakeState),
    change: (use) =>
      db.transaction().execute(async (trx) => {
        await sql`SELECT pg_advisory_xact_lock(${applyLock})`.execute(trx);
        return use({
          read: () => readLakeState(trx),
          write: async (writes) => {
            await writeLake(trx, writes);
            return readVersion(trx);
          },
        });
      }),
  };
}
