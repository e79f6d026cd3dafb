/** The denylist of access tokens on PostgreSQL. */
import type { Kysely } from 'kysely';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { DB } from './schema.ts';

export function createRevocationStore(db: Kysely<DB>): RevocationStore {
  return {
    revoke: async (jti, expiresAt) => {
      await db
        .insertInto('revoked_access_tokens')
        .values({ jti, expires_at: new Date(expiresAt) })
        .onConflict((conflict) => conflict.column('jti').doNothing())
        .execute();
    },
    isRevoked: async (jti) => {
      const row = await db.selectFrom('revoked_access_tokens').select('jti').where('jti', '=', jti).executeTakeFirst();
      return row !== undefined;
    },
    purge: async (now) => {
      const gone = await db
        .deleteFrom('revoked_access_tokens')
        .where('expires_at', '<', new Date(now))
        .executeTakeFirst();
      return Number(gone.numDeletedRows);
    },
  };
}
