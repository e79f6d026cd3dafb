/** Who manages which group, on PostgreSQL. */
import type { Kysely } from 'kysely';
import type { DB } from './schema.ts';

export function createManagedGroups(db: Kysely<DB>): (accountId: string) => Promise<readonly string[]> {
  return async (accountId) => {
    const rows = await db
      .selectFrom('group_managers')
      .innerJoin('groups', 'groups.id', 'group_managers.group_id')
      .select('groups.path')
      .where('account_id', '=', accountId)
      .orderBy('groups.path')
      .execute();
    return rows.map(({ path }) => path);
  };
}

/** Usernames of those who manage this very group. */
export async function managersOf(db: Kysely<DB>, groupId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('group_managers')
    .innerJoin('accounts', 'accounts.id', 'group_managers.account_id')
    .select('username')
    .where('group_id', '=', groupId)
    .orderBy('username')
    .execute();
  return rows.map(({ username }) => username);
}
