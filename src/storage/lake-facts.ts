/** Reads what a running server keeps in memory: the facts of the policy and the clients, at one version of the lake. */
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { Account, Role } from '../accounts/account.ts';
import { noSecondFactor, type SecondFactorSettings } from '../authentication/requirement.ts';
import type { RegisteredClient } from '../clients/client.ts';
import { type ClientDefinition, registeredClient } from '../clients/definition.ts';
import { type ClientGrants, effectiveDefinition } from '../clients/grants.ts';
import { defaultRegistration, type RegistrationSettings } from '../clients/registration.ts';
import type { ExchangeRule } from '../exchange/exchange-rule.ts';
import { exchangeRuleFact, partyFact } from '../lake/facts.ts';
import { defaultPolicySettings } from '../lake/policy-defaults.ts';
import type { PartyRecord } from '../lake/records.ts';
import type { LakeEntitlements } from '../lake/schema.ts';
import type {
  Action,
  Embargo,
  Grant,
  Group,
  Membership,
  Mount,
  PolicyFacts,
  PolicySettings,
  Storage,
  Subject,
} from '../policy/rule.ts';
import type { EntitlementNamespace } from '../tokens/entitlements.ts';
import { byOwner } from './by-owner.ts';
import { readExchangeRules } from './exchange-rules.ts';
import type { DB, Embargoes, Grants, Storages } from './schema.ts';

/** Clients and what is said of them: they are read together. */
export interface ClientFacts {
  readonly clients: ReadonlyMap<string, RegisteredClient>;
  readonly exchangeRules: readonly ExchangeRule[];
}

/** Facts and clients of one version. */
export interface LakeFacts extends ClientFacts {
  readonly policy: PolicyFacts;
  readonly registration: RegistrationSettings;
  readonly entitlements: EntitlementNamespace | null;
  readonly secondFactor: SecondFactorSettings;
}

/** Both at once, read in one repeatable-read transaction, so that they belong to the same version. */
export function loadLakeFacts(db: Kysely<DB>): Promise<LakeFacts> {
  return consistently(db, async (trx) => ({
    policy: await loadPolicyFacts(trx),
    registration: await loadRegistrationSettings(trx),
    entitlements: await loadEntitlementNamespace(trx),
    secondFactor: await loadSecondFactorSettings(trx),
    ...(await loadClientFacts(trx)),
  }));
}

/** Everything the policy decides from. */
export function loadPolicyFacts(db: Kysely<DB>): Promise<PolicyFacts> {
  return consistently(db, async (trx) => ({
    version: await readVersion(trx),
    settings: await loadSettings(trx),
    groups: await loadGroups(trx),
    storages: await loadStorages(trx),
    namespace: await loadNamespace(trx),
    grants: await loadGrants(trx),
    embargoes: await loadEmbargoes(trx),
  }));
}

/** At one version. */
export function loadClientFacts(db: Kysely<DB>): Promise<ClientFacts> {
  return consistently(db, async (trx) => ({
    clients: await loadClients(trx),
    exchangeRules: await loadExchangeRules(trx),
  }));
}

export async function loadExchangeRules(db: Kysely<DB>): Promise<ExchangeRule[]> {
  return (await readExchangeRules(db)).map(({ record }) => exchangeRuleFact(record));
}

/** The clients that may ask for tokens, by id; suspended ones are as good as unknown. Absent ids: all. */
export function loadClients(db: Kysely<DB>, ids?: readonly string[]): Promise<Map<string, RegisteredClient>> {
  return consistently(db, async (trx) => {
    const memberships = await loadClientMemberships(trx, ids);
    let query = trx
      .selectFrom('clients')
      .select(['client_id', 'secret_hash', 'previous_secret_hash', 'previous_secret_ends_at', 'definition', 'granted'])
      .where('state', '=', 'active');
    if (ids !== undefined) query = query.where('client_id', '=', sql<string>`ANY(${[...ids]})`);
    const rows = await query.orderBy('client_id').execute();
    return new Map(
      rows.map((row) => {
        const { previous_secret_hash: hash, previous_secret_ends_at: endsAt } = row;
        const identity = {
          clientId: row.client_id,
          secretHash: row.secret_hash,
          previousSecret: hash === null || endsAt === null ? null : { hash, endsAt: endsAt.getTime() },
          memberships: memberships.get(row.client_id) ?? [],
        };
        // Both were validated before they were stored.
        const [own, granted] = [row.definition as unknown as ClientDefinition, row.granted as ClientGrants];
        return [row.client_id, registeredClient(identity, effectiveDefinition(own, granted))];
      }),
    );
  });
}

