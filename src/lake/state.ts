/** What the database holds of the lake, as `apply`, `export` and `explain` see it. */

import type {
  AccountRecord,
  ClientRecord,
  EmbargoRecord,
  ExchangeRuleRecord,
  GrantRecord,
  GroupRecord,
  KnownAsRecord,
  MembershipRecord,
  StorageRecord,
} from './records.ts';
import type {
  LakeAcceptableUse,
  LakeEnrolment,
  LakeEntitlements,
  LakeLifeCycle,
  LakePolicySettings,
  LakeRegistration,
  LakeSecondFactor,
  LakeUpstream,
} from './schema.ts';

/** A record with what is kept beside it. */
export interface Stored<R> {
  readonly record: R;
  /** Whether `apply` created it: only that may `--prune` take away. */
  readonly declared: boolean;
  /** Order in exports, and of default groups in tokens (W-GRP-5). */
  readonly position: number;
}

/** A membership; declared ones are those that a lake file named. */
export interface StoredMembership extends MembershipRecord {
  readonly declared: boolean;
}

/** A group that an account manages. */
export interface StoredManagement {
  readonly group: string;
  readonly declared: boolean;
}

/** Declared ones are those that a lake file named. */
export type StoredKnownAs = {
  readonly [Kind in keyof KnownAsRecord]: readonly (KnownAsRecord[Kind][number] & { readonly declared: boolean })[];
};

export const knownAsNothing: StoredKnownAs = { identities: [], certificates: [], sshKeys: [] };

export interface StoredAccount extends Stored<AccountRecord> {
  readonly passwordHash: string | null;
  readonly memberships: readonly StoredMembership[];
  readonly manages: readonly StoredManagement[];
  readonly knownAs: StoredKnownAs;
}

export interface StoredClient extends Stored<ClientRecord> {
  readonly secretHash: string | null;
  readonly memberships: readonly StoredMembership[];
}

/** Settings as said, without defaults. */
export interface LakeSettings {
  readonly vo: string | null;
  readonly policy: LakePolicySettings | null;
  readonly registration: LakeRegistration | null;
  readonly entitlements: LakeEntitlements | null;
  readonly secondFactor: LakeSecondFactor | null;
  readonly enrolment: LakeEnrolment | null;
  readonly acceptableUse: LakeAcceptableUse | null;
  readonly lifeCycle: LakeLifeCycle | null;
  readonly upstreams: readonly LakeUpstream[] | null;
}

/** Everything, each list in its order. */
export interface LakeState {
  readonly settings: LakeSettings;
  readonly groups: readonly Stored<GroupRecord>[];
  /** Where groups that moved stand now, by their former paths; absent: none moved. */
  readonly movedGroups?: ReadonlyMap<string, string>;
  readonly accounts: readonly StoredAccount[];
  readonly clients: readonly StoredClient[];
  readonly storages: readonly Stored<StorageRecord>[];
  readonly namespace: readonly Stored<string>[];
  readonly grants: readonly Stored<GrantRecord>[];
  readonly embargoes: readonly Stored<EmbargoRecord>[];
  readonly exchangeRules: readonly Stored<ExchangeRuleRecord>[];
}

/** A database without a lake; also what `explain --lake` starts from. */
export const emptyLake: LakeState = {
  settings: {
    vo: null,
    policy: null,
    registration: null,
    entitlements: null,
    secondFactor: null,
    enrolment: null,
    acceptableUse: null,
    lifeCycle: null,
    upstreams: null,
  },
  groups: [],
  accounts: [],
  clients: [],
  storages: [],
  namespace: [],
  grants: [],
  embargoes: [],
  exchangeRules: [],
};

/** What a new account is compared with. */
export const emptyAccount: StoredAccount = {
  record: {
    id: '',
    username: '',
    name: null,
    email: null,
    kind: 'person',
    givenName: null,
    familyName: null,
    affiliation: null,
    emailVerifiedAt: null,
    labels: {},
    roles: [],
    embargoPaths: null,
    state: 'active',
    endsAt: null,
  },
  declared: true,
  position: 0,
  passwordHash: null,
  memberships: [],
  manages: [],
  knownAs: knownAsNothing,
};

/** What a new client is compared with. */
export const emptyClient: StoredClient = {
  record: { clientId: '', definition: {}, state: 'active' },
  declared: true,
  position: 0,
  secretHash: null,
  memberships: [],
};
