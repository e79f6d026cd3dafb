/** Rules on PostgreSQL: each write is one transaction, and one that is refused leaves nothing. */
import { type ControlledTransaction, type Kysely, sql } from 'kysely';
import type { RuleStore } from '../rules/store.ts';
import { eachChunk } from './bulk-write.ts';
import { lockLake, sign } from './lake-lock.ts';
import { createRuleReads } from './rule-reads.ts';
import { createRuleSession } from './rule-session.ts';
import type { DB } from './schema.ts';

export function createRuleStore(db: Kysely<DB>): RuleStore {
  return {
    reads: createRuleReads(db),
    denyTokens: (tokens) => denyTokens(db, tokens),
    change: async (by, work) => {
      const trx = await db.startTransaction().execute();
      try {
        await lockLake(trx);
        // Before any rule's row, as every writer does whose statements bump it: nobody waits in a circle.
        await sql`SELECT FROM lake_version FOR NO KEY UPDATE`.execute(trx);
        await sign(trx, by);
        const outcome = await work(createRuleSession(trx));
        await (outcome.ok ? trx.commit() : trx.rollback()).execute();
        return outcome;
      } catch (error) {
        await undo(trx);
        throw error;
      }
    },
  };
}

export async function denyTokens(
  db: Kysely<DB>,
  tokens: readonly { readonly jti: string; readonly expiresAt: number }[],
): Promise<void> {
  await eachChunk(tokens, async (chunk) => {
    const rows = chunk.map(({ jti, expiresAt }) => ({ jti, expires_at: new Date(expiresAt) }));
    await db
      .insertInto('revoked_access_tokens')
      .values(rows)
      .onConflict((conflict) => conflict.column('jti').doNothing())
      .execute();
  });
}

/** The first fault is the one to tell. */
async function undo(trx: ControlledTransaction<DB>): Promise<void> {
  try {
    await trx.rollback().execute();
  } catch {}
}
