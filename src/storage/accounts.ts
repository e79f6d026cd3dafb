/** Accounts with their memberships on PostgreSQL, in one indexed read. */
import { type Kysely, sql } from 'kysely';
import type { Account, Role } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { Membership } from '../policy/rule.ts';
import type { Clock } from '../shared/clock.ts';
import type { DB } from './schema.ts';

/** Instants come as milliseconds, so that no text has to be parsed. */
export const accountMemberships = sql<Membership[]>`coalesce((
  SELECT json_agg(json_build_object(
    'group', groups.path,
    'from', floor(extract(epoch FROM memberships.starts_at) * 1000),
    'until', floor(extract(epoch FROM memberships.ends_at) * 1000)) ORDER BY groups.position, groups.path)
  FROM memberships JOIN groups ON groups.id = memberships.group_id
  WHERE memberships.account_id = accounts.id), '[]'::json)`;

export function createAccountStore(db: Kysely<DB>, clock: Clock): AccountStore {
  const find = async (column: 'id' | 'username', value: string) => {
    // PostgreSQL has no NUL in text; such a name is nobody's.
    if (value.includes('\0')) return undefined;
    return db
      .selectFrom('accounts')
      .select([
        'id',
        'username',
        'kind',
        'name',
        'email',
        'roles',
        'embargo_paths',
        'state',
        'ends_at',
        'password_hash',
      ])
      .select(accountMemberships.as('memberships'))
      .select(sql<Date | null>`agreed_until(accounts.id, ${new Date(clock.now())})`.as('agreed_until'))
      .where(column, '=', value)
      .executeTakeFirst();
  };
  return {
    findById: async (id) => {
      const row = await find('id', id);
      return row && toAccount(row);
    },
    findByUsername: async (username) => {
      const row = await find('username', username);
      return row && { account: toAccount(row), passwordHash: row.password_hash };
    },
  };
}

type Row = {
  id: string;
  username: string;
  kind: string;
  name: string | null;
  email: string | null;
  roles: string[];
  embargo_paths: string[] | null;
  state: string;
  ends_at: Date | null;
  agreed_until: Date | null;
  memberships: Membership[];
};

function toAccount(row: Row): Account {
  return {
    id: row.id,
    username: row.username,
    kind: row.kind === 'service' ? 'service' : 'person',
    name: row.name,
    email: row.email,
    roles: row.roles as Role[],
    embargoPaths: row.embargo_paths,
    state: row.state === 'active' ? 'active' : 'suspended',
    endsAt: row.ends_at?.getTime() ?? null,
    agreedUntil: row.agreed_until?.getTime() ?? null,
    memberships: row.memberships,
  };
}
