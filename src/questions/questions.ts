/**
 * The questions that operators put to the policy and to the issue log (policy-semantics 8, "required queries"): one interface for the API and the command line.
 * Answers are JSON as they stand: instants are ISO 8601 in UTC.
 */
import type { Cap, Refusal } from '../policy/decision.ts';
import type { Action, Embargo, Grant, PolicyMode, Subject } from '../policy/rule.ts';
import type { Result } from '../shared/result.ts';

/** Why a question has no answer: something in it cannot be read, or what it names does not exist. */
export interface QuestionFault {
  readonly kind: 'malformed' | 'not-found';
  readonly message: string;
}

export type Answer<T> = Promise<Result<T, QuestionFault>>;

/** A piece of a list. `after` is the `next` of the piece before, as it came; null or absent: from the beginning. */
export interface PageRequest {
  /** Entries of one piece, 1 to 1000. */
  readonly limit?: number | undefined;
  readonly after?: string | null | undefined;
}

/** Every question; `createQuestions` of create-questions.ts answers them from a store. */
export interface Questions {
  /** Who may do the action on the logical path at the instant. */
  whoCan(question: WhoCanQuestion): Answer<WhoCan>;
  /** Which access tokens that are still accepted cover the logical path. */
  tokens(question: TokensQuestion): Answer<TokensOut>;
  /** What a grant or embargo would change if it held. */
  impact(question: ImpactQuestion): Answer<Impact>;
  /** What was asked for and issued with this token, and why. */
  why(question: { readonly jti: string }): Answer<IssueRecord>;
  /** What was refused to a subject or a client, newest first. */
  refusals(question: RefusalsQuestion): Answer<Refusals>;
}

/** Who could, by the truth of policy-semantics 3. */
export interface WhoCanQuestion extends PageRequest {
  readonly operation: string;
  /** Logical. */
  readonly path: string;
  /** Milliseconds since the epoch; absent: now. For the past the rules count as they stood then. */
  readonly at?: number | undefined;
  /** With these only grants that count at all of them; absent: every grant, whatever its audiences. */
  readonly audiences?: readonly string[] | undefined;
}

export interface WhoCan {
  readonly operation: Action;
  readonly path: string;
  readonly at: string;
  /** `present`: the rules as they are now, judged at `at`; `past`: as they stood at `at`. */
  readonly rules: 'present' | 'past';
  /** Grants in force that give the operation on the path. */
  readonly grants: readonly GivingGrant[];
  /** Embargoes in force that close the operation on the path, each with the subjects that it admits. */
  readonly embargoes: readonly ClosingEmbargo[];
  /** Every subject of these grants and embargoes. */
  readonly subjects: readonly SubjectStanding[];
  /** Clients that act for themselves, then users, each kind by name. */
  readonly principals: readonly AbleToDo[];
  /** `after` of the next piece; null: this is the last. */
  readonly next: string | null;
}

export interface GivingGrant {
  readonly id: string;
  readonly subject: Subject;
  readonly path: string;
  readonly actions: readonly Action[];
  readonly audiences: readonly string[] | null;
}

export interface ClosingEmbargo {
  readonly id: string;
  readonly path: string;
  readonly admits: readonly Subject[];
}

export interface SubjectStanding {
  readonly subject: Subject;
  /** Grants of this subject. */
  readonly grants: readonly string[];
  /** Embargoes that admit it. */
  readonly admittedTo: readonly string[];
  /** It needs nothing beside: it has a grant, and every embargo admits it. */
  readonly suffices: boolean;
  /** How many accounts and clients are members at the instant; null for users and clients. */
  readonly members: number | null;
}

export interface AbleToDo {
  readonly kind: 'user' | 'client';
  /** Username or client id. */
  readonly name: string;
  /** The account's id, the `sub` of its tokens; for a client its id. */
  readonly id: string;
  /** A suspended one is only named when the past is asked about: since when it is suspended is not known. */
  readonly state: 'active' | 'suspended';
  /** By which it may, with the subject of each. */
  readonly grants: readonly { readonly id: string; readonly subject: Subject }[];
  readonly admissions: readonly { readonly embargo: string; readonly subject: Subject }[];
}

export interface TokensQuestion extends PageRequest {
  /** Logical. */
  readonly path: string;
  /** Only scopes that let their bearer do this; absent: any. */
  readonly operation?: string | undefined;
}

export interface TokensOut {
  readonly path: string;
  /** The instant of the answer. */
  readonly at: string;
  /** How many there are in all, and the last instant at which one of them ends; null: there is none. */
  readonly total: number;
  readonly latestExpiry: string | null;
  /** The longest-lived first. */
  readonly tokens: readonly TokenOut[];
  readonly next: string | null;
}

export interface TokenOut {
  readonly jti: string;
  /** `sub`: the account's id, or the client's. */
  readonly subject: string;
  /** Null for a client acting for itself, or when the account is gone. */
  readonly username: string | null;
  readonly client: string;
  readonly audiences: readonly string[];
  /** The scopes of the token that reach the path. */
  readonly scopes: readonly ReachingScope[];
  readonly issuedAt: string;
  readonly expiresAt: string;
}

