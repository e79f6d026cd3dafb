/** Rules as they are or were at an instant, from the history that the database keeps of them (policy-semantics 7 and 8). */
import { type Kysely, sql } from 'kysely';
import { embargoFact, grantFact } from '../lake/facts.ts';
import type { EmbargoRecord, GrantRecord } from '../lake/records.ts';
import type { Embargo } from '../policy/rule.ts';
import type { Rules, RuleVersion } from '../questions/store.ts';
import type { DB } from './schema.ts';

type Latest =
  | { readonly kind: 'grant'; readonly document: GrantRecord }
  | { readonly kind: 'embargo'; readonly document: EmbargoRecord };

/** `at` in ms since the epoch; null: the latest version of each. A draft closes nothing yet, a released or withdrawn embargo no more. */
export async function findRules(db: Kysely<DB>, at: number | null): Promise<Rules> {
  const { rows } = await sql<Latest>`
    SELECT kind, document FROM (
      SELECT DISTINCT ON (kind, id) kind, id, document FROM rule_versions
      ${at === null ? sql`` : sql`WHERE at <= ${new Date(at)}`}
      ORDER BY kind, id, version DESC
    ) AS latest
    WHERE document IS NOT NULL AND (kind = 'grant' OR document->>'state' = 'active') ORDER BY kind, id`.execute(db);
  return {
    grants: rows.flatMap((row) => (row.kind === 'grant' ? [grantFact(row.document)] : [])),
    embargoes: rows.flatMap((row) => (row.kind === 'embargo' ? [embargoFact(row.document)] : [])),
  };
}

/** An embargo that is a draft now. */
export async function findDraft(db: Kysely<DB>, id: string): Promise<Embargo | undefined> {
  const { rows } = await sql<{ document: EmbargoRecord | null }>`
    SELECT document FROM rule_versions WHERE kind = 'embargo' AND id = ${id}
    ORDER BY version DESC LIMIT 1`.execute(db);
  const document = rows[0]?.document;
  return document?.state === 'draft' ? embargoFact(document) : undefined;
}

export async function findVersions(db: Kysely<DB>, ids: readonly string[]): Promise<readonly RuleVersion[]> {
  const { rows } = await sql<Omit<RuleVersion, 'at' | 'policyVersion'> & { at: Date; policy_version: string }>`
    SELECT kind, id, version, policy_version, at, change, actor, reason, document->>'path' AS path
    FROM rule_versions WHERE id = ANY(${ids}) ORDER BY version`.execute(db);
  return rows.map(({ policy_version: policyVersion, at, ...row }) => ({
    ...row,
    at: at.getTime(),
    policyVersion: Number(policyVersion),
  }));
}
