/** A changed password on PostgreSQL, with the end of everything that rests on the old one. */
import { type Kysely, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import type { PasswordChangeStore } from '../authentication/change-password.ts';
import { sign } from './lake-lock.ts';
import type { DB } from './schema.ts';
import { noteSecurityChange } from './security-notice.ts';

export function createPasswordChangeStore(db: Kysely<DB>): PasswordChangeStore {
  return {
    setPassword: (context, accountId, hash, keptSession, now) =>
      db.transaction().execute(async (trx) => {
        await sign(trx, {
          actor: peopleActorName(context.actor),
          reason: context.reason,
          address: context.actor.address,
        });
        await trx.updateTable('accounts').set({ password_hash: hash }).where('id', '=', accountId).execute();
        // Codes that wait to be redeemed too: they would give a new chain to whoever had the old password.
        const { rows: ended } = await sql<{ model: string }>`DELETE FROM artifacts
          WHERE payload ->> 'accountId' = ${accountId} AND (model IN ('AuthorizationCode', 'DeviceCode')
            OR (model = 'Session' AND uid IS DISTINCT FROM ${keptSession})) RETURNING model`.execute(trx);
        const chains = await trx
          .updateTable('refresh_tokens')
          .set({ revoked_at: new Date(now) })
          .where('account_id', '=', accountId)
          .where('revoked_at', 'is', null)
          .where('expires_at', '>', new Date(now))
          .executeTakeFirst();
        await trx
          .deleteFrom('tickets')
          .where('account_id', '=', accountId)
          .where('purpose', 'in', ['password-reset', 'login'])
          .execute();
        const detail = {
          sessions: ended.filter(({ model }) => model === 'Session').length,
          refreshChains: Number(chains.numUpdatedRows),
        };
        const notice = { action: 'password.changed', what: 'password-changed', detail } as const;
        await noteSecurityChange(trx, context, accountId, notice, now);
      }),
  };
}
