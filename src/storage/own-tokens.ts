/** The tokens of an account in the issue log, on PostgreSQL. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { OwnToken, OwnTokenFilter, OwnTokens } from '../issuance/own-tokens.ts';
import type { Clock } from '../shared/clock.ts';
import { appendAudit } from './audit-log.ts';
import type { DB } from './schema.ts';

/** No access token lives longer (src/lake/schema/client.ts). */
const longestLifetime = 86_400_000;

interface Row {
  readonly jti: string;
  readonly client_id: string | null;
  readonly audience: string[] | null;
  readonly issued: string | null;
  readonly at: Date;
  readonly expires_at: Date;
  readonly revoked: boolean;
  readonly chain: string | null;
}

export interface OwnTokenDeps {
  readonly clock: Clock;
  readonly revocations: RevocationStore;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}

export function createOwnTokens(db: Kysely<DB>, { clock, revocations, logged }: OwnTokenDeps): OwnTokens {
  const select = (conditions: readonly RawBuilder<unknown>[], limit: number) =>
    db.transaction().execute(async (trx) => {
      // As in src/storage/live-tokens.ts: the log is never analysed, and the planner would read whole days.
      await sql`SET LOCAL enable_seqscan = off`.execute(trx);
      const { rows } = await sql<Row>`
        SELECT log.jti, log.client_id, log.audience, log.issued, log.at, log.expires_at,
          EXISTS (SELECT FROM revoked_access_tokens AS revoked WHERE revoked.jti = log.jti) AS revoked,
          (SELECT chain.id::text FROM refresh_tokens AS chain
            WHERE chain.account_id = log.subject AND log.parent_jti IN (chain.id::text, chain.grant_id)
              AND chain.revoked_at IS NULL AND chain.expires_at > ${new Date(clock.now())} LIMIT 1) AS chain
        FROM issue_log AS log WHERE log.event = 'issued' AND ${sql.join(conditions, sql` AND `)}
        ORDER BY log.at DESC, log.jti DESC LIMIT ${limit}`.execute(trx);
      return rows.map(toToken);
    });

  return {
    list: async (accountId, filter, { limit, after }) => {
      await logged();
      const cursor = after === null ? null : readCursor(after);
      // A cursor that somebody made up is after everything.
      if (cursor === undefined) return { items: [], next: null };
      const conditions = [sql`log.subject = ${accountId}`, ...conditionsOf(filter, clock.now())];
      if (cursor !== null) conditions.push(sql`(log.at, log.jti) < (${cursor.at}::timestamptz, ${cursor.jti})`);
      const found = await select(conditions, limit + 1);
      const items = found.slice(0, limit);
      const last = found.length > limit ? items.at(-1) : undefined;
      return { items, next: last ? `${last.at}:${last.jti}` : null };
    },

    find: async (accountId, jti) => {
      await logged();
      const [token] = await select([sql`log.jti = ${jti}`, sql`log.subject = ${accountId}`], 1);
      return token;
    },

    revoke: async ({ actor, reason }, token, { chain }) => {
      const { jti, expiresAt, chainId } = token;
      const now = clock.now();
      const ended = chain ? chainId : null;
      await db.transaction().execute(async (trx) => {
        if (ended !== null) {
          await sql`UPDATE refresh_tokens SET revoked_at = ${new Date(now)}
            WHERE id = ${ended} AND revoked_at IS NULL`.execute(trx);
        }
        await appendAudit(trx, {
          at: now,
          action: 'token.revoked',
          actor: peopleActorName(actor),
          address: actor.address,
          reason,
          objectKind: 'token',
          objectId: jti,
          detail: { client: token.client, chain: ended },
        });
      });
      // What was refreshed or exchanged a moment ago stands in the log by then.
      await logged();
      await revocations.revokeComingOf({ chainId: ended ?? jti, first: { jti, expiresAt } }, now);
    },
  };
}

function conditionsOf({ client, audience, scope, live, ...filter }: OwnTokenFilter, now: number) {
  const from = live ? Math.max(filter.from, now - longestLifetime) : filter.from;
  const conditions: RawBuilder<unknown>[] = [sql`log.at >= ${new Date(from)} AND log.at < ${new Date(filter.until)}`];
  if (client !== undefined) conditions.push(sql`log.client_id = ${client}`);
  if (audience !== undefined) conditions.push(sql`${audience} = ANY(log.audience)`);
  if (scope !== undefined) conditions.push(sql`strpos(log.issued, ${scope}) > 0`);
  if (live) {
    conditions.push(
      sql`log.expires_at > ${new Date(now)}
        AND NOT EXISTS (SELECT FROM revoked_access_tokens AS denied WHERE denied.jti = log.jti)`,
    );
  }
  return conditions;
}

function toToken(row: Row): OwnToken {
  return {
    jti: row.jti,
    client: row.client_id ?? '',
    audiences: row.audience ?? [],
    scope: row.issued ?? '',
    at: row.at.getTime(),
    expiresAt: row.expires_at.getTime(),
    revoked: row.revoked,
    chainId: row.chain,
  };
}

function readCursor(text: string): { readonly at: Date; readonly jti: string } | undefined {
  const [, at, jti] = /^(\d{1,15}):([!-~]{1,255})$/.exec(text) ?? [];
  return at === undefined || jti === undefined ? undefined : { at: new Date(Number(at)), jti };
}