/** The accounts of these usernames with their memberships, for `explain`. */
export async function loadAccounts(db: Kysely<DB>, usernames: readonly string[]): Promise<Map<string, Account>> {
  // PostgreSQL has no NUL in text; such a name is nobody's.
  const names = usernames.filter((name) => !name.includes('\0'));
  if (names.length === 0) return new Map();
  const memberships = await loadMemberships(db, names);
  const rows = await db
    .selectFrom('accounts')
    .select(['id', 'username', 'name', 'email', 'roles', 'embargo_paths as embargoPaths', 'state', 'ends_at'])
    .select(sql<Date | null>`agreed_until(id, now())`.as('agreed_until'))
    .where('username', '=', sql<string>`ANY(${names})`)
    .execute();
  return new Map(
    rows.map(({ ends_at, agreed_until, ...row }) => [
      row.username,
      {
        ...row,
        roles: row.roles as Role[],
        state: row.state === 'active' ? 'active' : 'suspended',
        endsAt: milliseconds(ends_at),
        agreedUntil: milliseconds(agreed_until),
        memberships: memberships.get(row.id) ?? [],
      },
    ]),
  );
}

async function loadMemberships(db: Kysely<DB>, usernames: readonly string[]): Promise<Map<string, Membership[]>> {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('accounts', 'accounts.id', 'memberships.account_id')
    .innerJoin('groups', 'groups.id', 'memberships.group_id')
    .select(['account_id as owner', 'path', 'starts_at', 'memberships.ends_at'])
    .where('username', '=', sql<string>`ANY(${usernames})`)
    .orderBy('groups.position')
    .orderBy('groups.path')
    .execute();
  return byOwner(rows, toMembership);
}

/** Everything read in it belongs to one version. */
export function consistently<T>(db: Kysely<DB>, read: (trx: Kysely<DB>) => Promise<T>): Promise<T> {
  if (db.isTransaction) return read(db);
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);
}

/** The present version; within a transaction that changed the lake, the one that it makes. */
export async function readVersion(db: Kysely<DB>): Promise<number> {
  const row = await db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
  return Number(row.version);
}

async function loadSettings(db: Kysely<DB>): Promise<PolicySettings> {
  const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'policy').executeTakeFirst();
  return { ...defaultPolicySettings, ...(row?.value as Partial<PolicySettings> | undefined) };
}

/** Who may register clients dynamically, and how long those are kept. */
export async function loadRegistrationSettings(db: Kysely<DB>): Promise<RegistrationSettings> {
  const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'registration').executeTakeFirst();
  return { ...defaultRegistration, ...(row?.value as Partial<RegistrationSettings> | undefined) };
}

/** Which logins need a second factor; none when the lake says nothing. */
async function loadSecondFactorSettings(db: Kysely<DB>): Promise<SecondFactorSettings> {
  const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'secondFactor').executeTakeFirst();
  return { ...noSecondFactor, ...(row?.value as Partial<SecondFactorSettings> | undefined) };
}

/** Null when the lake has none. */
async function loadEntitlementNamespace(db: Kysely<DB>): Promise<EntitlementNamespace | null> {
  const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'entitlements').executeTakeFirst();
  if (row === undefined) return null;
  // Validated by the lake file's schema before it was stored.
  const { namespace, authority = null } = row.value as unknown as LakeEntitlements;
  return { namespace, authority };
}

/** Those that a policy knows. */
function loadGroups(db: Kysely<DB>): Promise<Group[]> {
  return readGroups(db, sql`WHERE is_default OR capability_set IS NOT NULL`);
}

/** Every group, in the order of the lake file. */
export function loadAllGroups(db: Kysely<DB>): Promise<Group[]> {
  return readGroups(db, sql``);
}

/** As one document, as `loadNamespace`. */
async function readGroups(db: Kysely<DB>, where: RawBuilder<unknown>): Promise<Group[]> {
  const found = await sql<{ groups: readonly [string, boolean, string[] | null][] }>`
    SELECT coalesce(json_agg(json_build_array(path, is_default, capability_set) ORDER BY position, path), '[]') AS groups
    FROM groups ${where}`.execute(db);
  const groups = found.rows[0]?.groups ?? [];
  return groups.map(([path, isDefault, capabilitySet]) => ({ path, isDefault, capabilitySet }));
}

