/** The lake's objects in their normal form, every default filled in: the file and the database are compared in it. Instants are UTC text. */
import type { Role } from '../accounts/account.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { ClientDefinition } from '../clients/definition.ts';
import { readCertificate } from '../federation/certificate.ts';
import type { NewCertificate, NewIdentity, NewSshKey } from '../federation/identities.ts';
import { readSshKey } from '../federation/ssh-key.ts';
import { type Action, actions, type Storage, type Subject } from '../policy/rule.ts';
import { defaultEmbargoTokenSeconds } from './policy-defaults.ts';
import type {
  LakeAccount,
  LakeClient,
  LakeEmbargo,
  LakeExchangeRule,
  LakeGrant,
  LakeGroup,
  LakeStorage,
} from './schema.ts';

export interface GroupRecord {
  /** Null: it is new, and the database chooses. */
  readonly id: string | null;
  readonly path: string;
  readonly description: string | null;
  readonly isDefault: boolean;
  /** What `wlcg.capabilityset:<path>` stands for; null: the group has none. */
  readonly capabilitySet: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>>;
}

export interface MembershipRecord {
  readonly group: string;
  readonly from: string | null;
  readonly until: string | null;
}

export type UsableState = 'active' | 'suspended';

/** An account without its memberships and password. */
export interface AccountRecord {
  readonly id: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly kind: 'person' | 'service';
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly affiliation: string | null;
  readonly emailVerifiedAt: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly roles: readonly Role[];
  /** Where the role `embargo-manager` counts; null: everywhere. */
  readonly embargoPaths: readonly string[] | null;
  readonly state: UsableState;
  readonly endsAt: string | null;
}

/** By what an account is known elsewhere. */
export interface KnownAsRecord {
  readonly identities: readonly NewIdentity[];
  readonly certificates: readonly NewCertificate[];
  readonly sshKeys: readonly NewSshKey[];
}

/** A client without its memberships and secret; `definition` is what was said of it, without defaults. */
export interface ClientRecord {
  readonly clientId: string;
  readonly definition: ClientDefinition;
  readonly state: UsableState;
}

export type StorageRecord = Storage;

export interface GrantRecord {
  readonly id: string;
  readonly subject: Subject;
  readonly actions: readonly Action[];
  readonly path: string;
  readonly audiences: readonly string[] | null;
  readonly from: string | null;
  readonly until: string | null;
  /** The embargo whose party it was written for; it goes when the party goes. */
  readonly embargo: string | null;
}

export type EmbargoState = 'draft' | 'active' | 'released' | 'withdrawn';

export type PartyRecord = NonNullable<LakeEmbargo['parties']>[number];

export interface EmbargoRecord {
  readonly id: string;
  readonly title: string | null;
  readonly basis: string | null;
  readonly path: string;
  readonly exempt: readonly string[];
  readonly actions: readonly Action[];
  readonly from: string | null;
  readonly until: string | null;
  readonly hardLimit: string | null;
  /** It closed open data at once, though tokens for them were out. */
  readonly retroactive: boolean;
  readonly maxTokenLifetimeSeconds: number;
  readonly parties: readonly PartyRecord[];
  readonly limits: LakeEmbargo['limits'] | null;
  readonly state: EmbargoState;
}

/** As `origin` and `target` are written. */
export type MatcherRecord = LakeExchangeRule['origin'];

export interface ExchangeRuleRecord {
  readonly id: string;
  readonly description: string | null;
  readonly effect: 'permit' | 'deny';
  readonly origin: MatcherRecord;
  readonly target: MatcherRecord;
  readonly audiences: readonly string[] | null;
  readonly scopes: readonly string[];
  readonly originScopes: boolean;
  readonly only: readonly string[] | null;
  readonly withheld: readonly string[];
  readonly from: string | null;
  readonly until: string | null;
}

/** Id and labels are settled against the database: absent ones stay as they are. */
export function groupRecord(said: LakeGroup, before?: GroupRecord): GroupRecord {
  return {
    id: before?.id ?? said.id ?? null,
    path: said.path,
    description: said.description ?? null,
    isDefault: said.default ?? false,
    capabilitySet: said.capabilitySet ?? null,
    labels: said.labels ?? before?.labels ?? {},
  };
}

export function membershipRecords(said: LakeAccount['groups']): MembershipRecord[] {
  return (said ?? []).map((entry) =>
    typeof entry === 'string'
      ? { group: entry, from: null, until: null }
      : { group: entry.path, from: entry.from ?? null, until: entry.until ?? null },
  );
}

