/** Writes a plan of `apply`: accounts first, then, close together, what the in-memory snapshot is built from, as its triggers lock the lake's version. */
import { type Kysely, sql } from 'kysely';
import type { LakeWrites } from '../lake/plan.ts';
import { upsertRows } from './bulk-write.ts';
import { setClientOwners } from './client-owners.ts';
import { renameAccounts, writeAccounts, writeManagements, writeMemberships } from './lake-accounts.ts';
import {
  clientTarget,
  embargoTarget,
  exchangeRuleTarget,
  grantTarget,
  groupTarget,
  namespaceTarget,
  storageTarget,
  toClientRow,
  toEmbargoRow,
  toExchangeRuleRow,
  toGrantRow,
  toGroupRow,
  toStorageRow,
} from './lake-rows.ts';
import type { DB } from './schema.ts';

/** To be called within a transaction. */
export async function writeLake(db: Kysely<DB>, writes: LakeWrites): Promise<void> {
  const newGroups = await findNewGroups(db, writes);
  const isOld = (group: string) => !newGroups.has(group);
  await renameAccounts(db, writes.accounts);
  await writeAccounts(db, writes.accounts);
  await writeMemberships(db, writes, isOld);
  await writeManagements(db, writes, isOld);

  await writeSettings(db, writes.settings);
  await upsertRows(db, groupTarget, writes.groups.upserts.map(toGroupRow));
  await writeClients(db, writes.clients, writes.declares);
  await writeRules(db, writes);
  await removeRows(db, 'groups', 'path', writes.groups.removals);

  await writeMemberships(db, writes, (group) => newGroups.has(group));
  await writeManagements(db, writes, (group) => newGroups.has(group));
}

async function findNewGroups(db: Kysely<DB>, { groups }: LakeWrites): Promise<ReadonlySet<string>> {
  const paths = groups.upserts.map(({ record }) => record.path);
  if (paths.length === 0) return new Set();
  const rows = await db.selectFrom('groups').select('path').execute();
  const present = new Set(rows.map(({ path }) => path));
  return new Set(paths.filter((path) => !present.has(path)));
}

async function writeSettings(db: Kysely<DB>, { upserts, removals }: LakeWrites['settings']): Promise<void> {
  const target = { table: 'lake_settings', columns: { key: 'text', value: 'jsonb' }, key: ['key'] } as const;
  await upsertRows(
    db,
    target,
    upserts.map(([key, value]) => ({ key, value })),
  );
  await removeRows(db, 'lake_settings', 'key', removals);
}

async function writeClients(
  db: Kysely<DB>,
  { writes, removals }: LakeWrites['clients'],
  declares: boolean,
): Promise<void> {
  await removeRows(db, 'clients', 'client_id', removals);
  await upsertRows(
    db,
    clientTarget,
    writes.filter(({ rowChanges }) => rowChanges).map(({ client }) => toClientRow(client)),
  );
  await setClientOwners(
    db,
    writes
      .filter(({ rowChanges }) => rowChanges)
      .map(({ client: { record } }) => ({ clientId: record.clientId, usernames: record.definition.owners ?? [] })),
  );
  const ended = writes.flatMap(({ client, memberships }) =>
    memberships.removals.map((path) => ({ owner: client.record.clientId, path })),
  );
  if (ended.length > 0) {
    await sql`DELETE FROM client_memberships USING groups, json_to_recordset(${JSON.stringify(ended)}::json) AS given(owner text, path text)
      WHERE groups.path = given.path AND client_memberships.group_id = groups.id AND client_id = given.owner`.execute(
      db,
    );
  }
  const held = writes.flatMap(({ client, memberships }) =>
    memberships.upserts.map((membership) => ({ owner: client.record.clientId, ...membership })),
  );
  if (held.length > 0) {
    await sql`INSERT INTO client_memberships (client_id, group_id, starts_at, ends_at, declared)
      SELECT owner, groups.id, "from", until, ${declares}
      FROM json_to_recordset(${JSON.stringify(held)}::json) AS given(owner text, "group" text, "from" timestamptz, until timestamptz)
      JOIN groups ON groups.path = given."group"
      ON CONFLICT (client_id, group_id) DO UPDATE
      SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, declared = client_memberships.declared OR excluded.declared`.execute(
      db,
    );
  }
}

async function writeRules(db: Kysely<DB>, writes: LakeWrites): Promise<void> {
  const { storages, namespace, grants, embargoes, exchangeRules } = writes;
  await removeRows(db, 'storages', 'name', storages.removals);
  await setAudiencesAside(
    db,
    storages.upserts.map(({ record }) => record.name),
  );
  await upsertRows(db, storageTarget, storages.upserts.map(toStorageRow));
  await removeRows(db, 'namespace_paths', 'path', namespace.removals);
  await upsertRows(
    db,
    namespaceTarget,
    namespace.upserts.map(({ record, declared, position }) => ({ path: record, declared, position })),
  );
  await removeRows(db, 'grants', 'id', grants.removals);
  await upsertRows(db, grantTarget, grants.upserts.map(toGrantRow));
  await upsertRows(db, embargoTarget, embargoes.upserts.map(toEmbargoRow));
  await removeRows(db, 'exchange_rules', 'id', exchangeRules.removals);
  await upsertRows(db, exchangeRuleTarget, exchangeRules.upserts.map(toExchangeRuleRow));
}

/** Two storages may exchange their audiences: uniqueness is checked at each row, so both are moved away first. */
async function setAudiencesAside(db: Kysely<DB>, names: readonly string[]): Promise<void> {
  if (names.length < 2) return;
  await sql`UPDATE storages SET audience = 'moving:' || name WHERE name = ANY(${[...names]})`.execute(db);
}

async function removeRows(db: Kysely<DB>, table: keyof DB, column: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await sql`DELETE FROM ${sql.table(table)} WHERE ${sql.ref(column)} = ANY(${[...keys]})`.execute(db);
}
