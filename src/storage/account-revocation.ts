/** Takes back what was issued to an account, in the transaction in which it loses access (policy-semantics 7). */
import { type Kysely, sql } from 'kysely';
import type { TakenBack } from '../accounts/administration-store.ts';
import type { DB } from './schema.ts';

/** No access token lives longer (src/lake/schema/client.ts). */
const longestLifetime = 86_400_000;

/** Ends sessions, grants, codes, refresh chains, consents and whatever waits for a secret, and denies the access tokens that are out. */
export async function takeBackFrom(trx: Kysely<DB>, accountId: string, now: number): Promise<TakenBack> {
  const instant = new Date(now);
  const chains = await trx
    .updateTable('refresh_tokens')
    .set({ revoked_at: instant })
    .where('account_id', '=', accountId)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', instant)
    .executeTakeFirst();
  const { rows: artifacts } = await sql<{ model: string }>`DELETE FROM artifacts
    WHERE payload ->> 'accountId' = ${accountId} RETURNING model`.execute(trx);
  const consents = await trx.deleteFrom('consents').where('account_id', '=', accountId).executeTakeFirst();
  await trx.deleteFrom('tickets').where('account_id', '=', accountId).execute();
  return {
    refreshChains: Number(chains.numUpdatedRows),
    accessTokens: await denyAccessTokens(trx, accountId, now),
    sessions: artifacts.filter(({ model }) => model === 'Session').length,
    consents: Number(consents.numDeletedRows),
  };
}

/** Those that are out, also exchanged ones: their `sub` stays the account's. Returns how many. */
export async function denyAccessTokens(trx: Kysely<DB>, accountId: string, now: number): Promise<number> {
  const result = await sql`INSERT INTO revoked_access_tokens (jti, expires_at)
    SELECT jti, max(expires_at) FROM issue_log
    WHERE subject = ${accountId} AND at > ${new Date(now - longestLifetime)} AND event = 'issued'
      AND jti IS NOT NULL AND expires_at > ${new Date(now)}
    GROUP BY jti
    ON CONFLICT (jti) DO NOTHING`.execute(trx);
  return Number(result.numAffectedRows ?? 0);
}
