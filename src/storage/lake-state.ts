/** Reads the lake as the database holds it, for `apply` and `export`. */
import type { Kysely, Selectable } from 'kysely';
import type { Role } from '../accounts/account.ts';
import type { ClientDefinition } from '../clients/definition.ts';
import { type ClientGrants, effectiveDefinition } from '../clients/grants.ts';
import type { EmbargoRecord, EmbargoState, GrantRecord, PartyRecord, UsableState } from '../lake/records.ts';
import type {
  LakeSettings,
  LakeState,
  Stored,
  StoredAccount,
  StoredClient,
  StoredManagement,
  StoredMembership,
} from '../lake/state.ts';
import type { Action, Subject } from '../policy/rule.ts';
import { byOwner } from './by-owner.ts';
import { readClientOwners } from './client-owners.ts';
import { readExchangeRules } from './exchange-rules.ts';
import { toStorage } from './lake-facts.ts';
import { readKnownAs } from './lake-known-as.ts';
import type { DB, Embargoes, Grants } from './schema.ts';

/** The caller's transaction makes it one state; accounts are ordered by username, clients by id, the rest by position. */
export async function readLakeState(db: Kysely<DB>): Promise<LakeState> {
  return {
    settings: await readSettings(db),
    groups: await readGroups(db),
    movedGroups: await readMovedGroups(db),
    accounts: await readAccounts(db),
    clients: await readClients(db),
    storages: await readStorages(db),
    namespace: await readNamespace(db),
    grants: await readGrants(db),
    embargoes: await readEmbargoes(db),
    exchangeRules: await readExchangeRules(db),
  };
}

async function readSettings(db: Kysely<DB>): Promise<LakeSettings> {
  const rows = await db.selectFrom('lake_settings').selectAll().execute();
  const values = Object.fromEntries(rows.map(({ key, value }) => [key, value]));
  return {
    vo: (values.vo ?? null) as LakeSettings['vo'],
    policy: (values.policy ?? null) as LakeSettings['policy'],
    registration: (values.registration ?? null) as LakeSettings['registration'],
    entitlements: (values.entitlements ?? null) as LakeSettings['entitlements'],
    secondFactor: (values.secondFactor ?? null) as LakeSettings['secondFactor'],
    enrolment: (values.enrolment ?? null) as LakeSettings['enrolment'],
    acceptableUse: (values.acceptableUse ?? null) as LakeSettings['acceptableUse'],
    lifeCycle: (values.lifeCycle ?? null) as LakeSettings['lifeCycle'],
    upstreams: (values.upstreams ?? null) as LakeSettings['upstreams'],
  };
}

async function readGroups(db: Kysely<DB>): Promise<LakeState['groups']> {
  const rows = await db.selectFrom('groups').selectAll().orderBy('position').orderBy('path').execute();
  return rows.map((row) => ({
    record: {
      id: row.id,
      path: row.path,
      description: row.description,
      isDefault: row.is_default,
      capabilitySet: row.capability_set,
      labels: row.labels as Record<string, string>,
    },
    declared: row.declared,
    position: row.position,
  }));
}

async function readMovedGroups(db: Kysely<DB>): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('former_group_paths')
    .innerJoin('groups', 'groups.id', 'former_group_paths.group_id')
    .select(['former_group_paths.path as former', 'groups.path as present'])
    .execute();
  return new Map(rows.map(({ former, present }) => [former, present]));
}

async function readAccounts(db: Kysely<DB>): Promise<StoredAccount[]> {
  const memberships = await readMemberships(db);
  const managements = await readManagements(db);
  const knownAs = await readKnownAs(db);
  const rows = await db
    .selectFrom('accounts')
    .select([
      'id',
      'username',
      'name',
      'email',
      'kind',
      'given_name',
      'family_name',
      'affiliation',
      'email_verified_at',
      'labels',
      'password_hash',
      'roles',
      'embargo_paths',
      'state',
      'ends_at',
      'declared',
    ])
    .orderBy('username')
    .execute();
  return rows.map((row) => ({
    record: {
      id: row.id,
      username: row.username,
      name: row.name,
      email: row.email,
      kind: row.kind === 'service' ? 'service' : 'person',
      givenName: row.given_name,
      familyName: row.family_name,
      affiliation: row.affiliation,
      emailVerifiedAt: instantText(row.email_verified_at),
      labels: row.labels as Record<string, string>,
      roles: row.roles as Role[],
      embargoPaths: row.embargo_paths,
      state: row.state as UsableState,
      endsAt: instantText(row.ends_at),
    },
    declared: row.declared,
    position: 0,
    passwordHash: row.password_hash,
    memberships: memberships.get(row.id) ?? [],
    manages: managements.get(row.id) ?? [],
    knownAs: knownAs(row.id),
  }));
}

