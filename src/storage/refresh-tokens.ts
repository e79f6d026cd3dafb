/** Chains of refresh tokens on PostgreSQL: one indexed read to find, one UPDATE to rotate that changes no index. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { familyOf } from '../artifacts/refresh-family.ts';
import type {
  RefreshChain,
  RefreshPayload,
  RefreshTokenStore,
  ReplacedToken,
  TokenInGrace,
} from '../artifacts/refresh-token.ts';
import { appendAudit } from './audit-log.ts';
import type { DB, JsonArray, JsonObject, RefreshTokens } from './schema.ts';
import { tokenHash } from './token-hash.ts';

export function createRefreshTokenStore(db: Kysely<DB>): RefreshTokenStore {
  return {
    insert: async ({ token, ...chain }) => {
      const createdAt = new Date(chain.createdAt);
      await db
        .insertInto('refresh_tokens')
        .values({
          id: chain.id,
          token_hash: tokenHash(token),
          family_hash: tokenHash(familyOf(token) ?? token),
          client_id: chain.clientId,
          account_id: chain.accountId,
          subject_client_id: chain.subjectClientId,
          origin_client_id: chain.originClientId,
          grant_id: chain.grantId,
          payload: sql<JsonObject>`${JSON.stringify(chain.payload)}::jsonb`,
          created_at: createdAt,
          rotated_at: createdAt,
          last_used_at: createdAt,
          expires_at: new Date(chain.expiresAt),
        })
        .execute();
    },
    find: async (token) => {
      const family = familyOf(token);
      if (family === undefined) return undefined;
      const row = await db
        .selectFrom('refresh_tokens')
        .selectAll()
        .where('family_hash', '=', tokenHash(family))
        .executeTakeFirst();
      return row && toChain(row, tokenHash(token));
    },
    rotate: async (id, { from, to, nonce, inGrace }, now) => {
      const fromHash = tokenHash(from);
      const result = await db
        .updateTable('refresh_tokens')
        .set({
          token_hash: tokenHash(to),
          previous_hash: fromHash,
          successor_nonce: nonce,
          in_grace: sql<JsonArray>`${JSON.stringify(inGrace)}::jsonb`,
          rotated_at: new Date(now),
          last_used_at: new Date(now),
        })
        .where('id', '=', id)
        .where('token_hash', '=', fromHash)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    touch: async (id, now) => {
      const result = await db
        .updateTable('refresh_tokens')
        .set({ last_used_at: new Date(now) })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    revoke: async (id, now) => {
      await revoked(db, now).where('id', '=', id).execute();
    },
    revokeAudited: (id, entry) =>
      db.transaction().execute(async (trx) => {
        const result = await revoked(trx, entry.at).where('id', '=', id).executeTakeFirst();
        const isFirst = result.numUpdatedRows === 1n;
        if (isFirst) await appendAudit(trx, entry);
        return isFirst;
      }),
    revokeByGrant: async (grantId, now) => {
      const rows = await revoked(db, now).where('grant_id', '=', grantId).returning(['id', 'payload']).execute();
      return rows.map(({ id, payload }) => ({
        chainId: id,
        first: (payload as unknown as RefreshPayload).issuedWith ?? null,
      }));
    },
    purge: async (now) => {
      const result = await db.deleteFrom('refresh_tokens').where('expires_at', '<', new Date(now)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

function revoked(db: Kysely<DB>, now: number) {
  return db
    .updateTable('refresh_tokens')
    .set({ revoked_at: new Date(now) })
    .where('revoked_at', 'is', null);
}

function toChain(row: Selectable<RefreshTokens>, presentedHash: string): RefreshChain {
  const previous = previousOf(row);
  const inGrace = row.in_grace as unknown as readonly TokenInGrace[];
  const current = row.token_hash === presentedHash;
  const replaced = [previous, ...inGrace].find((token) => token?.hash === presentedHash) ?? null;
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
    current,
    replaced: current ? null : replaced,
    previous,
    rotatedAt: row.rotated_at.getTime(),
    inGrace,
    lastUsedAt: row.last_used_at.getTime(),
  };
}

/** A token that was replaced before successors were derived has no nonce, and gets none. */
function previousOf({ previous_hash, successor_nonce }: Selectable<RefreshTokens>): ReplacedToken | null {
  if (previous_hash === null || successor_nonce === null) return null;
  return { hash: previous_hash, nonce: successor_nonce };
}
