/** Chains of refresh tokens on PostgreSQL: one indexed read to find, one UPDATE to rotate. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { RefreshChain, RefreshPayload, RefreshTokenStore } from '../artifacts/refresh-token.ts';
import type { DB, JsonObject, RefreshTokens } from './schema.ts';
import { tokenHash } from './token-hash.ts';

export function createRefreshTokenStore(db: Kysely<DB>): RefreshTokenStore {
  return {
    insert: async ({ token, ...chain }) => {
      await db
        .insertInto('refresh_tokens')
        .values({
          id: chain.id,
          token_hash: tokenHash(token),
          family_hash: tokenHash(token.split('.')[0] ?? token),
          client_id: chain.clientId,
          account_id: chain.accountId,
          subject_client_id: chain.subjectClientId,
          origin_client_id: chain.originClientId,
          grant_id: chain.grantId,
          payload: sql<JsonObject>`${JSON.stringify(chain.payload)}::jsonb`,
          created_at: new Date(chain.createdAt),
          rotated_at: new Date(chain.createdAt),
          last_used_at: new Date(chain.createdAt),
          expires_at: new Date(chain.expiresAt),
        })
        .execute();
    },
    find: async (token) => {
      const hash = tokenHash(token);
      const row = await db
        .selectFrom('refresh_tokens')
        .selectAll()
        .where((where) => where.or([where('token_hash', '=', hash), where('previous_hash', '=', hash)]))
        .executeTakeFirst();
      return row && toChain(row, hash);
    },
    rotate: async (id, from, to, now) => {
      const result = await db
        .updateTable('refresh_tokens')
        .set({ token_hash: tokenHash(to), previous_hash: tokenHash(from), rotated_at: new Date(now) })
        .where('id', '=', id)
        .where('token_hash', '=', tokenHash(from))
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    revoke: async (id, now) => {
      await revoked(now).where('id', '=', id).execute();
    },
    revokeByGrant: async (grantId, now) => {
      await revoked(now).where('grant_id', '=', grantId).execute();
    },
    purge: async (now) => {
      const result = await db.deleteFrom('refresh_tokens').where('expires_at', '<', new Date(now)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };

  function revoked(now: number) {
    return db
      .updateTable('refresh_tokens')
      .set({ revoked_at: new Date(now) })
      .where('revoked_at', 'is', null);
  }
}

function toChain(row: Selectable<RefreshTokens>, presentedHash: string): RefreshChain {
  return {
    id: row.id,
    clientId: row.client_id,
    accountId: row.account_id,
    subjectClientId: row.subject_client_id,
    originClientId: row.origin_client_id,
    grantId: row.grant_id,
    payload: row.payload as unknown as RefreshPayload,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    revoked: row.revoked_at !== null,
    current: row.token_hash === presentedHash,
  };
}
