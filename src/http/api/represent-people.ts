/** Accounts as answers show them: every field that the document names, null where there is nothing. */
import type { AccountDetails, AccountSummary } from '../../accounts/administration.ts';
import type { FeedAccount } from '../../accounts/change-feed.ts';
import { isoInstant } from '../../policy/explain.ts';
import type { Shown } from './declaration.ts';
import type { accountAnswer, accountSummary } from './schemas/people.ts';

export function accountSummaryBody(account: AccountSummary): Shown<typeof accountSummary> {
  const { id, username, name, email, kind, state, roles } = account;
  return {
    ...{ id, username, name, email, kind, state, roles },
    endsAt: isoInstant(account.endsAt),
    createdAt: isoInstant(account.createdAt),
    lastLoginAt: isoInstant(account.lastLoginAt),
  };
}

export function accountBody(account: AccountDetails): Shown<typeof accountAnswer> {
  return {
    ...feedAccountBody(account),
    lastLoginAt: isoInstant(account.lastLoginAt),
    owners: account.owners,
    memberships: account.memberships.map(({ group, from, until }) => ({
      group,
      from: isoInstant(from ?? null),
      until: isoInstant(until ?? null),
    })),
  };
}

/** What changes with the account itself. */
export function feedAccountBody(account: FeedAccount) {
  const { givenName, familyName, affiliation, labels, suspendedBecause } = account;
  const { lastLoginAt: _login, ...summary } = accountSummaryBody({ ...account, lastLoginAt: null });
  return {
    ...summary,
    ...{ givenName, familyName, affiliation, labels, suspendedBecause },
    emailVerifiedAt: isoInstant(account.emailVerifiedAt),
    embargoPaths: account.embargoPaths ?? null,
    suspendedAt: isoInstant(account.suspendedAt),
    updatedAt: isoInstant(account.updatedAt),
  };
}
