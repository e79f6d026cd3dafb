/** Which groups an account manages itself, on PostgreSQL. */
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
