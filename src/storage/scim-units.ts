/** Writes over SCIM, each as one transaction (src/scim/unit.ts). */
import { type Kysely, sql } from 'kysely';
import type { GroupRecords } from '../groups/administration-store.ts';
import type { Atomically, GroupsAtomically, GroupUnit, UserUnit } from '../scim/unit.ts';
import type { Clock } from '../shared/clock.ts';
import type { Database } from './database.ts';
import type { GroupUnits } from './group-units.ts';
import { inOneTransaction } from './nested-transaction.ts';
import type { DB } from './schema.ts';
import { setExternalId } from './scim-external-ids.ts';

export interface ScimUnitsDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly groupUnits: GroupUnits;
  /** Use cases that read and write within the transaction. */
  readonly within: (trx: Kysely<DB>) => Pick<UserUnit, 'accounts' | 'identities' | 'directory'>;
  readonly withinGroups: (trx: Kysely<DB>, records: GroupRecords) => Pick<GroupUnit, 'groups' | 'directory'>;
}

export function createScimUnits({ db, clock, groupUnits, within, withinGroups }: ScimUnitsDeps): {
  readonly atomically: Atomically;
  readonly groupsAtomically: GroupsAtomically;
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
    groupsAtomically: (by, work) =>
      groupUnits((trx, records) =>
        work({
          ...withinGroups(trx, records),
          setExternalId: (id, externalId) =>
            setExternalId(trx, by, { resource: 'Group', id, externalId, at: clock.now() }),
        }),
      ),
  };
}
