/** Users and groups for SCIM on PostgreSQL: each page in a number of statements that does not grow with it. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Role } from '../accounts/account.ts';
import type { Directory, Listed, ListQuery } from '../scim/directory.ts';
import type { GroupRecord, GroupReference, Identities, MemberRecord, UserRecord } from '../scim/records.ts';
import type { Clock } from '../shared/clock.ts';
import type { DB } from './schema.ts';
import { type Fields, groupFields, isCurrent, userFields } from './scim-fields.ts';
import { conditionSql, findUnsearchable } from './scim-filter.ts';
import { accountsTable, canSortBy, groupsTable, isKeyOf, orderOf, type Table } from './scim-keys.ts';

/** Most members in one answer, but all of the first group. */
const mostMembers = 5000;

export interface ScimDirectoryDeps {
  readonly db: Kysely<DB>;
  readonly clock: Clock;
  /** Certificates, keys and upstream identities of accounts, all at once; who has none may be absent. */
  readonly identitiesOf: (accountIds: readonly string[]) => Promise<ReadonlyMap<string, Identities>>;
}

export function createScimDirectory({ db, clock, identitiesOf }: ScimDirectoryDeps): Directory {
  const now = () => new Date(clock.now());
  const fieldsOf = (resource: 'User' | 'Group') => (resource === 'User' ? userFields(now()) : groupFields(now()));
  const tableOf = (resource: 'User' | 'Group') => (resource === 'User' ? accountsTable : groupsTable);
  const users = (rows: readonly UserRow[]) => completeUsers(db, rows, now(), identitiesOf);
  const groups = (rows: readonly GroupRow[], members: boolean) => completeGroups(db, rows, now(), members);

  return {
    canSort: (resource, by) => canSortBy(fieldsOf(resource), by),
    cannotFilter: (resource, condition) => findUnsearchable(fieldsOf(resource), condition),
    isKey: (resource, sort, key) => isKeyOf(tableOf(resource), sort, key),
    listUsers: async (query) => {
      const fields = userFields(now());
      const { rows, ...page } = await list<UserRow>(db, { table: accountsTable, columns: userColumns, fields }, query);
      return { ...page, items: await users(rows) };
    },
    listGroups: async ({ members, ...query }) => {
      const selection = { table: groupsTable, columns: groupColumns, fields: groupFields(now()) };
      const page = await list<GroupRow>(db, selection, query);
      const rows = members ? await bearable(db, page.rows) : page.rows;
      const next = rows.length < page.rows.length ? (rows.at(-1)?.key ?? null) : page.next;
      return { items: await groups(rows, members), next, total: page.total };
    },
    findUser: async (id) => {
      if (!accountsTable.isId(id)) return undefined;
      const found = await sql<UserRow>`SELECT ${userColumns} FROM accounts WHERE id = ${id}`.execute(db);
      return (await users(found.rows))[0];
    },
    findGroup: async (id, { members }) => {
      if (!groupsTable.isId(id)) return undefined;
      const found = await sql<GroupRow>`SELECT ${groupColumns} FROM groups WHERE id = ${id}::uuid`.execute(db);
      return (await groups(found.rows, members))[0];
    },
    membersAmong: async (groupId, accountIds) => {
      const found = await sql<{ account_id: string }>`SELECT account_id FROM memberships
        WHERE group_id = ${groupId}::uuid AND account_id = ANY(${[...accountIds]}::text[])
          AND ${isCurrent('memberships', now())}`.execute(db);
      return new Set(found.rows.map(({ account_id }) => account_id));
    },
    listMembers: async (groupId, { skip, count }) => {
      const of = sql`FROM memberships JOIN accounts ON accounts.id = memberships.account_id
        WHERE memberships.group_id = ${groupId}::uuid AND ${isCurrent('memberships', now())}`;
      const total = await sql<{ total: string }>`SELECT count(*) AS total ${of}`.execute(db);
      const found = await sql<MemberRecord>`SELECT accounts.id, accounts.username ${of}
        ORDER BY memberships.created_at, accounts.id COLLATE "C" LIMIT ${count} OFFSET ${skip}`.execute(db);
      return { items: found.rows, total: Number(total.rows[0]?.total) };
    },
    existingUsers: async (ids) => {
      const known = ids.filter((id) => accountsTable.isId(id));
      const rows = await db
        .selectFrom('accounts')
        .select('id')
        .where('id', 'in', ['', ...known])
        .execute();
      return new Set(rows.map(({ id }) => id));
    },
    rootGroup: async () => {
      const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'vo').executeTakeFirst();
      return typeof row?.value === 'string' ? `/${row.value}` : null;
    },
  };
}

