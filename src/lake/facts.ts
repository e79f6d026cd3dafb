/** From a lake file, or from what it makes of a database, to the facts that the policy decides from; no database is needed. */
import type { Account } from '../accounts/account.ts';
import type { RegisteredClient } from '../clients/client.ts';
import { registeredClient } from '../clients/definition.ts';
import { hashClientSecret } from '../clients/secret.ts';
import type { ClientMatcher, ExchangeRule } from '../exchange/exchange-rule.ts';
import type { Embargo, Grant, Group, Membership, Party, PolicyFacts, PolicySettings } from '../policy/rule.ts';
import type { ParsedLake } from './parse.ts';
import { defaultPolicySettings } from './policy-defaults.ts';
import {
  accountRecord,
  clientRecord,
  type EmbargoRecord,
  type ExchangeRuleRecord,
  embargoRecord,
  type GrantRecord,
  type GroupRecord,
  grantRecord,
  groupRecord,
  type MatcherRecord,
  type MembershipRecord,
  membershipRecords,
  type PartyRecord,
  type StorageRecord,
  storageRecord,
} from './records.ts';
import type { LakeAccount, LakeClient, LakePolicySettings } from './schema.ts';
import { emptyAccount } from './state.ts';

/** The records that the policy depends on. */
export interface PolicyRecords {
  readonly policy: LakePolicySettings | null;
  readonly groups: readonly GroupRecord[];
  readonly storages: readonly StorageRecord[];
  readonly namespace: readonly string[];
  readonly grants: readonly GrantRecord[];
  readonly embargoes: readonly EmbargoRecord[];
}

/** Everything that `explain` needs. */
export interface LakeView {
  readonly policy: PolicyFacts;
  readonly clients: ReadonlyMap<string, RegisteredClient>;
  readonly accounts: ReadonlyMap<string, Account>;
}

/** A parsed lake file by itself. */
export function lakeToFacts(lake: ParsedLake): LakeView {
  return {
    policy: policyFacts(
      {
        policy: lake.head.policy ?? null,
        groups: lake.groups.map(({ value }) => groupRecord(value)),
        storages: lake.storages.map(({ value }) => storageRecord(value)),
        namespace: [...new Set(lake.namespace.map(({ value }) => value))],
        grants: lake.grants.map(({ value }) => grantRecord(value)),
        embargoes: lake.embargoes.map(({ value }) => embargoRecord(value, 'active')),
      },
      0,
    ),
    clients: new Map(
      lake.clients
        .filter(({ value }) => value.state !== 'suspended')
        .map(({ value }) => [value.clientId, clientOf(value)]),
    ),
    accounts: new Map(lake.accounts.map(({ value }) => [value.username, accountOf(value)])),
  };
}

/** Every group of a parsed lake file, also those that its rules need not know. */
export function allGroups(lake: ParsedLake): readonly Group[] {
  return lake.groups.map(({ value }) => groupFact(groupRecord(value)));
}

/** The records as facts; only active embargoes close anything. */
export function policyFacts(records: PolicyRecords, version: number): PolicyFacts {
  const { policy } = records;
  return {
    version,
    settings: policySettings(policy),
    groups: records.groups.filter(({ isDefault, capabilitySet }) => isDefault || capabilitySet !== null).map(groupFact),
    storages: records.storages,
    namespace: records.namespace,
    grants: records.grants.map(grantFact),
    embargoes: records.embargoes.filter(({ state }) => state === 'active').map(embargoFact),
  };
}

/** With the defaults of what is not said. */
export function policySettings(said: LakePolicySettings | null): PolicySettings {
  return {
    guardSeconds: said?.guardSeconds ?? defaultPolicySettings.guardSeconds,
    minLifetimeSeconds: said?.minLifetimeSeconds ?? defaultPolicySettings.minLifetimeSeconds,
    maxTokenLifetimeSeconds: said?.maxTokenLifetimeSeconds ?? defaultPolicySettings.maxTokenLifetimeSeconds,
  };
}

export function grantFact({ embargo: _, ...record }: GrantRecord): Grant {
  return { ...record, from: milliseconds(record.from), until: milliseconds(record.until) };
}

/** "Until event" ends at the hard limit at the latest (policy-semantics 7). */
export function embargoFact(record: EmbargoRecord): Embargo {
  return {
    id: record.id,
    path: record.path,
    exempt: record.exempt,
    actions: record.actions,
    parties: record.parties.map(partyFact),
    maxTokenLifetimeSeconds: record.maxTokenLifetimeSeconds,
    from: milliseconds(record.from),
    until: milliseconds(record.until ?? record.hardLimit),
  };
}

/** A party as the file writes it and the database keeps it. */
export function partyFact(party: PartyRecord): Party {
  return {
    subject: party.subject,
    actions: party.actions,
    maxTokenLifetimeSeconds: party.maxTokenLifetimeSeconds ?? null,
    from: milliseconds(party.from ?? null),
    until: milliseconds(party.until ?? null),
  };
}

export function exchangeRuleFact({ description: _, ...record }: ExchangeRuleRecord): ExchangeRule {
  return {
    ...record,
    origin: matcherFact(record.origin),
    target: matcherFact(record.target),
    from: milliseconds(record.from),
    until: milliseconds(record.until),
  };
}

function matcherFact(matcher: MatcherRecord): ClientMatcher {
  if (matcher === 'any') return { kind: 'any' };
  return 'client' in matcher ? { kind: 'client', id: matcher.client } : { kind: 'scope', scope: matcher.scope };
}

function membershipFact({ group, from, until }: MembershipRecord): Membership {
  return { group, from: milliseconds(from), until: milliseconds(until) };
}

function clientOf(said: LakeClient): RegisteredClient {
  const { clientId, definition } = clientRecord(said, 'active');
  const secretHash = said.clientSecretHash ?? (said.clientSecret ? hashClientSecret(said.clientSecret) : null);
  return registeredClient(
    { clientId, secretHash, memberships: membershipRecords(said.groups).map(membershipFact) },
    definition,
  );
}

function accountOf(said: LakeAccount): Account {
  const record = accountRecord(said, said.id ?? said.username, 'active', emptyAccount.record);
  const { id, username, name, email, roles, embargoPaths, state } = record;
  return {
    id,
    username,
    name,
    email,
    roles,
    embargoPaths,
    state,
    endsAt: milliseconds(record.endsAt),
    memberships: membershipRecords(said.groups).map(membershipFact),
  };
}

function milliseconds(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}

function groupFact({ path, isDefault, capabilitySet }: GroupRecord): Group {
  return { path, isDefault, capabilitySet };
}
