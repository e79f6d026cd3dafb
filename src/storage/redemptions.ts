/** Redemptions of codes on PostgreSQL: one transaction for the use of the code and the chain that it begins. */
import type { Kysely } from 'kysely';
import type { RedemptionStore } from '../artifacts/redemption.ts';
import { createArtifactStore } from './artifacts.ts';
import { createRefreshTokenStore } from './refresh-tokens.ts';
import type { DB } from './schema.ts';

export function createRedemptionStore(db: Kysely<DB>): RedemptionStore {
  return {
    redeem: async ({ model, id, chain }, now) => {
      if (chain === undefined) return createArtifactStore(db).consume(model, id, now);
      return db.transaction().execute(async (trx) => {
        const isFirst = await createArtifactStore(trx).consume(model, id, now);
        if (isFirst) await createRefreshTokenStore(trx).insert(chain);
        return isFirst;
      });
    },
  };
}
