/** What is there now of what the feed of changes names. */
import type { Kysely } from 'kysely';
import type { FeedAccount, FeedGroup, FeedMembership } from '../accounts/change-feed.ts';
import { selectFields, toFields } from './account-rows.ts';
import type { DB } from './schema.ts';

export interface Presence {
  readonly accounts: ReadonlyMap<string, FeedAccount>;
  readonly groups: ReadonlyMap<string, FeedGroup>;
  /** By account and group, with a blank between. */
  readonly memberships: ReadonlyMap<string, FeedMembership>;
}

export async function feedAccounts(trx: Kysely<DB>, ids: readonly string[]): Promise<Presence['accounts']> {
  if (ids.length === 0) return new Map();
  const rows = await selectFields(trx)
    .where('accounts.id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, toFields(row)]));
}

export async function feedGroups(trx: Kysely<DB>, ids: readonly string[]): Promise<Presence['groups']> {
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('groups')
    .select(['id', 'path', 'description', 'is_default', 'labels'])
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Map(
    rows.map(({ id, path, description, is_default, labels }) => [
      id,
      { id, path, description, isDefault: is_default, labels: labels as Record<string, string> },
    ]),
  );
}

export async function feedMemberships(
  trx: Kysely<DB>,
  accountIds: readonly string[],
): Promise<Presence['memberships']> {
  if (accountIds.length === 0) return new Map();
  const rows = await trx
    .selectFrom('memberships')
    .select(['account_id', 'group_id', 'starts_at', 'ends_at'])
    .where('account_id', 'in', [...new Set(accountIds)])
    .execute();
  return new Map(
    rows.map(({ account_id, group_id, starts_at, ends_at }) => [
      `${account_id} ${group_id}`,
      { from: starts_at?.getTime() ?? null, until: ends_at?.getTime() ?? null },
    ]),
  );
}