async function readMemberships(db: Kysely<DB>): Promise<Map<string, StoredMembership[]>> {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('groups', 'groups.id', 'memberships.group_id')
    .select(['account_id as owner', 'path', 'starts_at', 'ends_at', 'memberships.declared'])
    .orderBy('groups.position')
    .orderBy('groups.path')
    .execute();
  return byOwner(rows, toMembership);
}

async function readManagements(db: Kysely<DB>): Promise<Map<string, StoredManagement[]>> {
  const rows = await db
    .selectFrom('group_managers')
    .innerJoin('groups', 'groups.id', 'group_managers.group_id')
    .select(['account_id as owner', 'path', 'group_managers.declared'])
    .orderBy('groups.position')
    .orderBy('groups.path')
    .execute();
  return byOwner(rows, ({ path, declared }) => ({ group: path, declared }));
}

async function readClients(db: Kysely<DB>): Promise<StoredClient[]> {
  const memberships = await readClientMemberships(db);
  const owners = await readClientOwners(db);
  const rows = await db
    .selectFrom('clients')
    .select(['client_id', 'secret_hash', 'definition', 'granted', 'state', 'declared'])
    .orderBy('client_id')
    .execute();
  return rows.map((row) => ({
    record: {
      clientId: row.client_id,
      definition: {
        ...effectiveDefinition(row.definition as unknown as ClientDefinition, row.granted as ClientGrants),
        ...(owners.has(row.client_id) && { owners: owners.get(row.client_id) }),
      },
      state: row.state as UsableState,
    },
    declared: row.declared,
    position: 0,
    secretHash: row.secret_hash,
    memberships: memberships.get(row.client_id) ?? [],
  }));
}

async function readClientMemberships(db: Kysely<DB>): Promise<Map<string, StoredMembership[]>> {
  const rows = await db
    .selectFrom('client_memberships')
    .innerJoin('groups', 'groups.id', 'client_memberships.group_id')
    .select(['client_id as owner', 'path', 'starts_at', 'ends_at', 'client_memberships.declared'])
    .orderBy('groups.position')
    .orderBy('groups.path')
    .execute();
  return byOwner(rows, toMembership);
}

async function readStorages(db: Kysely<DB>): Promise<LakeState['storages']> {
  const rows = await db.selectFrom('storages').selectAll().orderBy('position').orderBy('name').execute();
  return rows.map((row) => ({ record: toStorage(row), declared: row.declared, position: row.position }));
}

async function readNamespace(db: Kysely<DB>): Promise<Stored<string>[]> {
  const rows = await db.selectFrom('namespace_paths').selectAll().orderBy('position').orderBy('path').execute();
  return rows.map(({ path, declared, position }) => ({ record: path, declared, position }));
}

async function readGrants(db: Kysely<DB>): Promise<LakeState['grants']> {
  const rows = await db.selectFrom('grants').selectAll().orderBy('position').orderBy('id').execute();
  return rows.map((row) => ({ record: toGrantRecord(row), declared: row.declared, position: row.position }));
}

export function toGrantRecord(row: Selectable<Grants>): GrantRecord {
  return {
    id: row.id,
    subject: row.subject as Subject,
    actions: row.actions as Action[],
    path: row.path,
    audiences: row.audiences,
    from: instantText(row.starts_at),
    until: instantText(row.ends_at),
    embargo: row.embargo_id,
  };
}

async function readEmbargoes(db: Kysely<DB>): Promise<LakeState['embargoes']> {
  const rows = await db.selectFrom('embargoes').selectAll().orderBy('position').orderBy('id').execute();
  return rows.map((row) => ({ record: toEmbargoRecord(row), declared: row.declared, position: row.position }));
}

export function toEmbargoRecord(row: Selectable<Embargoes>): EmbargoRecord {
  return {
    id: row.id,
    title: row.title,
    basis: row.basis,
    path: row.path,
    exempt: row.exempt,
    actions: row.actions as Action[],
    from: instantText(row.starts_at),
    until: instantText(row.ends_at),
    hardLimit: instantText(row.hard_limit),
    retroactive: row.retroactive,
    maxTokenLifetimeSeconds: row.max_token_lifetime_seconds,
    parties: row.parties as unknown as PartyRecord[],
    limits: row.limits as unknown as EmbargoRecord['limits'],
    state: row.state as EmbargoState,
  };
}

function toMembership(row: {
  path: string;
  starts_at: Date | null;
  ends_at: Date | null;
  declared: boolean;
}): StoredMembership {
  return {
    group: row.path,
    from: instantText(row.starts_at),
    until: instantText(row.ends_at),
    declared: row.declared,
  };
}

/** As the lake file's instants are kept: UTC, fractions only when there are any. */
function instantText(instant: Date | null): string | null {
  return instant === null ? null : instant.toISOString().replace('.000Z', 'Z');
}
