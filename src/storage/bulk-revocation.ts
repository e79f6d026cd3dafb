/** Bulk revocation on PostgreSQL: set by set, whatever the number of tokens (issue: tokens as every lake service asks for them, section 4). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { RefreshPayload } from '../artifacts/refresh-token.ts';
import { type CanonicalPath, parsePath } from '../policy/path.ts';
import type { BulkRevocationStore, RevocationSelection, TokensOut } from '../rules/bulk-revocation.ts';
import { ceilingMeets } from '../rules/revocation.ts';
import { createReach } from '../rules/scope-reach.ts';
import { appendAudit } from './audit-log.ts';
import { partitionsBetween } from './issue-log-partitions.ts';
import { loadStorages } from './lake-facts.ts';
import { type Condition, chainConditions, findUnknownNames, tokenConditions } from './revocation-selection.ts';
import type { DB } from './schema.ts';

/** Two revocations at once would wait for one another in a circle. */
const revocationLock = 5_133_002;

/** No access token lives longer (src/lake/schema/client.ts). */
const longestLifetime = 86_400_000;

export function createBulkRevocationStore(db: Kysely<DB>): BulkRevocationStore {
  return {
    findUnknown: (selection) => findUnknownNames(db, selection),
    revoke: (selection, by, now) =>
      db.transaction().execute(async (trx) => {
        // Whatever must go may be a million.
        await sql`SET LOCAL statement_timeout = 0`.execute(trx);
        await sql`SELECT pg_advisory_xact_lock(${revocationLock})`.execute(trx);
        const refreshChains = await endChains(trx, selection, now);
        const accessTokens = await denyTokens(trx, selection, now, now);
        const detail = { selection: describe(selection), refreshChains, accessTokens: describeOut(accessTokens) };
        await appendAudit(trx, { at: now, action: 'tokens.revoked', ...by, detail });
        return { at: now, refreshChains, accessTokens };
      }),
    denyLate: (selection, at, now) => db.transaction().execute((trx) => denyTokens(trx, selection, at, now)),
  };
}

async function endChains(trx: Kysely<DB>, selection: RevocationSelection, now: number): Promise<number> {
  const instant = new Date(now);
  const live: Condition[] = [sql`revoked_at IS NULL`, sql`expires_at > ${instant}`, ...chainConditions(selection)];
  const meets = await ceilingCondition(trx, selection, live);
  const result = await sql`UPDATE refresh_tokens SET revoked_at = ${instant}
    WHERE ${all([...live, ...meets])}`.execute(trx);
  return Number(result.numAffectedRows ?? 0);
}

/** Ceilings are few, however many chains there are: each is judged once. */
async function ceilingCondition(
  trx: Kysely<DB>,
  { embargo }: RevocationSelection,
  live: readonly Condition[],
): Promise<Condition[]> {
  if (embargo === undefined) return [];
  const { rows } = await sql<{ scope: string; audiences: string[] }>`
    SELECT DISTINCT payload->>'scope' AS scope, payload->'audiences' AS audiences
    FROM refresh_tokens WHERE ${all(live)}`.execute(trx);
  const meets = ceilingMeets(await loadStorages(trx), await pathOf(trx, embargo));
  const met = rows.filter((kind) => meets(kind as unknown as RefreshPayload));
  return [
    sql`(payload->>'scope', payload->'audiences') IN (
      SELECT scope, audiences FROM json_to_recordset(${JSON.stringify(met)}::json) AS kind (scope text, audiences jsonb))`,
  ];
}

