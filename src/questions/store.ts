/** What the questions read: rules as they are or were, people by what they may be, entries of the issue log. Instants are ms since the epoch. */

import type { Cap } from '../policy/decision.ts';
import type { Embargo, Grant, Membership, Storage, Subject } from '../policy/rule.ts';

/** Grants and embargoes of one instant; only active embargoes. */
export interface Rules {
  readonly grants: readonly Grant[];
  readonly embargoes: readonly Embargo[];
}

/** Someone who holds a subject of `granting`, and of each element of `admitting`. */
export interface AbleQuery {
  readonly granting: readonly Subject[];
  readonly admitting: readonly (readonly Subject[])[];
  readonly at: number;
  /** Suspended ones count, and only those that were there already. */
  readonly past: boolean;
  readonly limit: number;
  /** Names after this one; null: from the beginning. */
  readonly after: string | null;
}

/** One of these, with its memberships at the instant among the groups of the query. */
export interface AblePerson {
  readonly kind: 'user' | 'client';
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'suspended';
  readonly groups: readonly string[];
}

export interface QuestionStore {
  /** Those with one of these paths. */
  presentRules(paths: readonly string[]): Promise<Rules>;
  /** The same as they stood at an instant in the past. */
  rulesAt(paths: readonly string[], at: number): Promise<Rules>;
  storages(): Promise<readonly Storage[]>;
  /** By name. */
  ableUsers(query: AbleQuery): Promise<readonly AblePerson[]>;
  ableClients(query: AbleQuery): Promise<readonly AblePerson[]>;
  /** Accounts and clients that are members at the instant, by group. */
  countMembers(groups: readonly string[], at: number, past: boolean): Promise<ReadonlyMap<string, number>>;
  /** Usernames of accounts, by account id. */
  usernames(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** An embargo that does not hold yet; undefined: there is no draft of this id. */
  draft(id: string): Promise<Embargo | undefined>;
  /** Those that may get tokens in the window, alike ones together, most accounts first. */
  classesOf(query: ClassQuery): Promise<readonly PeopleClass[]>;
  /** The entry of an issued token; undefined: it is not in the log. */
  entry(jti: string): Promise<LogEntry | undefined>;
  /** Newest first. */
  refusals(query: RefusalQuery): Promise<readonly LogEntry[]>;
  /** The `sub` of an account, by its username; undefined: there is none. */
  accountId(username: string): Promise<string | undefined>;
  /** All versions of the rules with these ids, oldest first. */
  versionsOf(ids: readonly string[]): Promise<readonly RuleVersion[]>;
}

/** Accounts that hold one of the `granting` subjects at some instant of the window, told apart by these and by `others`. */
export interface ClassQuery {
  readonly granting: readonly Subject[];
  readonly others: readonly Subject[];
  readonly from: number;
  readonly until: number;
  /** At most so many classes. */
  readonly limit: number;
}

/** Accounts that the rules in question cannot tell apart. */
export interface PeopleClass {
  readonly count: number;
  /** The first usernames. */
  readonly usernames: readonly string[];
  /** What all of them are at most in the window; an end after it is none. */
  readonly endsAt: number | null;
  readonly memberships: readonly Membership[];
}

export interface RefusalQuery {
  /** Account or client id. */
  readonly subjects: readonly string[] | null;
  readonly client: string | null;
  readonly from: number;
  readonly until: number;
  readonly limit: number;
  readonly skip: number;
}

/** A row of the issue log. */
export interface LogEntry {
  readonly event: 'issued' | 'refused';
  readonly at: number;
  readonly jti: string | null;
  readonly subject: string;
  readonly client: string;
  readonly flow: string;
  readonly audiences: readonly string[];
  readonly requested: string;
  readonly issued: string;
  readonly refused: readonly { readonly scope: string; readonly reason: string }[];
  readonly because: readonly string[];
  readonly policyVersion: number;
  readonly expiresAt: number | null;
  readonly cap: Pick<Cap, 'kind' | 'rule'> | null;
  /** The exchanged token, or the chain that was refreshed. */
  readonly parent: string | null;
  readonly exchangeRules: readonly string[];
  readonly revoked: boolean;
}

/** One version of a rule. */
export interface RuleVersion {
  readonly kind: 'grant' | 'embargo';
  readonly id: string;
  readonly version: number;
  readonly policyVersion: number;
  readonly at: number;
  readonly change: string;
  readonly actor: string;
  readonly reason: string | null;
  /** Null when it was deleted. */
  readonly path: string | null;
}