/** Every registered audience, in the order of the lake file. */
export async function loadStorages(db: Kysely<DB>): Promise<Storage[]> {
  const rows = await db.selectFrom('storages').selectAll().orderBy('position').orderBy('name').execute();
  return rows.map(toStorage);
}

/** There may be 100 000 of them: one document is read several times faster than as many rows, and leaves less behind. */
async function loadNamespace(db: Kysely<DB>): Promise<string[]> {
  const found = await sql<{ paths: string[] }>`
    SELECT coalesce(json_agg(path ORDER BY position, path), '[]') AS paths FROM namespace_paths`.execute(db);
  return found.rows[0]?.paths ?? [];
}

async function loadGrants(db: Kysely<DB>): Promise<Grant[]> {
  const rows = await db.selectFrom('grants').selectAll().orderBy('position').orderBy('id').execute();
  return rows.map(toGrant);
}

/** Those of these that there still are. */
export async function findGrants(db: Kysely<DB>, ids: readonly string[]): Promise<Grant[]> {
  const rows = await db.selectFrom('grants').selectAll().where('id', '=', sql<string>`ANY(${ids})`).execute();
  return rows.map(toGrant);
}

async function loadEmbargoes(db: Kysely<DB>): Promise<Embargo[]> {
  const rows = await selectClosing(db).orderBy('position').orderBy('id').execute();
  return rows.map(toEmbargo);
}

/** Those of these that close anything. */
export async function findEmbargoes(db: Kysely<DB>, ids: readonly string[]): Promise<Embargo[]> {
  const rows = await selectClosing(db).where('id', '=', sql<string>`ANY(${ids})`).execute();
  return rows.map(toEmbargo);
}

/** A draft closes nothing yet; released and withdrawn ones close nothing any more. */
function selectClosing(db: Kysely<DB>) {
  return db.selectFrom('embargoes').selectAll().where('state', '=', 'active');
}

async function loadClientMemberships(db: Kysely<DB>, ids?: readonly string[]): Promise<Map<string, Membership[]>> {
  const rows = await db
    .selectFrom('client_memberships')
    .$if(ids !== undefined, (query) => query.where('client_id', '=', sql<string>`ANY(${[...(ids ?? [])]})`))
    .innerJoin('groups', 'groups.id', 'client_memberships.group_id')
    .select(['client_id as owner', 'path', 'starts_at', 'ends_at'])
    .orderBy('groups.position')
    .orderBy('groups.path')
    .execute();
  return byOwner(rows, toMembership);
}

interface MembershipRow {
  readonly owner: string;
  readonly path: string;
  readonly starts_at: Date | null;
  readonly ends_at: Date | null;
}

function toMembership(row: MembershipRow): Membership {
  return { group: row.path, ...interval(row) };
}

export function toStorage(row: Selectable<Storages>): Storage {
  return {
    name: row.name,
    audience: row.audience,
    aliases: row.aliases,
    kind: row.kind as Storage['kind'],
    matching: row.matching as Storage['matching'],
    mounts: row.mounts as unknown as Mount[],
  };
}

function toGrant(row: Selectable<Grants>): Grant {
  return {
    id: row.id,
    subject: row.subject as Subject,
    actions: row.actions as Action[],
    path: row.path,
    audiences: row.audiences,
    ...interval(row),
  };
}

function toEmbargo(row: Selectable<Embargoes>): Embargo {
  return {
    id: row.id,
    path: row.path,
    exempt: row.exempt,
    actions: row.actions as Action[],
    parties: (row.parties as unknown as PartyRecord[]).map(partyFact),
    maxTokenLifetimeSeconds: row.max_token_lifetime_seconds,
    from: milliseconds(row.starts_at),
    // "Until event" ends at the hard limit at the latest (policy-semantics 7).
    until: milliseconds(row.ends_at ?? row.hard_limit),
  };
}

function interval(row: { starts_at: Date | null; ends_at: Date | null }): {
  from: number | null;
  until: number | null;
} {
  return { from: milliseconds(row.starts_at), until: milliseconds(row.ends_at) };
}

function milliseconds(instant: Date | null): number | null {
  return instant === null ? null : instant.getTime();
}
