/** The artifact store on PostgreSQL: identifiers are hashed, so that the database alone opens no session and redeems no code. */
import { type Kysely, sql } from 'kysely';
import { type ArtifactPayload, type ArtifactStore, isStoredForm, storedFormMark } from '../artifacts/artifact-store.ts';
import type { DB, JsonObject } from './schema.ts';
import { tokenHash } from './token-hash.ts';

/** Models that are found by something else than their identifier, and then used by the identifier that they carry. */
const foundOtherwise = new Set(['DeviceCode', 'Session']);

export function createArtifactStore(db: Kysely<DB>): ArtifactStore {
  const one = async (model: string, column: 'uid' | 'user_code', value: string) => {
    const row = await db
      .selectFrom('artifacts')
      .select(['payload', 'consumed_at', 'id_hash'])
      .where('model', '=', model)
      .where(column, '=', value)
      .executeTakeFirst();
    return row && withIdentifier(row, storedFormMark + row.id_hash);
  };

  return {
    upsert: async (model, id, payload, expiresAt) => {
      const values = rowOf(model, id, payload, expiresAt);
      await db
        .insertInto('artifacts')
        .values(values)
        .onConflict((conflict) => conflict.columns(['model', 'id_hash']).doUpdateSet(values))
        .execute();
    },
    insert: async (model, id, payload, expiresAt) => {
      const result = await db
        .insertInto('artifacts')
        .values(rowOf(model, id, payload, expiresAt))
        .onConflict((conflict) => conflict.columns(['model', 'id_hash']).doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    find: async (model, id) => {
      const row = await db
        .selectFrom('artifacts')
        .select(['payload', 'consumed_at'])
        .where('model', '=', model)
        .where('id_hash', '=', hashOf(model, id))
        .executeTakeFirst();
      return row && withIdentifier(row, id);
    },
    findByUid: (model, uid) => one(model, 'uid', uid),
    findByUserCode: (model, userCode) => one(model, 'user_code', userCode),
    consume: async (model, id, now) => {
      const result = await db
        .updateTable('artifacts')
        .set({ consumed_at: new Date(now) })
        .where('model', '=', model)
        .where('id_hash', '=', hashOf(model, id))
        .where('consumed_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    destroy: async (model, id) => {
      await db.deleteFrom('artifacts').where('model', '=', model).where('id_hash', '=', hashOf(model, id)).execute();
    },
    revokeByGrant: async (model, grantId) => {
      await db.deleteFrom('artifacts').where('model', '=', model).where('grant_id', '=', grantId).execute();
    },
    purge: async (now) => {
      const result = await db.deleteFrom('artifacts').where('expires_at', '<', new Date(now)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

function hashOf(model: string, id: string): string {
  return foundOtherwise.has(model) && isStoredForm(id) ? id.slice(storedFormMark.length) : tokenHash(id);
}

function rowOf(model: string, id: string, payload: ArtifactPayload, expiresAt: number | null) {
  const { jti: _identifier, ...kept } = payload;
  return {
    model,
    id_hash: hashOf(model, id),
    payload: sql<JsonObject>`${JSON.stringify(kept)}::jsonb`,
    grant_id: text(payload.grantId),
    uid: text(payload.uid),
    user_code: text(payload.userCode),
    expires_at: expiresAt === null ? null : new Date(expiresAt),
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function withIdentifier(row: { payload: unknown; consumed_at: Date | null }, id: string): ArtifactPayload {
  return {
    ...(row.payload as ArtifactPayload),
    jti: id,
    ...(row.consumed_at && { consumed: Math.floor(row.consumed_at.getTime() / 1000) }),
  };
}
