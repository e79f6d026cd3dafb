/** Accounts as answers show them: every field that the document names, null where there is nothing. */
import type { AccountDetails, AccountSummary } from '../../accounts/administration.ts';
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
  const { givenName, familyName, affiliation, labels, suspendedBecause, owners } = account;
  return {
    ...accountSummaryBody(account),
    ...{ givenName, familyName, affiliation, labels, suspendedBecause, owners },
    emailVerifiedAt: isoInstant(account.emailVerifiedAt),
    embargoPaths: account.embargoPaths ?? null,
    suspendedAt: isoInstant(account.suspendedAt),
    memberships: account.memberships.map(({ group, from, until }) => ({
      group,
      from: isoInstant(from ?? null),
      until: isoInstant(until ?? null),
    })),
    updatedAt: isoInstant(account.updatedAt),
  };
}
