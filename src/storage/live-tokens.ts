/** Finds the access tokens that are still out and open a logical path, in the issue log (policy-semantics 7 and 8). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type CanonicalPath, parsePath } from '../policy/path.ts';
import type { FoundToken, LiveTokens, TokenCount, TokenPage, TokenQuery } from '../rules/live-tokens.ts';
import { createReach, type FindReach } from '../rules/scope-reach.ts';
import { partitionsBetween } from './issue-log-partitions.ts';
import { loadStorages } from './lake-facts.ts';
import type { DB } from './schema.ts';

/** No token lives longer, whatever the settings have been (src/lake/schema/settings.ts, client.ts). */
const longestLifetime = 86_400_000;

/** Tokens with the same audiences and scopes: there are few of these, however many tokens there are. */
interface Kind {
  readonly audience: readonly string[];
  readonly issued: string;
  readonly tokens: string;
  readonly latest: Date;
}

interface TokenRow {
  readonly jti: string;
  readonly subject: string;
  readonly client_id: string | null;
  readonly audience: readonly string[];
  readonly issued: string;
  readonly at: Date;
  readonly expires_at: Date;
}

export function createLiveTokens(db: Kysely<DB>): LiveTokens {
  const count = (query: TokenQuery) =>
    inSearch(db, query, async (search) => sumUp(await findKinds(search)), { count: 0, latestExpiry: null });
  const find: LiveTokens['find'] = (query, page) =>
    inSearch(
      db,
      query,
      async (search) => {
        const kinds = await findKinds(search);
        return { ...sumUp(kinds), ...(await findTokens(search, kinds, page)) };
      },
      { count: 0, latestExpiry: null, tokens: [], next: null },
    );
  return { count, find, liveTokens: (path, at, page) => find({ path, at }, page) };
}

/** One search: its transaction, its rows, and what it is looking for. */
interface Search {
  readonly trx: Kysely<DB>;
  readonly tables: readonly string[];
  readonly query: TokenQuery;
  readonly reachOf: FindReach;
}

/** `none` is the answer for a path that is none, or when nothing was issued in these days. */
function inSearch<T>(db: Kysely<DB>, query: TokenQuery, answer: (search: Search) => Promise<T>, none: T): Promise<T> {
  const path = parsePath(query.path);
  if (!path.ok) return Promise.resolve(none);
  return db.transaction().execute(async (trx) => {
    // The log is never analysed, so the planner would read whole days where its summaries by time show which blocks to read.
    await sql`SET LOCAL enable_seqscan = off`.execute(trx);
    // Nor does it know how many rows will meet how many kinds.
    await sql`SET LOCAL enable_nestloop = off`.execute(trx);
    const tables = await partitionsBetween(trx, query.at - longestLifetime, query.at);
    if (tables.length === 0) return none;
    return answer({ trx, tables, query, reachOf: await prepareReach(trx, query, path.value) });
  });
}

async function prepareReach(trx: Kysely<DB>, { action }: TokenQuery, path: CanonicalPath): Promise<FindReach> {
  return createReach(await loadStorages(trx), { path, action: action ?? null });
}

async function findKinds({ trx, tables, query, reachOf }: Search): Promise<readonly Kind[]> {
  const { rows } = await sql<Kind>`
    SELECT audience, issued, count(*) AS tokens, max(expires_at) AS latest
    FROM ${liveRows(tables, query)} GROUP BY audience, issued`.execute(trx);
  return rows.filter(({ issued, audience }) => reachOf(issued, audience).length > 0);
}

function sumUp(kinds: readonly Kind[]): TokenCount {
  const latest = kinds.reduce((found, { latest: one }) => Math.max(found, one.getTime()), Number.NEGATIVE_INFINITY);
  return {
    count: kinds.reduce((sum, { tokens }) => sum + Number(tokens), 0),
    latestExpiry: kinds.length === 0 ? null : latest,
  };
}

async function findTokens({ trx, tables, query, reachOf }: Search, kinds: readonly Kind[], page: TokenPage) {
  if (kinds.length === 0) return { tokens: [], next: null };
  const wanted = JSON.stringify(kinds.map(({ audience, issued }) => ({ audience, issued })));
  const after = page.after ? readCursor(page.after) : undefined;
  const { rows } = await sql<TokenRow>`
    SELECT jti, subject, client_id, live.audience, live.issued, at, expires_at
    FROM ${liveRows(tables, query)}
    JOIN json_to_recordset(${wanted}::json) AS kind (audience text[], issued text) USING (audience, issued)
    ${after ? sql`WHERE expires_at < ${after.expiresAt} OR (expires_at = ${after.expiresAt} AND jti > ${after.jti})` : sql``}
    ORDER BY expires_at DESC, jti LIMIT ${page.limit + 1}`.execute(trx);
  const found = rows.slice(0, page.limit).map((row) => toToken(row, reachOf));
  const last = rows.length > page.limit ? found.at(-1) : undefined;
  return { tokens: found, next: last ? `${last.expiresAt}:${last.jti}` : null };
}

/** The rows of live tokens with storage scopes, as `live`. */
function liveRows(tables: readonly string[], { at, subjects }: TokenQuery): RawBuilder<unknown> {
  const instant = new Date(at);
  const each = tables.map(
    (table) => sql`
      SELECT jti, subject, client_id, coalesce(audience, '{}') AS audience, issued, at, expires_at FROM ${sql.table(table)}
      WHERE event = 'issued' AND expires_at > ${instant} AND issued LIKE '%storage.%'
        -- These forms keep the planner to the summaries of expires_at: by at or subject alone, days of rows are candidates.
        AND at + interval '0' <= ${instant}
        ${subjects ? sql`AND subject || '' = ANY(${subjects})` : sql``}
        AND NOT EXISTS (SELECT FROM revoked_access_tokens AS revoked WHERE revoked.jti = ${sql.ref(`${table}.jti`)})`,
  );
  return sql`(${sql.join(each, sql` UNION ALL `)}) AS live`;
}

function toToken(row: TokenRow, reachOf: FindReach): FoundToken {
  const reach = reachOf(row.issued, row.audience);
  return {
    jti: row.jti,
    subject: row.subject,
    clientId: row.client_id,
    audience: row.audience,
    scopes: reach.map(({ scope }) => scope),
    reach,
    issuedAt: row.at.getTime(),
    expiresAt: row.expires_at.getTime(),
  };
}

function readCursor(text: string): { readonly expiresAt: Date; readonly jti: string } | undefined {
  const [, expiresAt, jti] = /^(\d{1,15}):([!-~]{1,255})$/.exec(text) ?? [];
  return expiresAt === undefined || jti === undefined ? undefined : { expiresAt: new Date(Number(expiresAt)), jti };
}
