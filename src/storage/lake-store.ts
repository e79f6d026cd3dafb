/** The lake of a PostgreSQL database, for `apply` and `export`. */
import type { Kysely } from 'kysely';
import type { LakeWrites } from '../lake/plan.ts';
import type { LakeStore } from '../lake/store.ts';
import { revokeForLost } from '../rules/revocation.ts';
import type { Lost } from '../rules/store.ts';
import { auditAccounts, findSuspended } from './lake-account-audit.ts';
import { writeLake } from './lake-apply.ts';
import { loadStorages, readVersion } from './lake-facts.ts';
import { writeKnownAs } from './lake-known-as.ts';
import { lockLake, sign } from './lake-lock.ts';
import { readLakeState } from './lake-state.ts';
import { createLiveTokens } from './live-tokens.ts';
import { createRuleSession } from './rule-session.ts';
import { denyTokens } from './rule-store.ts';
import type { DB } from './schema.ts';

export function createLakeStore(db: Kysely<DB>): LakeStore {
  return {
    read: () => db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(readLakeState),
    change: (use) =>
      db.transaction().execute(async (trx) => {
        await lockLake(trx);
        return use({
          read: () => readLakeState(trx),
          write: async (writes, by, now) => {
            await sign(trx, by);
            const suspended = await findSuspended(trx, writes.accounts);
            await writeLake(trx, writes);
            await writeKnownAs(trx, writes, { by, now });
            await auditAccounts(trx, writes.accounts, suspended, { by, now });
            const lost = await revokeLost(trx, writes, now);
            return { policyVersion: await readVersion(trx), lost };
          },
        });
      }),
    tokens: createLiveTokens(db),
    denyTokens: (tokens) => denyTokens(db, tokens),
  };
}

/** By the memberships and storages as they are now. */
async function revokeLost(trx: Kysely<DB>, { lost }: LakeWrites, now: number): Promise<Lost[]> {
  if (lost.length === 0) return [];
  const session = createRuleSession(trx);
  const storages = await loadStorages(trx);
  const found: Lost[] = [];
  for (const one of lost) found.push(await revokeForLost(session, one, storages, now));
  return found;
}
