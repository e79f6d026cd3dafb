/** One write to rules on PostgreSQL: reads with locks, writes that leave their history by trigger (migration 0006). */
import { type Kysely, sql } from 'kysely';
import type { RefreshPayload } from '../artifacts/refresh-token.ts';
import type { EmbargoRecord } from '../lake/records.ts';
import type { LakePolicySettings } from '../lake/schema.ts';
import type { Holders, RuleSession } from '../rules/store.ts';
import { upsertRows } from './bulk-write.ts';
import { toStoredExchangeRule } from './exchange-rules.ts';
import { toStorage } from './lake-facts.ts';
import {
  embargoTarget,
  exchangeRuleTarget,
  grantTarget,
  namespaceTarget,
  storageTarget,
  toEmbargoRow,
  toExchangeRuleRow,
  toGrantRow,
} from './lake-rows.ts';
import { toEmbargoRecord, toGrantRecord } from './lake-state.ts';
import { findHolders, findKnownNames } from './rule-names.ts';
import { createRuleReads } from './rule-reads.ts';
import { toStoredEmbargo, toStoredGrant } from './rule-rows.ts';
import type { DB } from './schema.ts';

type PlacedTable = 'grants' | 'embargoes' | 'exchange_rules' | 'storages' | 'namespace_paths';

type RuleKind = 'grant' | 'embargo' | 'exchange-rule';

/** `trx` is a transaction that holds the lake's lock. */
export function createRuleSession(trx: Kysely<DB>): RuleSession {
  const { storage, isRegistered } = createRuleReads(trx);
  /** What stands beside a record in its row: a new one comes last, and no lake file made it. */
  const beside = async (table: PlacedTable, before: { declared: boolean; position: number } | undefined) =>
    before ?? { declared: false, position: await nextPosition(trx, table) };
  const grant = async (id: string) => {
    const row = await trx.selectFrom('grants').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    return row && toStoredGrant(row);
  };
  const embargo = async (id: string) => {
    const row = await trx.selectFrom('embargoes').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    return row && toStoredEmbargo(row);
  };
  const exchangeRule = async (id: string) => {
    const row = await trx.selectFrom('exchange_rules').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
    return row && toStoredExchangeRule(row);
  };
  return {
    grant,
    embargo,
    exchangeRule,
    storage,
    isRegistered,
    configuration: () => readConfiguration(trx),
    knownNames: (subjects) => findKnownNames(trx, subjects),
    grantsOfEmbargo: async (id) => {
      const rows = await trx
        .selectFrom('grants')
        .selectAll()
        .where('embargo_id', '=', id)
        .orderBy('id')
        .forUpdate()
        .execute();
      return rows.map(toGrantRecord);
    },
    grantIds: async (prefix) => {
      const rows = await trx
        .selectFrom('rule_versions')
        .select('id')
        .distinct()
        .where('kind', '=', 'grant')
        .where(sql<boolean>`starts_with(id, ${prefix})`)
        .execute();
      return new Set(rows.map(({ id }) => id));
    },
    holdersOf: (subjects, now) => findHolders(trx, subjects, now),
    putGrant: async (record, change) => {
      const row = toGrantRow({ ...(await beside('grants', await grant(record.id))), record });
      await withChange(trx, change, () => upsertRows(trx, grantTarget, [row]));
      return versionOf(trx, 'grant', record.id);
    },
    removeGrant: async (id) => {
      await trx.deleteFrom('grants').where('id', '=', id).execute();
      return versionOf(trx, 'grant', id);
    },
    putEmbargo: async (record, change) => {
      const row = toEmbargoRow({ ...(await beside('embargoes', await embargo(record.id))), record });
      await withChange(trx, change, () => upsertRows(trx, embargoTarget, [row]));
      return versionOf(trx, 'embargo', record.id);
    },
    putExchangeRule: async (record) => {
      const row = toExchangeRuleRow({ ...(await beside('exchange_rules', await exchangeRule(record.id))), record });
      await upsertRows(trx, exchangeRuleTarget, [row]);
      return versionOf(trx, 'exchange-rule', record.id);
    },
    removeExchangeRule: async (id) => {
      await trx.deleteFrom('exchange_rules').where('id', '=', id).execute();
      return versionOf(trx, 'exchange-rule', id);
    },
    putStorage: async (record) => {
      const before = await trx
        .selectFrom('storages')
        .select(['declared', 'position'])
        .where('name', '=', record.name)
        .executeTakeFirst();
      await upsertRows(trx, storageTarget, [{ ...record, ...(await beside('storages', before)) }]);
    },
    removeStorage: async (name) => {
      await trx.deleteFrom('storages').where('name', '=', name).execute();
    },
    putPath: async (path) => {
      const row = { path, ...(await beside('namespace_paths', undefined)) };
      await upsertRows(trx, namespaceTarget, [row]);
    },
    removePath: async (path) => {
      await trx.deleteFrom('namespace_paths').where('path', '=', path).execute();
    },
    revokeRefreshTokens: (holders, meets, now) => revokeRefreshTokens(trx, holders, meets, now),
    policyVersion: async () => {
      const { version } = await trx.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
      return Number(version);
    },
  };
}

