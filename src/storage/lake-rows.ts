/** The lake's records as rows of their tables. */
import { randomUUID } from 'node:crypto';
import type { EmbargoRecord, ExchangeRuleRecord, GrantRecord, GroupRecord, StorageRecord } from '../lake/records.ts';
import type { Stored, StoredClient } from '../lake/state.ts';
import type { BulkTarget } from './bulk-write.ts';

const beside = { position: 'integer', declared: 'boolean' };

export const groupTarget: BulkTarget = {
  table: 'groups',
  columns: {
    id: 'uuid',
    path: 'text',
    description: 'text',
    labels: 'jsonb',
    is_default: 'boolean',
    capability_set: 'text[]',
    ...beside,
  },
  key: ['path'],
  onInsertOnly: ['id'],
};

export function toGroupRow({ record, position, declared }: Stored<GroupRecord>) {
  const { path, description, labels, isDefault, capabilitySet } = record;
  const id = record.id ?? randomUUID();
  return { id, path, description, labels, is_default: isDefault, capability_set: capabilitySet, position, declared };
}

function whenSecretStays(column: string, otherwise: string): string {
  return `CASE WHEN clients.secret_hash IS DISTINCT FROM excluded.secret_hash THEN ${otherwise} ELSE clients.${column} END`;
}

export const clientTarget: BulkTarget = {
  table: 'clients',
  columns: {
    client_id: 'text',
    secret_hash: 'text',
    definition: 'jsonb',
    granted: 'jsonb',
    state: 'text',
    declared: 'boolean',
  },
  key: ['client_id'],
  onUpdate: {
    updated_at: 'now()',
    // A secret that is set anew ends both of before.
    secret_created_at: whenSecretStays('secret_created_at', 'now()'),
    previous_secret_hash: whenSecretStays('previous_secret_hash', 'NULL'),
    previous_secret_ends_at: whenSecretStays('previous_secret_ends_at', 'NULL'),
    previous_secret_created_at: whenSecretStays('previous_secret_created_at', 'NULL'),
    suspended_at: "CASE WHEN excluded.state = 'suspended' THEN coalesce(clients.suspended_at, now()) END",
    suspended_because: 'CASE WHEN excluded.state = clients.state THEN clients.suspended_because END',
    suspended_by: 'CASE WHEN excluded.state = clients.state THEN clients.suspended_by END',
  },
};

export function toClientRow({
  record,
  secretHash,
  declared,
}: Pick<StoredClient, 'record' | 'secretHash' | 'declared'>) {
  const { owners, ...definition } = record.definition;
  return {
    client_id: record.clientId,
    secret_hash: secretHash,
    definition,
    // The file says everything about the client that it names.
    granted: {},
    state: record.state,
    declared,
  };
}

export const storageTarget: BulkTarget = {
  table: 'storages',
  columns: {
    name: 'text',
    audience: 'text',
    aliases: 'text[]',
    kind: 'text',
    matching: 'text',
    mounts: 'jsonb',
    ...beside,
  },
  key: ['name'],
};

export function toStorageRow({ record, position, declared }: Stored<StorageRecord>) {
  return { ...record, position, declared };
}

export const namespaceTarget: BulkTarget = {
  table: 'namespace_paths',
  columns: { path: 'text', ...beside },
  key: ['path'],
};

export const grantTarget: BulkTarget = {
  table: 'grants',
  columns: {
    id: 'text',
    subject: 'text',
    actions: 'text[]',
    path: 'text',
    audiences: 'text[]',
    starts_at: 'timestamptz',
    ends_at: 'timestamptz',
    embargo_id: 'text',
    ...beside,
  },
  key: ['id'],
};

export function toGrantRow({ record, position, declared }: Stored<GrantRecord>) {
  const { from, until, embargo, ...fields } = record;
  return { ...fields, starts_at: from, ends_at: until, embargo_id: embargo, position, declared };
}

export const embargoTarget: BulkTarget = {
  table: 'embargoes',
  columns: {
    id: 'text',
    title: 'text',
    basis: 'text',
    path: 'text',
    exempt: 'text[]',
    actions: 'text[]',
    starts_at: 'timestamptz',
    ends_at: 'timestamptz',
    hard_limit: 'timestamptz',
    retroactive: 'boolean',
    max_token_lifetime_seconds: 'integer',
    parties: 'jsonb',
    limits: 'jsonb',
    state: 'text',
    ...beside,
  },
  key: ['id'],
};

export function toEmbargoRow({ record, position, declared }: Stored<EmbargoRecord>) {
  const { from, until, hardLimit, maxTokenLifetimeSeconds, ...fields } = record;
  return {
    ...fields,
    starts_at: from,
    ends_at: until,
    hard_limit: hardLimit,
    max_token_lifetime_seconds: maxTokenLifetimeSeconds,
    position,
    declared,
  };
}

export const exchangeRuleTarget: BulkTarget = {
  table: 'exchange_rules',
  columns: {
    id: 'text',
    description: 'text',
    effect: 'text',
    origin: 'jsonb',
    target: 'jsonb',
    audiences: 'text[]',
    scopes: 'text[]',
    origin_scopes: 'boolean',
    only_scopes: 'text[]',
    withheld: 'text[]',
    starts_at: 'timestamptz',
    ends_at: 'timestamptz',
    ...beside,
  },
  key: ['id'],
};

export function toExchangeRuleRow({ record, position, declared }: Stored<ExchangeRuleRecord>) {
  const { from, until, originScopes, only, ...fields } = record;
  return {
    ...fields,
    origin_scopes: originScopes,
    only_scopes: only,
    starts_at: from,
    ends_at: until,
    position,
    declared,
  };
}
