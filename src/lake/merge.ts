/** The rules as they will be once a file is applied: the file's own first, then what only the database has. */
import type { Entry, ParsedLake } from './parse.ts';
import {
  type EmbargoRecord,
  embargoRecord,
  type GrantRecord,
  grantRecord,
  type StorageRecord,
  storageRecord,
} from './records.ts';
import type { LakePolicySettings } from './schema.ts';
import type { LakeState, Stored } from './state.ts';

/** A record and its position in the file, or null for one of the database. */
export interface Merged<R> {
  readonly record: R;
  readonly index: number | null;
  readonly name: string;
}

export interface MergedRecords {
  readonly policy: LakePolicySettings | null;
  readonly storages: readonly Merged<StorageRecord>[];
  readonly namespace: readonly Merged<string>[];
  readonly grants: readonly Merged<GrantRecord>[];
  readonly embargoes: readonly Merged<EmbargoRecord>[];
}

export function mergeRecords(lake: ParsedLake, state: LakeState): MergedRecords {
  const present = new Map(state.embargoes.map(({ record }) => [record.id, record.state]));
  return {
    policy: lake.head.policy ?? state.settings.policy,
    storages: merge(lake.storages, state.storages, storageRecord, ({ name }) => name),
    namespace: merge(
      lake.namespace,
      state.namespace,
      (path) => path,
      (path) => path,
    ),
    grants: merge(lake.grants, state.grants, grantRecord, ({ id }) => id),
    embargoes: merge(
      lake.embargoes,
      state.embargoes,
      (said) => embargoRecord(said, present.get(said.id) ?? 'active'),
      ({ id }) => id,
    ),
  };
}

function merge<L, R>(
  entries: readonly Entry<L>[],
  stored: readonly Stored<R>[],
  toRecord: (said: L) => R,
  nameOf: (record: R) => string,
): Merged<R>[] {
  const own = entries.map(({ index, value }) => {
    const record = toRecord(value);
    return { record, index, name: nameOf(record) };
  });
  const named = new Set(own.map(({ name }) => name));
  const others = stored
    .map(({ record }) => ({ record, index: null, name: nameOf(record) }))
    .filter(({ name }) => !named.has(name));
  return [...own, ...others];
}
