/** What can be asked and changed of grants, embargoes, storages and the namespace; each write is one transaction (policy-semantics 7). */
import type { EmbargoRecord, ExchangeRuleRecord, GrantRecord, PartyRecord, StorageRecord } from '../lake/records.ts';
import type { Actor } from './actor.ts';
import type { Phase } from './life-cycle.ts';
import type { Answer, WriteOutcome } from './refusal.ts';

/** Who writes, why, and on what it believes to be present. */
export interface WriteContext {
  readonly actor: Actor;
  /** Kept in the history; an extension needs one. */
  readonly reason?: string | undefined;
}

/** A write to something that exists. */
export interface ChangeContext<Version = number> extends WriteContext {
  /** When given, any other present version refuses the write (`version-mismatch`). */
  readonly expectedVersion?: Version | undefined;
}

/** A record and the version that the next write may expect. */
export interface Versioned<R, Version = number> {
  readonly record: R;
  readonly version: Version;
}

/** An embargo with where it stands at the moment: `active` in its record is `scheduled`, `active` or `released` by the clock. */
export interface EmbargoView extends Versioned<EmbargoRecord> {
  readonly phase: Phase;
}

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number;
  /** `next` of the page before; null: from the beginning. */
  readonly after: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Null: nothing follows. */
  readonly next: string | null;
}

/** Absent fields do not restrict. */
export interface GrantFilter {
  readonly subject?: string | undefined;
  /** Grants at or below this path, or above it, as they all say something of it. */
  readonly path?: string | undefined;
  /** Grants that were written for the parties of this embargo. */
  readonly embargo?: string | undefined;
}

export interface EmbargoFilter {
  readonly path?: string | undefined;
  readonly state?: EmbargoRecord['state'] | undefined;
}

/** One entry of a history. */
export interface HistoryEntry<R> {
  readonly version: number;
  readonly policyVersion: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `created`, `changed`, `extended`, `released`, `party-added`, … */
  readonly change: string;
  readonly actor: string;
  readonly reason: string | null;
  /** As it was from then on; null: removed. */
  readonly record: R | null;
}

export interface GrantAdministration {
  list(actor: Actor, filter: GrantFilter, page: PageRequest): Promise<Answer<Page<Versioned<GrantRecord>>>>;
  get(actor: Actor, id: string): Promise<Answer<Versioned<GrantRecord>>>;
  create(context: WriteContext, record: GrantRecord): Promise<WriteOutcome<GrantRecord>>;
  replace(context: ChangeContext, record: GrantRecord): Promise<WriteOutcome<GrantRecord>>;
  /** Answers with what was removed. */
  remove(context: ChangeContext, id: string): Promise<WriteOutcome<GrantRecord>>;
  /** Oldest first; also of a grant that is gone. */
  history(actor: Actor, id: string): Promise<Answer<readonly HistoryEntry<GrantRecord>[]>>;
}

/** A new end; where `until` is "until event", the hard limit is what moves. */
export interface Extension {
  /** UTC, as in the lake file. */
  readonly until: string;
}

export interface EmbargoAdministration {
  /** Those that the actor may see: all (admin, reader), at or below its paths (embargo manager), where it is a party. */
  list(actor: Actor, filter: EmbargoFilter, page: PageRequest): Promise<Answer<Page<EmbargoView>>>;
  get(actor: Actor, id: string): Promise<Answer<EmbargoView>>;
  /** `state` is `draft` or `active`. Writes the grants of its parties with it (policy-semantics 3) once it is active. */
  create(context: WriteContext, record: EmbargoRecord): Promise<WriteOutcome<EmbargoView>>;
  /** All fields but `state`; a later end needs a reason like any extension. */
  replace(context: ChangeContext, record: EmbargoRecord): Promise<WriteOutcome<EmbargoView>>;
  activate(context: ChangeContext, id: string): Promise<WriteOutcome<EmbargoView>>;
  extend(context: ChangeContext, id: string, extension: Extension): Promise<WriteOutcome<EmbargoView>>;
  /** At once, or at an earlier end than the present one when `at` (UTC text) is given. */
  release(context: ChangeContext, id: string, at?: string): Promise<WriteOutcome<EmbargoView>>;
  /** Ends it as a mistake: the grants that were written for its parties go with it. */
  withdraw(context: ChangeContext, id: string): Promise<WriteOutcome<EmbargoView>>;
  addParty(context: ChangeContext, id: string, party: PartyRecord): Promise<WriteOutcome<EmbargoView>>;
  /** Every entry of this subject that the actor may take away, with the grants written for it; answers with `remainder`. */
  removeParty(context: ChangeContext, id: string, subject: string): Promise<WriteOutcome<EmbargoView>>;
  /** Leaves a path below it open. */
  exempt(context: ChangeContext, id: string, path: string): Promise<WriteOutcome<EmbargoView>>;
  history(actor: Actor, id: string): Promise<Answer<readonly HistoryEntry<EmbargoRecord>[]>>;
}

/** As grants; only administrators and readers see them (policy-semantics 6). */
export interface ExchangeRuleAdministration {
  list(actor: Actor, page: PageRequest): Promise<Answer<Page<Versioned<ExchangeRuleRecord>>>>;
  get(actor: Actor, id: string): Promise<Answer<Versioned<ExchangeRuleRecord>>>;
  create(context: WriteContext, record: ExchangeRuleRecord): Promise<WriteOutcome<ExchangeRuleRecord>>;
  replace(context: ChangeContext, record: ExchangeRuleRecord): Promise<WriteOutcome<ExchangeRuleRecord>>;
  remove(context: ChangeContext, id: string): Promise<WriteOutcome<ExchangeRuleRecord>>;
  history(actor: Actor, id: string): Promise<Answer<readonly HistoryEntry<ExchangeRuleRecord>[]>>;
}

/** Storages have no history; their version is a digest of the record. */
export interface StorageAdministration {
  list(actor: Actor, page: PageRequest): Promise<Answer<Page<Versioned<StorageRecord, string>>>>;
  get(actor: Actor, name: string): Promise<Answer<Versioned<StorageRecord, string>>>;
  /** Makes or replaces it. */
  put(context: ChangeContext<string>, record: StorageRecord): Promise<WriteOutcome<StorageRecord, string>>;
  remove(context: ChangeContext<string>, name: string): Promise<WriteOutcome<StorageRecord, string>>;
}

/** Registered paths: there is nothing to them but their name. */
export interface NamespaceAdministration {
  /** `under` restricts to paths at or below it. */
  list(actor: Actor, under: string | undefined, page: PageRequest): Promise<Answer<Page<string>>>;
  /** Whether the path is registered. */
  get(actor: Actor, path: string): Promise<Answer<string>>;
  /** Registers a path; one that is registered already stays. */
  put(context: WriteContext, path: string): Promise<WriteOutcome<string, null>>;
  remove(context: WriteContext, path: string): Promise<WriteOutcome<string, null>>;
}

export interface RuleAdministration {
  readonly grants: GrantAdministration;
  readonly embargoes: EmbargoAdministration;
  readonly exchangeRules: ExchangeRuleAdministration;
  readonly storages: StorageAdministration;
  readonly namespace: NamespaceAdministration;
}
