/** Rows of storages and histories as records. */
import type { Selectable } from 'kysely';
import type { EmbargoRecord, GrantRecord, StorageRecord } from '../lake/records.ts';
import type { Mount } from '../policy/rule.ts';
import type { HistoryEntry } from '../rules/administration.ts';
import type { StoredRule } from '../rules/store.ts';
import { toEmbargoRecord, toGrantRecord } from './lake-state.ts';
import type { Embargoes, Grants, RuleVersions, Storages } from './schema.ts';

export function toStoredGrant(row: Selectable<Grants>): StoredRule<GrantRecord> {
  return { record: toGrantRecord(row), version: row.version, declared: row.declared, position: row.position };
}

export function toStoredEmbargo(row: Selectable<Embargoes>): StoredRule<EmbargoRecord> {
  return { record: toEmbargoRecord(row), version: row.version, declared: row.declared, position: row.position };
}

export function toStorageRecord(row: Selectable<Storages>): StorageRecord {
  return {
    name: row.name,
    audience: row.audience,
    aliases: row.aliases,
    kind: row.kind as StorageRecord['kind'],
    matching: row.matching as StorageRecord['matching'],
    mounts: row.mounts as unknown as Mount[],
  };
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