interface Selection {
  readonly table: Table;
  readonly columns: RawBuilder<unknown>;
  readonly fields: Fields;
}

type Keyed<Row> = Row & { readonly key: string };

async function list<Row>(
  db: Kysely<DB>,
  { table, columns, fields }: Selection,
  { condition, sort, count, from }: ListQuery,
): Promise<Omit<Listed<unknown>, 'items'> & { readonly rows: readonly Keyed<Row>[] }> {
  const order = orderOf(table, fields, sort);
  const conditions = [
    ...(condition === null ? [] : [conditionSql(fields, condition)]),
    ...('key' in from ? [order.after(from.key)] : []),
  ];
  const of = sql`FROM ${sql.table(table.name)} WHERE ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `)}`;
  const counted = await sql<{ total: string }>`SELECT count(*) AS total ${of}`.execute(db);
  const total = Number(counted.rows[0]?.total);
  if (count === 0) return { rows: [], next: null, total };
  const skip = 'skip' in from ? from.skip : 0;
  // What is skipped is not computed.
  const id = sql.ref(`${table.name}.id`);
  const found = await sql<Keyed<Row>>`SELECT ${columns}, ${order.key} AS key FROM ${sql.table(table.name)}
    WHERE ${id} IN (SELECT ${id} ${of} ORDER BY ${order.by} LIMIT ${count + 1} OFFSET ${skip})
    ORDER BY ${order.by}`.execute(db);
  const rows = found.rows.slice(0, count);
  return { rows, next: found.rows.length > count ? (rows.at(-1)?.key ?? null) : null, total };
}

const userColumns = sql`accounts.id, accounts.username, accounts.name, accounts.given_name, accounts.family_name,
  accounts.email, accounts.affiliation, accounts.kind, accounts.state, accounts.ends_at, accounts.labels, accounts.roles,
  accounts.created_at, accounts.updated_at,
  (SELECT external_id FROM scim_external_ids WHERE account_id = accounts.id) AS external_id`;

interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly name: string | null;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly email: string | null;
  readonly affiliation: string | null;
  readonly kind: 'person' | 'service';
  readonly state: 'active' | 'suspended';
  readonly ends_at: Date | null;
  readonly labels: Record<string, string>;
  readonly roles: readonly Role[];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly external_id: string | null;
}

async function completeUsers(
  db: Kysely<DB>,
  rows: readonly UserRow[],
  now: Date,
  identitiesOf: ScimDirectoryDeps['identitiesOf'],
): Promise<readonly UserRecord[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const groups = await references(
    db,
    sql`SELECT memberships.account_id, groups.id, groups.path FROM memberships JOIN groups ON groups.id = memberships.group_id
      WHERE memberships.account_id = ANY(${ids}::text[]) AND ${isCurrent('memberships', now)}
      ORDER BY groups.position, groups.path`,
  );
  const managed = await references(
    db,
    sql`SELECT group_managers.account_id, groups.id, groups.path
      FROM group_managers JOIN groups ON groups.id = group_managers.group_id
      WHERE group_managers.account_id = ANY(${ids}::text[]) ORDER BY groups.path`,
  );
  const identities = await identitiesOf(ids);
  const signatures = await lastSignatures(db, ids);
  return rows.map((row) => ({
    id: row.id,
    externalId: row.external_id,
    username: row.username,
    name: row.name,
    givenName: row.given_name,
    familyName: row.family_name,
    email: row.email,
    affiliation: row.affiliation,
    kind: row.kind,
    state: row.state,
    endsAt: row.ends_at?.getTime() ?? null,
    labels: row.labels,
    roles: row.roles,
    groups: groups.get(row.id) ?? [],
    managedGroups: managed.get(row.id) ?? [],
    aupSignedAt: signatures.get(row.id) ?? null,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    ...(identities.get(row.id) ?? noIdentities),
  }));
}

/** When each last agreed to the acceptable use policy. */
async function lastSignatures(db: Kysely<DB>, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ account_id: string; signed_at: Date }>`SELECT account_id, max(signed_at) AS signed_at
    FROM acceptable_use_signatures WHERE account_id = ANY(${[...ids]}::text[]) GROUP BY account_id`.execute(db);
  return new Map(found.rows.map(({ account_id, signed_at }) => [account_id, signed_at.getTime()]));
}

const noIdentities: Identities = { certificates: [], sshKeys: [], oidcIds: [] };

/** By account. */
async function references(
  db: Kysely<DB>,
  query: RawBuilder<unknown>,
): Promise<ReadonlyMap<string, readonly GroupReference[]>> {
  const found = await sql<GroupReference & { account_id: string }>`${query}`.execute(db);
  const byAccount = new Map<string, GroupReference[]>();
  for (const { account_id, id, path } of found.rows) {
    const list = byAccount.get(account_id);
    if (list) list.push({ id, path });
    else byAccount.set(account_id, [{ id, path }]);
  }
  return byAccount;
}

const groupColumns = sql`groups.id, groups.path, groups.description, groups.labels, groups.created_at, groups.updated_at,
  (SELECT external_id FROM scim_external_ids WHERE group_id = groups.id) AS external_id`;

interface GroupRow {
  readonly id: string;
  readonly path: string;
  readonly description: string | null;
  readonly labels: Record<string, string>;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly external_id: string | null;
}

async function completeGroups(
  db: Kysely<DB>,
  rows: readonly GroupRow[],
  now: Date,
  withMembers: boolean,
): Promise<readonly GroupRecord[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const parents = await findParents(db, rows);
  const states = await memberStates(db, ids, now);
  const members = withMembers ? await membersOf(db, ids, now) : null;
  return rows.map((row) => ({
    id: row.id,
    externalId: row.external_id,
    path: row.path,
    description: row.description,
    labels: row.labels,
    parent: parents.get(parentPath(row.path)) ?? null,
    memberState: states.get(row.id) ?? '',
    members: members === null ? null : (members.get(row.id) ?? []),
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  }));
}

function parentPath(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

async function findParents(db: Kysely<DB>, rows: readonly GroupRow[]): Promise<ReadonlyMap<string, GroupReference>> {
  const paths = [...new Set(rows.map(({ path }) => parentPath(path)))];
  const found = await sql<GroupReference>`SELECT id, path FROM groups WHERE path = ANY(${paths}::text[])`.execute(db);
  return new Map(found.rows.map((group) => [group.path, group]));
}

/** What was last written of the memberships, and the last instant at which one began or ended by itself; all by indexes. */
async function memberStates(db: Kysely<DB>, ids: readonly string[], now: Date): Promise<ReadonlyMap<string, string>> {
  const found = await sql<{ id: string; state: string }>`
    SELECT groups.id, json_build_array(
      (SELECT max(id) FROM membership_history WHERE group_id = groups.id),
      (SELECT max(starts_at) FROM memberships WHERE group_id = groups.id AND starts_at <= ${now}),
      (SELECT max(ends_at) FROM memberships WHERE group_id = groups.id AND ends_at <= ${now}))::text AS state
    FROM groups WHERE id = ANY(${[...ids]}::uuid[])`.execute(db);
  return new Map(found.rows.map(({ id, state }) => [id, state]));
}

async function membersOf(
  db: Kysely<DB>,
  ids: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, readonly MemberRecord[]>> {
  const found = await sql<MemberRecord & { group_id: string }>`
    SELECT memberships.group_id, accounts.id, accounts.username
    FROM memberships JOIN accounts ON accounts.id = memberships.account_id
    WHERE memberships.group_id = ANY(${[...ids]}::uuid[]) AND ${isCurrent('memberships', now)}
    ORDER BY memberships.created_at, accounts.id COLLATE "C"`.execute(db);
  const byGroup = new Map<string, MemberRecord[]>();
  for (const { group_id, id, username } of found.rows) {
    const list = byGroup.get(group_id);
    if (list) list.push({ id, username });
    else byGroup.set(group_id, [{ id, username }]);
  }
  return byGroup;
}

/** As many groups, from the first on, as have few enough members together. */
async function bearable<Row extends GroupRow>(db: Kysely<DB>, rows: readonly Row[]): Promise<readonly Row[]> {
  const ids = rows.map(({ id }) => id);
  const found = await sql<{ group_id: string; members: string }>`SELECT group_id, count(*) AS members FROM memberships
    WHERE group_id = ANY(${ids}::uuid[]) GROUP BY group_id`.execute(db);
  const sizes = new Map(found.rows.map(({ group_id, members }) => [group_id, Number(members)]));
  let sum = 0;
  const first = rows.findIndex(({ id }, index) => {
    sum += sizes.get(id) ?? 0;
    return index > 0 && sum > mostMembers;
  });
  return first === -1 ? rows : rows.slice(0, first);
}
