/** Exchange rules on PostgreSQL, all of them: they are few (policy-semantics 6). */
import type { Kysely, Selectable } from 'kysely';
import type { ExchangeRuleRecord, MatcherRecord } from '../lake/records.ts';
import { normalInstant } from '../lake/schema/scalars.ts';
import type { StoredRule } from '../rules/store.ts';
import type { DB, ExchangeRules } from './schema.ts';

/** In the order of the lake file. */
export async function readExchangeRules(db: Kysely<DB>): Promise<StoredRule<ExchangeRuleRecord>[]> {
  const rows = await db.selectFrom('exchange_rules').selectAll().orderBy('position').orderBy('id').execute();
  return rows.map(toStoredExchangeRule);
}

export function toStoredExchangeRule(row: Selectable<ExchangeRules>): StoredRule<ExchangeRuleRecord> {
  const { version, declared, position } = row;
  return { record: toRecord(row), version, declared, position };
}

/** What was written had been validated by the lake file's schema. */
function toRecord(row: Selectable<ExchangeRules>): ExchangeRuleRecord {
  return {
    id: row.id,
    description: row.description,
    effect: row.effect === 'deny' ? 'deny' : 'permit',
    origin: row.origin as MatcherRecord,
    target: row.target as MatcherRecord,
    audiences: row.audiences,
    scopes: row.scopes,
    originScopes: row.origin_scopes,
    only: row.only_scopes,
    withheld: row.withheld,
    from: instantText(row.starts_at),
    until: instantText(row.ends_at),
  };
}

function instantText(instant: Date | null): string | null {
  return instant === null ? null : normalInstant(instant.toISOString());
}
