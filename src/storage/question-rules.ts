/** Rules as they are or were at an instant, from the history that the database keeps of them (policy-semantics 7 and 8). */
import { type Kysely, sql } from 'kysely';
import { embargoFact, grantFact } from '../lake/facts.ts';
import type { EmbargoRecord, GrantRecord } from '../lake/records.ts';
import type { Embargo } from '../policy/rule.ts';
import { compare } from '../policy/sorted.ts';
import type { Rules, RuleVersion } from '../questions/store.ts';
import type { DB } from './schema.ts';

type Latest =
  | { readonly kind: 'grant'; readonly document: GrantRecord }
  | { readonly kind: 'embargo'; readonly document: EmbargoRecord };

/** Those with one of the paths. A draft closes nothing yet, a released or withdrawn embargo no more. */
export async function findRules(db: Kysely<DB>, paths: readonly string[]): Promise<Rules> {
  const { rows } = await sql<Latest>`
    SELECT 'grant' AS kind, grant_document(grants) AS document FROM grants WHERE path = ANY(${paths})
    UNION ALL
    SELECT 'embargo', embargo_document(embargoes) FROM embargoes WHERE path = ANY(${paths}) AND state = 'active'`.execute(
    db,
  );
  return toRules(rows);
}

/** The same as they stood at an instant (ms since the epoch), also those that are gone. */
export async function findRulesAt(db: Kysely<DB>, paths: readonly string[], at: number): Promise<Rules> {
  const { rows } = await sql<Latest>`
    SELECT kind, document FROM (
      SELECT DISTINCT ON (kind, id) kind, document FROM rule_versions WHERE at <= ${new Date(at)}
      ORDER BY kind, id, version DESC
    ) AS latest
    WHERE document->>'path' = ANY(${paths}) AND (kind = 'grant' OR document->>'state' = 'active')`.execute(db);
  return toRules(rows);
}

function toRules(rows: readonly Latest[]): Rules {
  const sorted = [...rows].sort((one, other) => compare(one.document.id, other.document.id));
  return {
    grants: sorted.flatMap((row) => (row.kind === 'grant' ? [grantFact(row.document)] : [])),
    embargoes: sorted.flatMap((row) => (row.kind === 'embargo' ? [embargoFact(row.document)] : [])),
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
    FROM rule_versions WHERE id = ANY(${ids}) AND kind IN ('grant', 'embargo') ORDER BY version`.execute(db);
  return rows.map(({ policy_version: policyVersion, at, ...row }) => ({
    ...row,
    at: at.getTime(),
    policyVersion: Number(policyVersion),
  }));
}