/** `at`: when the chains were ended whose access tokens go with them. */
async function denyTokens(
  trx: Kysely<DB>,
  selection: RevocationSelection,
  at: number,
  now: number,
): Promise<TokensOut> {
  await sql`SET LOCAL statement_timeout = 0`.execute(trx);
  // As in src/storage/live-tokens.ts: the log is never analysed, and the planner would read whole days.
  await sql`SET LOCAL enable_seqscan = off`.execute(trx);
  await sql`SET LOCAL enable_nestloop = off`.execute(trx);
  const tables = await partitionsBetween(trx, now - longestLifetime, now);
  if (tables.length === 0) return { count: 0, lastExpiry: null };
  const live = liveRows(tables, now);
  const chosen = [...tokenConditions(selection), ...(await issuedCondition(trx, selection, live))];
  const { rows } = await sql<{ count: string; last: Date | null }>`
    WITH RECURSIVE live AS MATERIALIZED (${live}),
    found AS (
      SELECT jti, expires_at FROM live WHERE (${all(chosen)}) ${comingOfThem(selection, at)}
    ),
    denied AS (
      INSERT INTO revoked_access_tokens (jti, expires_at) SELECT jti, expires_at FROM found ON CONFLICT (jti) DO NOTHING
    )
    SELECT count(*) AS count, max(expires_at) AS last FROM found`.execute(trx);
  return { count: Number(rows[0]?.count ?? 0), lastExpiry: rows[0]?.last?.getTime() ?? null };
}

function liveRows(tables: readonly string[], now: number): RawBuilder<unknown> {
  const instant = new Date(now);
  const each = tables.map(
    (table) => sql`
      SELECT jti, subject, client_id, coalesce(audience, '{}') AS audience, issued, at, expires_at, parent_jti
      FROM ${sql.table(table)} WHERE event = 'issued' AND expires_at > ${instant}`,
  );
  return sql.join(each, sql` UNION ALL `);
}

/** Kinds of tokens are few, too. */
async function issuedCondition(
  trx: Kysely<DB>,
  { embargo }: RevocationSelection,
  live: RawBuilder<unknown>,
): Promise<Condition[]> {
  if (embargo === undefined) return [];
  const path = parsePath(await pathOf(trx, embargo));
  const reach = createReach(await loadStorages(trx), {
    path: path.ok ? path.value : ('/' as CanonicalPath),
    action: null,
  });
  const { rows } = await sql<{ audience: string[]; issued: string }>`
    SELECT DISTINCT audience, issued FROM (${live}) AS live WHERE issued LIKE '%storage.%'`.execute(trx);
  const met = rows.filter(({ audience, issued }) => reach(issued, audience).length > 0);
  return [
    sql`(audience, issued) IN (
      SELECT audience, issued FROM json_to_recordset(${JSON.stringify(met)}::json) AS kind (audience text[], issued text))`,
  ];
}

/** What was refreshed from the ended chains, and what was exchanged from what was found. An embargo is about what each token opens, whatever it came from. */
function comingOfThem(selection: RevocationSelection, at: number): RawBuilder<unknown> {
  if (selection.embargo !== undefined) return sql``;
  const ended = all([sql`revoked_at = ${new Date(at)}`, ...chainConditions(selection)]);
  return sql`OR parent_jti IN (SELECT id::text FROM refresh_tokens WHERE ${ended})
      UNION SELECT live.jti, live.expires_at FROM live JOIN found ON live.parent_jti = found.jti`;
}

async function pathOf(trx: Kysely<DB>, embargo: string): Promise<string> {
  const { path } = await trx.selectFrom('embargoes').select('path').where('id', '=', embargo).executeTakeFirstOrThrow();
  return path;
}

function all(conditions: readonly Condition[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
}

function describe({ issuedFrom, issuedBefore, ...names }: RevocationSelection) {
  return { ...names, issuedFrom: instantText(issuedFrom), issuedBefore: instantText(issuedBefore) };
}

function describeOut({ count, lastExpiry }: TokensOut) {
  return { count, lastExpiry: lastExpiry === null ? null : instantText(lastExpiry) };
}

function instantText(instant: number | undefined): string | undefined {
  return instant === undefined ? undefined : new Date(instant).toISOString();
}