async function readConfiguration(trx: Kysely<DB>) {
  const settings = await trx.selectFrom('lake_settings').select('value').where('key', '=', 'policy').executeTakeFirst();
  const storages = await trx.selectFrom('storages').selectAll().orderBy('position').orderBy('name').execute();
  const grants = await trx.selectFrom('grants').selectAll().orderBy('position').orderBy('id').execute();
  const embargoes = await trx.selectFrom('embargoes').selectAll().orderBy('position').orderBy('id').execute();
  return {
    policy: (settings?.value ?? null) as LakePolicySettings | null,
    storages: storages.map(toStorage),
    grants: grants.map(toGrantRecord),
    embargoes: embargoes.map(toEmbargoRecord) satisfies EmbargoRecord[],
  };
}

async function nextPosition(trx: Kysely<DB>, table: PlacedTable): Promise<number> {
  const found = await sql<{ next: number }>`SELECT coalesce(max(position), -1) + 1 AS next
    FROM ${sql.table(table)}`.execute(trx);
  return found.rows[0]?.next ?? 0;
}

/** The word holds for this write alone. */
async function withChange(trx: Kysely<DB>, change: string, write: () => Promise<void>): Promise<void> {
  await sql`SELECT set_config('sluice.change', ${change}, true)`.execute(trx);
  await write();
  await sql`SELECT set_config('sluice.change', '', true)`.execute(trx);
}

async function versionOf(trx: Kysely<DB>, kind: RuleKind, id: string): Promise<number> {
  const row = await trx
    .selectFrom('rule_versions')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return Number(row.version);
}

async function revokeRefreshTokens(
  trx: Kysely<DB>,
  { accountIds, clientIds }: Holders,
  meets: (payload: RefreshPayload) => boolean,
  now: number,
): Promise<number> {
  if (accountIds.size + clientIds.size === 0) return 0;
  // Mostly there are none, and the index on the account is enough.
  const ofClients = clientIds.size === 0 ? sql`` : sql`OR subject_client_id = ANY(${[...clientIds]}::text[])`;
  const rows = await trx
    .selectFrom('refresh_tokens')
    .select(['id', 'payload'])
    .where(sql<boolean>`(account_id = ANY(${[...accountIds]}::text[]) ${ofClients})`)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', new Date(now))
    .execute();
  const met = rows.filter(({ payload }) => meets(payload as unknown as RefreshPayload)).map(({ id }) => id);
  if (met.length === 0) return 0;
  await sql`UPDATE refresh_tokens SET revoked_at = ${new Date(now)}
    WHERE id = ANY(${met}::uuid[]) AND revoked_at IS NULL`.execute(trx);
  return met.length;
}
