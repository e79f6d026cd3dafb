/** The administration of rules over a test's database, with a clock that stands still. */
import type { Account, Role } from '../../src/accounts/account.ts';
import type { EmbargoRecord, GrantRecord } from '../../src/lake/records.ts';
import { actions } from '../../src/policy/rule.ts';
import { type Actor, accountActor, operator } from '../../src/rules/actor.ts';
import type { RuleAdministration } from '../../src/rules/administration.ts';
import { createRuleAdministration } from '../../src/rules/create-administration.ts';
import type { Database } from '../../src/storage/database.ts';
import { createLiveTokens } from '../../src/storage/live-tokens.ts';
import { createRuleStore } from '../../src/storage/rule-store.ts';

export const admin: Actor = operator;

export function administer(db: Database, now: () => number): RuleAdministration {
  return createRuleAdministration({
    store: createRuleStore(db),
    tokens: createLiveTokens(db),
    clock: { now },
    settled: async () => {},
  });
}

/** An account's actor at a place in time; `groups` are memberships without end. */
export function user(
  username: string,
  { roles = [], embargoPaths = null, groups = [], mayWrite = true }: UserFields = {},
): Actor {
  const account: Account = {
    id: `id-${username}`,
    username,
    name: null,
    email: null,
    roles,
    embargoPaths,
    state: 'active',
    endsAt: null,
    memberships: groups.map((group) => ({ group, from: null, until: null })),
  };
  return accountActor(account, 0, { mayWrite, address: null });
}

interface UserFields {
  readonly roles?: readonly Role[];
  readonly embargoPaths?: readonly string[] | null;
  readonly groups?: readonly string[];
  readonly mayWrite?: boolean;
}

export function grantOf(fields: Partial<GrantRecord> & Pick<GrantRecord, 'id' | 'subject' | 'path'>): GrantRecord {
  return { actions: ['read'], audiences: null, from: null, until: null, embargo: null, ...fields };
}

export function embargoOf(fields: Partial<EmbargoRecord> & Pick<EmbargoRecord, 'id' | 'path'>): EmbargoRecord {
  return {
    title: null,
    basis: null,
    exempt: [],
    actions,
    from: null,
    until: '2027-01-01T00:00:00Z',
    hardLimit: null,
    retroactive: false,
    maxTokenLifetimeSeconds: 1200,
    parties: [],
    limits: null,
    state: 'active',
    ...fields,
  };
}