export interface ReachingScope {
  readonly scope: string;
  /** `whole`: the path and all below it; `part`: only something below it. */
  readonly reach: 'whole' | 'part';
  /** The storages at which it does; null stands for one that is not registered and shows the logical tree itself. */
  readonly storages: readonly (string | null)[];
}

/** A rule that does not hold yet. An `id` that a rule already has means that rule, changed. */
export type ProposedRule =
  | { readonly kind: 'grant'; readonly rule: Grant }
  | { readonly kind: 'embargo'; readonly rule: Embargo }
  /** An embargo of the database in state `draft`, by id. */
  | { readonly kind: 'draft'; readonly id: string };

export interface ImpactQuestion {
  readonly proposed: ProposedRule;
  /** Milliseconds since the epoch; absent: now, or the beginning of the rule when that is later. */
  readonly at?: number | undefined;
  /** Entries of `changes`, 1 to 1000. */
  readonly limit?: number | undefined;
  /** Only what is asked for at or below these logical paths, so that nothing is told of embargoes elsewhere; null or absent: everything. */
  readonly within?: readonly string[] | null | undefined;
}

export interface Impact {
  readonly rule: { readonly kind: 'grant' | 'embargo'; readonly id: string; readonly path: string };
  readonly at: string;
  readonly policyVersion: number;
  /** Who would be issued something else, widest loss first. */
  readonly changes: readonly ScopeChange[];
  /** Accounts and clients (for themselves) that would lose something, or gain something. */
  readonly losing: { readonly users: number; readonly clients: number };
  readonly gaining: { readonly users: number; readonly clients: number };
  /** The largest number of scopes that one asked scope becomes for a client in mode `expand`; null: none asked. */
  readonly largestExpansion: { readonly before: number; readonly after: number } | null;
  /** Tokens that are out and reach the path: no rule takes them back. */
  readonly exposure: { readonly tokens: number; readonly latestExpiry: string | null };
  /** How many requests were decided before and after. */
  readonly evaluated: number;
  /** Not everything was looked at, or more changes were found than are told. */
  readonly truncated: boolean;
}

/** Principals that the policy cannot tell apart, and clients that it treats alike, with one request of theirs. */
export interface ScopeChange {
  readonly kind: 'user' | 'client';
  /** How many principals, and the first names of them: usernames, or client ids. */
  readonly count: number;
  readonly names: readonly string[];
  /** Subjects by which the rules concern them. */
  readonly subjects: readonly Subject[];
  /** The clients through which users ask; for a client itself, empty. */
  readonly clients: readonly string[];
  readonly policyMode: PolicyMode;
  readonly audience: string | null;
  /** The scope asked for, in the storage's own path. */
  readonly asked: string;
  readonly before: DecidedScope;
  readonly after: DecidedScope;
  readonly effect: 'loses' | 'gains' | 'both' | 'ends-earlier' | 'ends-later';
}

export interface DecidedScope {
  readonly issued: readonly string[];
  readonly refused: Refusal['reason'] | null;
  readonly expiresAt: string | null;
}

export interface RefusalsQuestion extends PageRequest {
  /** A username, or the `sub` of tokens. */
  readonly subject?: string | undefined;
  readonly client?: string | undefined;
  /** Half-open `[from, until)`, milliseconds since the epoch; absent: the last day until now. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

export interface Refusals {
  readonly entries: readonly IssueRecord[];
  readonly next: string | null;
}

/** One entry of the issue log, explained. */
export interface IssueRecord {
  readonly event: 'issued' | 'refused';
  readonly at: string;
  readonly jti: string | null;
  readonly subject: string;
  readonly username: string | null;
  readonly client: string;
  readonly flow: string;
  readonly audiences: readonly string[];
  readonly requested: readonly string[];
  readonly issued: readonly string[];
  readonly refused: readonly ExplainedRefusal[];
  readonly policyVersion: number;
  readonly expiresAt: string | null;
  /** What set `expiresAt`; null when it was not written down. */
  readonly cappedBy: Pick<Cap, 'kind' | 'rule'> | null;
  /** The token that was exchanged for this one, or the chain that was refreshed; null: none. */
  readonly parentJti: string | null;
  /** The rules by which an exchange gave more than the exchanged token. */
  readonly exchangeRules: readonly string[];
  /** It was revoked; only verifiers that ask learn of it. */
  readonly revoked: boolean;
  readonly rules: readonly DeterminingRule[];
}

export interface ExplainedRefusal extends Refusal {
  /** The reason in words. */
  readonly meaning: string;
}

/** A rule that decided, and what became of it. */
export interface DeterminingRule {
  readonly id: string;
  readonly kind: 'grant' | 'embargo' | 'unknown';
  /** Its version at the decision; null: not known. */
  readonly version: number | null;
  readonly path: string | null;
  /** Changes since the decision, oldest first. */
  readonly changes: readonly {
    readonly version: number;
    readonly at: string;
    readonly change: string;
    readonly actor: string | null;
    readonly reason: string | null;
  }[];
}
