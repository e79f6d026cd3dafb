/** Writes to users over SCIM, each as one transaction (src/scim/unit.ts). */
import { type Kysely, sql } from 'kysely';
import type { Atomically, SetGroupExternalId, UserUnit } from '../scim/unit.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import type { Database } from './database.ts';
import { inOneTransaction } from './nested-transaction.ts';
import type { DB } from './schema.ts';
import { setExternalId } from './scim-external-ids.ts';

export interface ScimUnitsDeps {
  readonly db: Database;
  readonly clock: Clock;
  /** Use cases that read and write within the transaction. */
  readonly within: (trx: Kysely<DB>) => Pick<UserUnit, 'accounts' | 'identities' | 'directory'>;
}

export function createScimUnits({ db, clock, within }: ScimUnitsDeps): {
  readonly atomically: Atomically;
  readonly setGroupExternalId: SetGroupExternalId;
} {
  return {
    atomically: (by, work) =>
      inOneTransaction(db, (trx) =>
        work({
          ...within(trx),
          lock: async (id) => {
            if (id.includes('\0')) return;
            await sql`SELECT FROM accounts WHERE id = ${id} FOR UPDATE`.execute(trx);
          },
          setExternalId: (id, externalId) =>
            setExternalId(trx, by, { resource: 'User', id, externalId, at: clock.now() }),
          touch: async (id) => {
            await sql`UPDATE accounts SET updated_at = ${new Date(clock.now())} WHERE id = ${id}`.execute(trx);
          },
        }),
      ),
    setGroupExternalId: async (by, id, externalId) => {
      await inOneTransaction(db, async (trx) => {
        await setExternalId(trx, by, { resource: 'Group', id, externalId, at: clock.now() });
        return ok(null);
      });
    },
  };
}
