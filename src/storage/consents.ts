/** Remembered consents on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { ConsentStore } from '../clients/consent.ts';
import type { DB } from './schema.ts';

export function createConsentStore(db: Kysely<DB>): ConsentStore {
  return {
    find: ({ accountId, clientId, audience }) =>
      db
        .selectFrom('consents')
        .select(['granted', 'refused'])
        .where('account_id', '=', accountId)
        .where('client_id', '=', clientId)
        .where('audience', '=', audience)
        .executeTakeFirst(),
    save: async ({ accountId, clientId, audience }, { granted, refused }) => {
      // Selecting the keys first makes a row that is gone meanwhile no fault; the lock keeps both until the insert is done.
      await sql`
        INSERT INTO consents (account_id, client_id, audience, granted, refused)
        SELECT accounts.id, clients.client_id, ${audience}, ${[...granted]}, ${[...refused]}
          FROM accounts, clients
          WHERE accounts.id = ${accountId} AND clients.client_id = ${clientId}
          FOR KEY SHARE
        ON CONFLICT (account_id, client_id, audience)
        DO UPDATE SET granted = excluded.granted, refused = excluded.refused, decided_at = now()`.execute(db);
    },
  };
}
