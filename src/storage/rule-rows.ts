/** Rows of rules and of histories as records. */
import type { Selectable } from 'kysely';
import type { EmbargoRecord, GrantRecord } from '../lake/records.ts';
import type { HistoryEntry } from '../rules/administration.ts';
import type { StoredRule } from '../rules/store.ts';
import { toEmbargoRecord, toGrantRecord } from './lake-state.ts';
import type { Embargoes, Grants, RuleVersions } from './schema.ts';

export function toStoredGrant(row: Selectable<Grants>): StoredRule<GrantRecord> {
  return { record: toGrantRecord(row), version: row.version, declared: row.declared, position: row.position };
}

export function toStoredEmbargo(row: Selectable<Embargoes>): StoredRule<EmbargoRecord> {
  return { record: toEmbargoRecord(row), version: row.version, declared: row.declared, position: row.position };
}

/** Migration 0006 writes documents in the fields of the records. */
export function toHistoryEntry<R>(row: Selectable<RuleVersions>): HistoryEntry<R> {
  return {
    version: row.version,
    policyVersion: Number(row.policy_version),
    at: row.at.getTime(),
    change: row.change,
    actor: row.actor,
    reason: row.reason,
    record: row.document as R | null,
  };
}
