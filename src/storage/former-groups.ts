/** Access tokens that name a group which their holder left, or which stands elsewhere now: verifiers that work offline take them until they end. */
import { type Kysely, sql } from 'kysely';
import type { DB } from './schema.ts';

/** No access token lives longer (src/lake/schema/client.ts). */
const longestLifetime = 86_400_000;

/** Scopes whose tokens name groups (W-GRP-3, W-CAP-1, A-ENT-1). */
const mayNameGroups = sql<boolean>`issued ~ '(wlcg\\.(groups|capabilityset)|entitlements?( |$))'`;

/** Access tokens that rest on a grant to the group, or that may name it, are inactive at introspection from now on. */
export async function denyTokensOf(db: Kysely<DB>, accountIds: readonly string[], subject: string, now: number) {
  await sql`INSERT INTO revoked_access_tokens (jti, expires_at)
    SELECT jti, max(expires_at) FROM issue_log
    WHERE subject = ANY(${accountIds}::text[]) AND at > ${new Date(now - longestLifetime)} AND event = 'issued'
      AND jti IS NOT NULL AND expires_at > ${new Date(now)}
      AND (because && ARRAY(SELECT id FROM grants WHERE grants.subject = ${subject}) OR ${mayNameGroups})
    GROUP BY jti ON CONFLICT (jti) DO NOTHING`.execute(db);
}

/**
 * When the last token ends that names the path for another group, which was there before; null: none is out. With a `moving` group
 * also paths below count, and this group and those below it may have stood there.
 */
export async function lastNaming(
  db: Kysely<DB>,
  path: string,
  moving: string | null,
  now: number,
): Promise<number | null> {
  const since = new Date(now - longestLifetime);
  const isThere = (column: string) =>
    sql`(${sql.ref(column)} = ${path} OR (${moving}::uuid IS NOT NULL AND starts_with(${sql.ref(column)}, ${`${path}/`})))`;
  const { rows } = await sql<{ until: Date | null }>`
    WITH moving AS (
      SELECT groups.id FROM groups JOIN groups AS top ON top.id = ${moving}::uuid
      WHERE groups.path = top.path OR starts_with(groups.path, top.path || '/')),
    former AS (
      SELECT group_id FROM former_group_paths
      WHERE moved_at > ${since} AND ${isThere('path')} AND group_id NOT IN (SELECT id FROM moving)),
    holders AS (
      SELECT account_id FROM membership_history
      WHERE at > ${since} AND change <> 'added' AND group_id NOT IN (SELECT id FROM moving)
        AND (${isThere('group_path')} OR group_id IN (SELECT group_id FROM former))
      UNION SELECT account_id FROM memberships JOIN former USING (group_id))
    SELECT max(expires_at) AS until FROM issue_log
    WHERE subject IN (SELECT account_id FROM holders) AND at > ${since} AND event = 'issued'
      AND expires_at > ${new Date(now)} AND ${mayNameGroups}`.execute(db);
  return rows[0]?.until?.getTime() ?? null;
}
