/** Rows of groups and memberships as the use cases see them. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Page } from '../accounts/administration.ts';
import type { Group, GroupMember, MembershipChange } from '../groups/administration.ts';
import type { DB, Groups, MembershipHistory } from './schema.ts';

const groupColumns = ['id', 'path', 'description', 'is_default', 'labels', 'created_at', 'updated_at'] as const;

export function selectGroups(db: Kysely<DB>) {
  return db.selectFrom('groups').select(groupColumns);
}

export function toGroup(row: Pick<Selectable<Groups>, (typeof groupColumns)[number]>): Group {
  return {
    id: row.id,
    path: row.path,
    description: row.description,
    isDefault: row.is_default,
    labels: row.labels as Record<string, string>,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
  };
}

export function selectMembers(db: Kysely<DB>, groupId: string) {
  return db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .select(['accounts.id', 'username', 'name', 'email', 'starts_at', 'memberships.ends_at as until', 'reason'])
    .where('group_id', '=', groupId);
}

interface MemberRow {
  id: string;
  username: string;
  name: string | null;
  email: string | null;
  starts_at: Date | null;
  until: Date | null;
  reason: string | null;
}

export function toMember(row: MemberRow): GroupMember {
  return {
    accountId: row.id,
    username: row.username,
    name: row.name,
    email: row.email,
    from: row.starts_at?.getTime() ?? null,
    until: row.until?.getTime() ?? null,
    reason: row.reason,
  };
}

export function toMembershipChange(row: Selectable<MembershipHistory>): MembershipChange {
  return {
    groupId: row.group_id,
    groupPath: row.group_path,
    accountId: row.account_id,
    change: row.change as MembershipChange['change'],
    from: row.starts_at?.getTime() ?? null,
    until: row.ends_at?.getTime() ?? null,
    at: row.at.getTime(),
    actor: row.actor,
    reason: row.reason,
  };
}

/** Rows that were read one more than wanted, as a page. */
export function toPage<R, T>(
  rows: readonly R[],
  limit: number,
  toItem: (row: R) => T,
  keyOf: (row: R) => string,
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toItem), next: rows.length > limit && last !== undefined ? keyOf(last) : null };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What is no UUID is no group's id. */
export function isGroupId(id: string): boolean {
  return uuid.test(id);
}

/** Any part of a text, in any case, as a condition; wildcards of the search stand for themselves. */
export function contains(column: string, search: string) {
  const pattern = `%${search.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')}%`;
  return sql<boolean>`${sql.ref(column)} ILIKE ${pattern}`;
}
