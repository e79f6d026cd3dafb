/** Users and groups for SCIM on PostgreSQL: each page in a number of statements that does not grow with it. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Directory, Listed, ListQuery } from '../scim/directory.ts';
import type { MemberRecord } from '../scim/records.ts';
import type { Clock } from '../shared/clock.ts';
import type { DB } from './schema.ts';
import { type Fields, groupFields, isCurrent, userFields } from './scim-fields.ts';
import { conditionSql, findUnsearchable } from './scim-filter.ts';
import { bearable, completeGroups, type GroupRow, groupColumns } from './scim-group-rows.ts';
import { accountsTable, canSortBy, groupsTable, isKeyOf, orderOf, type Table } from './scim-keys.ts';
import { completeUsers, type IdentitiesOf, type UserRow, userColumns } from './scim-user-rows.ts';

export interface ScimDirectoryDeps {
  readonly db: Kysely<DB>;
  readonly clock: Clock;
  readonly identitiesOf: IdentitiesOf;
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
      const of = sql`FROM memberships WHERE group_id = ${groupId}::uuid AND ${isCurrent('memberships', now())}`;
      const total = await sql<{ total: string }>`SELECT count(*) AS total ${of}`.execute(db);
      // The index has the order (migration 0073); only accounts of this page are looked up.
      const found = await sql<MemberRecord>`SELECT accounts.id, accounts.username
        FROM (SELECT account_id, created_at ${of} ORDER BY created_at, account_id COLLATE "C" LIMIT ${count} OFFSET ${skip}) AS page
        JOIN accounts ON accounts.id = page.account_id ORDER BY page.created_at, page.account_id COLLATE "C"`.execute(
        db,
      );
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
