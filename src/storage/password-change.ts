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
        await sql`DELETE FROM artifacts WHERE model = 'Session' AND payload ->> 'accountId' = ${accountId}
          AND uid IS DISTINCT FROM ${keptSession}`.execute(trx);
        await trx
          .updateTable('refresh_tokens')
          .set({ revoked_at: new Date(now) })
          .where('account_id', '=', accountId)
          .where('revoked_at', 'is', null)
          .execute();
        await trx
          .deleteFrom('tickets')
          .where('account_id', '=', accountId)
          .where('purpose', 'in', ['password-reset', 'login'])
          .execute();
        const notice = { action: 'password.changed', what: 'password-changed' } as const;
        await noteSecurityChange(trx, context, accountId, notice, now);
      }),
  };
}
