/** Rows of groups as SCIM's groups, with parents and members: a statement for each, however many rows there are. */
import { type Kysely, sql } from 'kysely';
import type { GroupRecord, GroupReference, MemberRecord } from '../scim/records.ts';
import type { DB } from './schema.ts';
import { isCurrent } from './scim-fields.ts';

/** Most members in one answer, but all of the first group. */
const mostMembers = 5000;

export const groupColumns = sql`groups.id, groups.path, groups.description, groups.labels, groups.created_at, groups.updated_at,
  (SELECT external_id FROM scim_external_ids WHERE group_id = groups.id) AS external_id`;

export interface GroupRow {
  readonly id: string;
  readonly path: string;
  readonly description: string | null;
  readonly labels: Record<string, string>;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly external_id: string | null;
}

/** In the order of the rows. */
export async function completeGroups(
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
export async function bearable<Row extends GroupRow>(db: Kysely<DB>, rows: readonly Row[]): Promise<readonly Row[]> {
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