/** Settled against the database: the id, the state, and what administrators and people may say of an account stay as they are when absent. */
export function accountRecord(said: LakeAccount, id: string, state: UsableState, before: AccountRecord): AccountRecord {
  return {
    id,
    username: said.username,
    name: said.name ?? null,
    email: said.email ?? null,
    kind: said.kind ?? before.kind,
    givenName: said.givenName ?? before.givenName,
    familyName: said.familyName ?? before.familyName,
    affiliation: said.affiliation ?? before.affiliation,
    emailVerifiedAt: said.emailVerifiedAt ?? before.emailVerifiedAt,
    labels: said.labels ?? before.labels,
    ...accountRoles(said.roles ?? []),
    state: said.state ?? state,
    endsAt: said.endsAt ?? null,
  };
}

/** `embargo-manager` alone counts everywhere, whatever paths stand beside it. */
function accountRoles(said: NonNullable<LakeAccount['roles']>): Pick<AccountRecord, 'roles' | 'embargoPaths'> {
  const roles = said.map((entry) => (typeof entry === 'string' ? entry : entry.role));
  const isEverywhere = said.includes('embargo-manager') || !roles.includes('embargo-manager');
  const paths = said.flatMap((entry) => (typeof entry === 'string' ? [] : entry.paths));
  return { roles: [...new Set(roles)], embargoPaths: isEverywhere ? null : [...new Set(paths)] };
}

/** Keys cost tens of microseconds each, and several steps ask for the same. */
const read = new WeakMap<LakeAccount, KnownAsRecord>();

export function knownAsRecord(said: LakeAccount): KnownAsRecord {
  const record = read.get(said) ?? readKnownAs(said);
  read.set(said, record);
  return record;
}

/** What the schema accepted is readable. */
function readKnownAs({ identities = [], certificates = [], sshKeys = [] }: LakeAccount): KnownAsRecord {
  return {
    identities: identities.map(({ issuer, subject }) => ({ issuer, subject })),
    certificates: certificates.flatMap((said) => whatWasRead(readCertificate(said))),
    sshKeys: sshKeys.flatMap((said) => {
      if (typeof said === 'string') return whatWasRead(readSshKey(said));
      return whatWasRead(readSshKey(said.key)).map((read) => ({ ...read, name: said.label ?? read.name }));
    }),
  };
}

function whatWasRead<T>(answer: PeopleAnswer<T>): T[] {
  return answer.ok ? [answer.value] : [];
}

export function clientRecord(said: LakeClient, state: UsableState): ClientRecord {
  const { clientId, clientSecret, clientSecretHash, groups, state: saidState, owners = [], ...rest } = said;
  const definition = owners.length === 0 ? rest : { ...rest, owners };
  return { clientId, definition, state: saidState ?? state };
}

export function storageRecord(said: LakeStorage): StorageRecord {
  return {
    name: said.name,
    audience: said.audience,
    aliases: said.aliases ?? [],
    kind: said.kind ?? 'storage',
    matching: said.matching ?? 'string',
    mounts: said.mounts ?? [],
  };
}

export function grantRecord(said: LakeGrant): GrantRecord {
  return {
    id: said.id,
    subject: said.subject,
    actions: said.actions,
    path: said.path,
    audiences: said.audiences ?? null,
    from: said.from ?? null,
    until: said.until ?? null,
    embargo: said.embargo ?? null,
  };
}

export function embargoRecord(said: LakeEmbargo, state: EmbargoState): EmbargoRecord {
  return {
    id: said.id,
    title: said.title ?? null,
    basis: said.basis ?? null,
    path: said.path,
    exempt: said.exempt ?? [],
    actions: said.actions ?? actions,
    ...embargoDates(said),
    retroactive: said.retroactive ?? false,
    maxTokenLifetimeSeconds: said.maxTokenLifetimeSeconds ?? defaultEmbargoTokenSeconds,
    parties: said.parties ?? [],
    limits: said.limits ?? null,
    state: said.state ?? state,
  };
}

function embargoDates(said: LakeEmbargo): Pick<EmbargoRecord, 'from' | 'until' | 'hardLimit'> {
  return { from: said.from ?? null, until: said.until ?? null, hardLimit: said.hardLimit ?? null };
}

export function exchangeRuleRecord(said: LakeExchangeRule): ExchangeRuleRecord {
  return {
    id: said.id,
    description: said.description ?? null,
    effect: said.effect ?? 'permit',
    origin: said.origin,
    target: said.target,
    audiences: said.audiences ?? null,
    scopes: said.scopes ?? [],
    originScopes: said.originScopes ?? false,
    only: said.only ?? null,
    withheld: said.withheld ?? [],
    from: said.from ?? null,
    until: said.until ?? null,
  };
}
