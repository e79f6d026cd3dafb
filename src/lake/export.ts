/** The present state as a lake file: hashes instead of secrets, defaults left out, always in the same order, so that applying it changes nothing. */
import { actions } from '../policy/rule.ts';
import type {
  AccountRecord,
  EmbargoRecord,
  ExchangeRuleRecord,
  GrantRecord,
  GroupRecord,
  MembershipRecord,
  StorageRecord,
  UsableState,
} from './records.ts';
import { sectionSchemas } from './schema.ts';
import type { LakeState, StoredAccount, StoredClient, StoredKnownAs } from './state.ts';

export type FileObject = Readonly<Record<string, unknown>>;

/** A lake file as plain values; empty parts are left out. */
export function exportLake(state: LakeState): FileObject {
  return compact({
    version: 1,
    vo: state.settings.vo,
    policy: state.settings.policy,
    registration: state.settings.registration,
    entitlements: state.settings.entitlements,
    secondFactor: state.settings.secondFactor,
    enrolment: state.settings.enrolment,
    acceptableUse: state.settings.acceptableUse,
    lifeCycle: state.settings.lifeCycle,
    upstreams: state.settings.upstreams,
    groups: list(state.groups.map(({ record }) => exportGroup(record))),
    accounts: list(state.accounts.map(exportAccount)),
    clients: list(state.clients.map(exportClient)),
    storages: list(state.storages.map(({ record }) => exportStorage(record))),
    namespace: list(state.namespace.map(({ record }) => record)),
    grants: list(state.grants.map(({ record }) => compact(exportGrant(record)))),
    embargoes: list(state.embargoes.map(({ record }) => exportEmbargo(record))),
    exchangeRules: list(state.exchangeRules.map(({ record }) => exportExchangeRule(record))),
  });
}

function exportGroup({ id, path, description, isDefault, capabilitySet, labels }: GroupRecord): FileObject {
  return compact({ id, path, description, labels: some(labels), default: isDefault || null, capabilitySet });
}

function exportAccount({ record, passwordHash, memberships, manages, knownAs }: StoredAccount): FileObject {
  const { id, username, name, email, kind, givenName, familyName, affiliation, emailVerifiedAt, state, endsAt } =
    record;
  return compact({
    id,
    username,
    name,
    email,
    kind: kind === 'person' ? null : kind,
    givenName,
    familyName,
    affiliation,
    emailVerifiedAt,
    labels: some(record.labels),
    passwordHash,
    roles: list(exportRoles(record)),
    state: unusualState(state),
    endsAt,
    groups: list(memberships.map(exportMembership)),
    manages: list(manages.map(({ group }) => group)),
    identities: list(knownAs.identities.map(({ issuer, subject }) => ({ issuer, subject }))),
    certificates: list(knownAs.certificates.map(exportCertificate)),
    sshKeys: list(knownAs.sshKeys.map(({ key, name }) => (name === null ? key : { key, label: name }))),
  });
}

function exportCertificate({ subject, issuer, label, pem }: StoredKnownAs['certificates'][number]): FileObject {
  return compact({ subject, issuer: issuer || null, label, pem });
}

function exportRoles({ roles, embargoPaths }: AccountRecord): (string | FileObject)[] {
  return roles.map((role) =>
    role === 'embargo-manager' && embargoPaths !== null ? { role, paths: embargoPaths } : role,
  );
}

function exportMembership({ group, from, until }: MembershipRecord): string | FileObject {
  return from === null && until === null ? group : compact({ path: group, from, until });
}

function exportClient({ record, secretHash, memberships }: StoredClient): FileObject {
  const fields: Record<string, unknown> = {
    clientId: record.clientId,
    clientSecretHash: secretHash,
    ...record.definition,
    groups: list(memberships.map(exportMembership)),
    state: unusualState(record.state),
  };
  // The database does not keep the order of the definition's fields; the schema's is always the same.
  const order = Object.keys(sectionSchemas.clients.shape);
  return compact(Object.fromEntries(order.map((name) => [name, fields[name]])));
}

function exportStorage({ name, audience, aliases, kind, matching, mounts }: StorageRecord): FileObject {
  return compact({
    name,
    audience,
    aliases: list(aliases),
    kind: kind === 'service' ? kind : null,
    matching: kind === 'service' && matching === 'string' ? null : matching,
    mounts: list(mounts.map(({ path, at }) => ({ path, at }))),
  });
}

function exportGrant(record: GrantRecord): FileObject {
  const { id, subject, path, audiences, from, until, embargo } = record;
  return { id, subject, actions: record.actions, path, audiences, from, until, embargo };
}

function exportEmbargo(record: EmbargoRecord): FileObject {
  const closesAll = record.actions.join(' ') === actions.join(' ');
  const partyFields = ['subject', 'role', 'actions', 'from', 'until', 'maxTokenLifetimeSeconds'] as const;
  return compact({
    id: record.id,
    title: record.title,
    basis: record.basis,
    path: record.path,
    exempt: list(record.exempt),
    actions: closesAll ? null : record.actions,
    from: record.from,
    until: record.until,
    hardLimit: record.hardLimit,
    retroactive: record.retroactive || null,
    maxTokenLifetimeSeconds: record.maxTokenLifetimeSeconds,
    parties: list(
      record.parties.map((party) => compact(Object.fromEntries(partyFields.map((name) => [name, party[name]])))),
    ),
    limits: record.limits,
    state: record.state === 'active' ? null : record.state,
  });
}

function exportExchangeRule(record: ExchangeRuleRecord): FileObject {
  const { id, description, effect, origin, target, audiences, from, until } = record;
  return compact({
    id,
    description,
    effect: effect === 'permit' ? null : effect,
    origin,
    target,
    audiences,
    scopes: list(record.scopes),
    originScopes: record.originScopes || null,
    only: record.only,
    withheld: list(record.withheld),
    from,
    until,
  });
}

function unusualState(state: UsableState): UsableState | null {
  return state === 'active' ? null : state;
}

function some(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(labels).length === 0 ? null : labels;
}

/** Empty lists say nothing. */
function list<T>(items: readonly T[]): readonly T[] | null {
  return items.length === 0 ? null : items;
}

function compact(fields: Record<string, unknown>): FileObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}
