/** The denylist of access tokens on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { DB } from './schema.ts';

/** No access token lives longer (src/lake/schema/client.ts). */
const longestLifetime = 86_400_000;

export function createRevocationStore(db: Kysely<DB>): RevocationStore {
  return {
    revoke: (jti, expiresAt) => deny(db, jti, expiresAt),
    revokeComingOf: async ({ chainId, first }, now) => {
      const parents = first === null ? [chainId] : [chainId, first.jti];
      await db.transaction().execute(async (trx) => {
        // As in src/storage/live-tokens.ts: the log is never analysed, and the planner would read whole days.
        await sql`SET LOCAL enable_seqscan = off`.execute(trx);
        await sql`
          WITH RECURSIVE found AS (
            SELECT jti, expires_at FROM issue_log WHERE parent_jti = ANY(${parents}) AND ${isOut(now)}
            UNION
            SELECT log.jti, log.expires_at
            FROM found CROSS JOIN LATERAL (
              SELECT jti, expires_at FROM issue_log WHERE parent_jti = found.jti AND ${isOut(now)}
            ) AS log
          )
          INSERT INTO revoked_access_tokens (jti, expires_at) SELECT jti, expires_at FROM found ON CONFLICT (jti) DO NOTHING
        `.execute(trx);
        if (first !== null && first.expiresAt > now) await deny(trx, first.jti, first.expiresAt);
      });
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

async function deny(db: Kysely<DB>, jti: string, expiresAt: number): Promise<void> {
  await db
    .insertInto('revoked_access_tokens')
    .values({ jti, expires_at: new Date(expiresAt) })
    .onConflict((conflict) => conflict.column('jti').doNothing())
    .execute();
}

/** Bounded by time, so that only the log of two days is looked at. */
function isOut(now: number) {
  return sql`event = 'issued' AND at >= ${new Date(now - longestLifetime)} AND expires_at > ${new Date(now)}`;
}
