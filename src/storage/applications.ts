/** Applications of an account on PostgreSQL: consents and live chains together, and the end of everything that they gave. */
import { type Kysely, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import type { Application } from '../clients/applications.ts';
import type { ApplicationStore } from '../clients/create-applications.ts';
import { appendAudit } from './audit-log.ts';
import { lockLake } from './lake-lock.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

/** No access token lives longer (src/lake/schema/client.ts). */
const longestLifetime = day;

/** How far back the issue log tells when a client last had a token, and how many of them are looked at. */
const lookBack = { milliseconds: 30 * day, tokens: 5000 };

const mostShown = 500;

export function createApplicationStore(db: Kysely<DB>): ApplicationStore {
  return {
    list: (accountId, now) => list(db, accountId, now),
    revoke: (context, accountId, clientId, now) =>
      db.transaction().execute(async (trx) => {
        await lockLake(trx);
        if (clientId.includes('\0')) return false;
        const taken = await takeBack(trx, accountId, clientId, now);
        if (Object.values(taken).every((count) => count === 0)) return false;
        await appendAudit(trx, {
          at: now,
          action: 'application.revoked',
          actor: peopleActorName(context.actor),
          address: context.actor.address,
          reason: context.reason,
          objectKind: 'account',
          objectId: accountId,
          detail: { client: clientId, ...taken },
        });
        return true;
      }),
  };
}

async function list(db: Kysely<DB>, accountId: string, now: number): Promise<Application[]> {
  const { rows } = await sql<{
    client_id: string;
    name: string | null;
    state: string;
    scopes: string[];
    audiences: string[];
    since: Date;
    last_used: Date | null;
    chains: number;
  }>`WITH held AS (
      SELECT client_id, granted AS scopes, string_to_array(nullif(audience, ''), ' ') AS audiences,
        decided_at AS since, NULL::timestamptz AS used, 0 AS chains
      FROM consents WHERE account_id = ${accountId} AND granted <> '{}'
      UNION ALL
      SELECT client_id, string_to_array(payload->>'scope', ' '),
        ARRAY(SELECT jsonb_array_elements_text(payload->'audiences')), created_at, last_used_at, 1
      FROM refresh_tokens
      WHERE account_id = ${accountId} AND revoked_at IS NULL AND expires_at > ${new Date(now)}
    ), tokens AS (
      SELECT client_id, max(at) AS used FROM (
        SELECT client_id, at FROM issue_log
        WHERE subject = ${accountId} AND event = 'issued' AND at > ${new Date(now - lookBack.milliseconds)}
        ORDER BY at DESC LIMIT ${lookBack.tokens}) AS latest
      GROUP BY client_id
    )
    SELECT held.client_id, clients.definition->>'name' AS name, clients.state,
      ARRAY(SELECT DISTINCT scope FROM held AS one, unnest(one.scopes) AS scope
        WHERE one.client_id = held.client_id AND scope NOT LIKE 'claim %' ORDER BY scope) AS scopes,
      ARRAY(SELECT DISTINCT audience FROM held AS one, unnest(one.audiences) AS audience
        WHERE one.client_id = held.client_id ORDER BY audience) AS audiences,
      min(held.since) AS since, greatest(max(held.used), max(tokens.used)) AS last_used, sum(held.chains)::int AS chains
    FROM held JOIN clients USING (client_id) LEFT JOIN tokens USING (client_id)
    GROUP BY held.client_id, clients.definition, clients.state
    ORDER BY lower(coalesce(clients.definition->>'name', held.client_id)), held.client_id LIMIT ${mostShown}`.execute(
    db,
  );
  return rows.map((row) => ({
    clientId: row.client_id,
    name: row.name,
    state: row.state === 'active' ? ('active' as const) : ('suspended' as const),
    scopes: row.scopes,
    audiences: row.audiences,
    since: row.since.getTime(),
    lastUsedAt: row.last_used?.getTime() ?? null,
    chains: row.chains,
  }));
}

async function takeBack(trx: Kysely<DB>, accountId: string, clientId: string, now: number) {
  const instant = new Date(now);
  const chains = await sql`UPDATE refresh_tokens SET revoked_at = ${instant}
    WHERE account_id = ${accountId} AND (client_id = ${clientId} OR origin_client_id = ${clientId})
      AND revoked_at IS NULL AND expires_at > ${instant}`.execute(trx);
  const artifacts = await sql`DELETE FROM artifacts
    WHERE payload->>'accountId' = ${accountId} AND payload->>'clientId' = ${clientId}`.execute(trx);
  const consents = await trx
    .deleteFrom('consents')
    .where('account_id', '=', accountId)
    .where('client_id', '=', clientId)
    .executeTakeFirst();
  // What was exchanged from its tokens goes with them.
  const tokens = await sql`WITH RECURSIVE live AS MATERIALIZED (
      SELECT jti, parent_jti, client_id, expires_at FROM issue_log
      WHERE subject = ${accountId} AND at > ${new Date(now - longestLifetime)} AND event = 'issued'
        AND jti IS NOT NULL AND expires_at > ${instant}
    ), found AS (
      SELECT jti, expires_at FROM live WHERE client_id = ${clientId}
      UNION SELECT live.jti, live.expires_at FROM live JOIN found ON live.parent_jti = found.jti
    )
    INSERT INTO revoked_access_tokens (jti, expires_at) SELECT jti, max(expires_at) FROM found GROUP BY jti
    ON CONFLICT (jti) DO NOTHING`.execute(trx);
  return {
    refreshChains: Number(chains.numAffectedRows ?? 0),
    grants: Number(artifacts.numAffectedRows ?? 0),
    consents: Number(consents.numDeletedRows),
    accessTokens: Number(tokens.numAffectedRows ?? 0),
  };
}
