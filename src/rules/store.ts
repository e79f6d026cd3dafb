/** What the administration of rules needs of a database. */
import type { RefreshPayload } from '../artifacts/refresh-token.ts';
import type { KnownNames } from '../lake/check/known.ts';
import type { EmbargoRecord, ExchangeRuleRecord, GrantRecord, StorageRecord } from '../lake/records.ts';
import type { LakePolicySettings } from '../lake/schema.ts';
import type { EmbargoFilter, GrantFilter, HistoryEntry, PageRequest, Versioned } from './administration.ts';
import type { LiveToken } from './live-tokens.ts';

/** A rule as its row holds it. */
export interface StoredRule<R> extends Versioned<R> {
  readonly declared: boolean;
  readonly position: number;
}

/** Everything that a rule is checked against. */
export interface PresentConfiguration {
  readonly policy: LakePolicySettings | null;
  readonly storages: readonly StorageRecord[];
  readonly grants: readonly GrantRecord[];
  readonly embargoes: readonly EmbargoRecord[];
}

/** Looks outside of any write. Lists are ordered by id and give one entry more than `limit` when more follow. */
export interface RuleReads {
  grant(id: string): Promise<Versioned<GrantRecord> | undefined>;
  grants(filter: GrantFilter, page: PageRequest): Promise<readonly Versioned<GrantRecord>[]>;
  embargo(id: string): Promise<Versioned<EmbargoRecord> | undefined>;
  embargoes(filter: EmbargoFilter, page: PageRequest): Promise<readonly Versioned<EmbargoRecord>[]>;
  grantHistory(id: string): Promise<readonly HistoryEntry<GrantRecord>[]>;
  embargoHistory(id: string): Promise<readonly HistoryEntry<EmbargoRecord>[]>;
  exchangeRule(id: string): Promise<Versioned<ExchangeRuleRecord> | undefined>;
  exchangeRules(page: PageRequest): Promise<readonly Versioned<ExchangeRuleRecord>[]>;
  exchangeRuleHistory(id: string): Promise<readonly HistoryEntry<ExchangeRuleRecord>[]>;
  storage(name: string): Promise<StorageRecord | undefined>;
  storages(page: PageRequest): Promise<readonly StorageRecord[]>;
  isRegistered(path: string): Promise<boolean>;
  namespace(under: string | undefined, page: PageRequest): Promise<readonly string[]>;
}

/** Accounts and clients by the subjects that name them. */
export interface Holders {
  readonly accountIds: ReadonlySet<string>;
  readonly clientIds: ReadonlySet<string>;
}

/** Who lost an admission to a path. */
export interface Lost {
  readonly path: string;
  readonly holders: Holders;
  readonly revokedRefreshTokens: number;
}

/** One write: nobody else writes rules meanwhile, and what is read here stays so until its end. */
export interface RuleSession {
  grant(id: string): Promise<StoredRule<GrantRecord> | undefined>;
  embargo(id: string): Promise<StoredRule<EmbargoRecord> | undefined>;
  exchangeRule(id: string): Promise<StoredRule<ExchangeRuleRecord> | undefined>;
  storage(name: string): Promise<StorageRecord | undefined>;
  isRegistered(path: string): Promise<boolean>;
  configuration(): Promise<PresentConfiguration>;
  /** Those of the names in these subjects that exist. */
  knownNames(subjects: readonly string[]): Promise<KnownNames>;
  /** Grants that were written for the parties of an embargo. */
  grantsOfEmbargo(id: string): Promise<readonly GrantRecord[]>;
  /** Ids of grants, also of those that are gone, that begin so. */
  grantIds(prefix: string): Promise<ReadonlySet<string>>;
  /** Who holds one of the subjects, by a membership that has not ended. */
  holdersOf(subjects: readonly string[], now: number): Promise<Holders>;
  /** Writes the record, new or over the old one; `change` is the word of the history. Answers with its version. */
  putGrant(record: GrantRecord, change: string): Promise<number>;
  /** Answers with the version that its history ends with. */
  removeGrant(id: string): Promise<number>;
  putEmbargo(record: EmbargoRecord, change: string): Promise<number>;
  putExchangeRule(record: ExchangeRuleRecord): Promise<number>;
  removeExchangeRule(id: string): Promise<number>;
  putStorage(record: StorageRecord): Promise<void>;
  removeStorage(name: string): Promise<void>;
  putPath(path: string): Promise<void>;
  removePath(path: string): Promise<void>;
  /** Revokes the chains of these accounts, and those exchanged from tokens of these clients, of which `meets` says so, and answers with their number. */
  revokeRefreshTokens(holders: Holders, meets: (payload: RefreshPayload) => boolean, now: number): Promise<number>;
  /** The policy version that this write makes, after its last change. */
  policyVersion(): Promise<number>;
}

/** Whom and what the history names. */
export interface Signature {
  readonly actor: string;
  readonly reason: string | null;
  /** Network address; absent or null: none is known, as on the command line. */
  readonly address?: string | null | undefined;
}

export interface RuleStore {
  readonly reads: RuleReads;
  /** From now on these access tokens are inactive at introspection. */
  denyTokens(tokens: readonly Pick<LiveToken, 'jti' | 'expiresAt'>[]): Promise<void>;
  /** One transaction; what answers `ok: false` has written nothing. */
  change<T extends { readonly ok: boolean }>(by: Signature, work: (session: RuleSession) => Promise<T>): Promise<T>;
}
