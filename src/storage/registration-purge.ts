/** Deletes registered clients that nobody used for as long as the lake allows, with everything issued to them. */
import { type Kysely, sql } from 'kysely';
import { noteChange, writing } from './client-registration.ts';
import type { Purgeable } from './housekeeping.ts';
import { loadRegistrationSettings } from './lake-facts.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

export function createRegistrationPurge(db: Kysely<DB>): Purgeable {
  return {
    async purge(now) {
      const before = new Date(now - (await loadRegistrationSettings(db)).unusedDays * day);
      // Looked for first: a deletion of nothing would make every process read the clients anew.
      if ((await findUnused(db, before, now)).length === 0) return 0;
      return writing(db, async (trx) => {
        const unused = await findUnused(trx, before, now);
        if (unused.length === 0) return 0;
        await trx.deleteFrom('clients').where('client_id', '=', sql<string>`ANY(${unused})`).execute();
        for (const clientId of unused) {
          const reason = `not used since ${before.toISOString().slice(0, 10)}`;
          await noteChange(trx, clientId, { change: 'expired', actor: 'housekeeping', reason, at: now }, null);
        }
        return unused.length;
      });
    },
  };
}

/** No token since then, not changed since then, and no refresh token that still lives. */
async function findUnused(db: Kysely<DB>, before: Date, now: number): Promise<string[]> {
  const found = await sql<{ client_id: string }>`SELECT client_id FROM clients LEFT JOIN client_uses USING (client_id)
    WHERE registered_at < ${before} AND NOT declared
      AND (used_on IS NULL OR used_on < (${before}::timestamptz AT TIME ZONE 'UTC')::date)
      AND updated_at < ${before}
      AND NOT EXISTS (SELECT FROM refresh_tokens
        WHERE refresh_tokens.client_id = clients.client_id AND revoked_at IS NULL AND expires_at > ${new Date(now)})
    ORDER BY client_id LIMIT 1000`.execute(db);
  return found.rows.map(({ client_id }) => client_id);
}
