/** Accounts with everything but their secrets, as rows and as the administration sees them. */
import { type Kysely, type SelectQueryBuilder, sql } from 'kysely';
import type { Account, Role } from '../accounts/account.ts';
import type { AccountDetails, AccountKind, AccountSummary } from '../accounts/administration.ts';
import type { FeedAccount } from '../accounts/change-feed.ts';
import type { Membership } from '../policy/rule.ts';
import { accountMemberships } from './accounts.ts';
import type { DB } from './schema.ts';

/** What a list shows; the caller says which accounts. */
export function selectSummaries(db: Kysely<DB>) {
  return db
    .selectFrom('accounts')
    .leftJoin('account_logins', 'account_logins.account_id', 'accounts.id')
    .select([
      ...(['id', 'username', 'name', 'email', 'kind', 'state', 'ends_at', 'roles', 'created_at'] as const),
      'account_logins.at as last_login_at',
    ]);
}

/** Everything that stands in the account's own row, too. */
export function selectFields(db: Kysely<DB>) {
  return selectSummaries(db).select([
    ...(['embargo_paths', 'given_name', 'family_name', 'affiliation', 'email_verified_at', 'labels'] as const),
    ...(['suspended_at', 'suspended_because', 'updated_at'] as const),
  ]);
}

/** Everything. */
export function selectDetails(db: Kysely<DB>) {
  return selectFields(db).select([
    accountMemberships.as('memberships'),
    sql<boolean>`password_hash IS NOT NULL`.as('has_password'),
    sql<string[]>`ARRAY(SELECT owner.username FROM account_owners JOIN accounts owner ON owner.id = owner_id
      WHERE account_owners.account_id = accounts.id ORDER BY owner.username)`.as('owners'),
  ]);
}

type RowOf<Query> = Query extends SelectQueryBuilder<infer _DB, infer _Tables, infer Row> ? Row : never;

export function toSummary(row: RowOf<ReturnType<typeof selectSummaries>>): AccountSummary {
  const { id, username, name, email } = row;
  return {
    ...{ id, username, name, email },
    kind: row.kind as AccountKind,
    state: row.state as Account['state'],
    endsAt: row.ends_at?.getTime() ?? null,
    roles: row.roles as Role[],
    createdAt: row.created_at.getTime(),
    lastLoginAt: row.last_login_at?.getTime() ?? null,
  };
}

export function toFields(row: RowOf<ReturnType<typeof selectFields>>): FeedAccount {
  const { lastLoginAt: _login, ...summary } = toSummary(row);
  return {
    ...summary,
    embargoPaths: row.embargo_paths,
    givenName: row.given_name,
    familyName: row.family_name,
    affiliation: row.affiliation,
    emailVerifiedAt: row.email_verified_at?.getTime() ?? null,
    labels: row.labels as Record<string, string>,
    suspendedAt: row.suspended_at?.getTime() ?? null,
    suspendedBecause: row.suspended_because,
    updatedAt: row.updated_at.getTime(),
  };
}

export function toDetails(row: RowOf<ReturnType<typeof selectDetails>>): AccountDetails {
  return {
    ...toFields(row),
    lastLoginAt: row.last_login_at?.getTime() ?? null,
    memberships: row.memberships as Membership[],
    owners: row.owners,
    hasPassword: row.has_password,
  };
}
