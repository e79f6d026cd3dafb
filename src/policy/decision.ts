/** What the policy is asked and what it answers (policy-semantics, sections 4 and 8). */
import type { PolicyMode, Principal } from './rule.ts';

/** Why a scope was refused: a closed set, in the order in which the first of several causes counts (policy-semantics 4). */
export const reasons = [
  'malformed',
  'too-many',
  'outside-storage',
  'audiences-differ',
  'client-scope',
  'ceiling',
  'no-grant',
  'partial',
  'audience-required',
  'embargoed',
  'embargoed-part',
  'consent',
  'all-or-nothing',
  'embargo-group',
  'not-member',
] as const;

export type Reason = (typeof reasons)[number];

/** A scope as it was asked, of which nothing is issued, and the word why. */
export interface Refusal {
  readonly scope: string;
  readonly reason: Reason;
}

/**
 * What became of one scope that was asked, and the ids of the rules that decided it. `contained`: another issued scope includes it.
 * `withheld`: nothing is wrong with it, but the request is refused.
 */
export type ScopeVerdict = {
  readonly scope: string;
  readonly because: readonly string[];
} & (
  | { readonly outcome: 'issued' | 'contained'; readonly as: string }
  | { readonly outcome: 'refused'; readonly reason: Reason }
  | { readonly outcome: 'withheld' }
);

/** The client as the policy sees it. */
export interface PolicyClient {
  readonly clientId: string;
  /** Allowed scopes, storage scopes in logical paths. */
  readonly scopes: readonly string[];
  readonly policyMode: PolicyMode;
}

/** One question to the policy: one principal, one client, the audiences asked for, one instant. */
export interface PolicyRequest {
  readonly principal: Principal;
  readonly client: PolicyClient;
  /** As asked for; empty when none was. */
  readonly audiences: readonly string[];
  /** Scope tokens in the order of the request, of every kind. */
  readonly scopes: readonly string[];
  /** Scopes that the user unticked on the consent page, whether or not `scopes` still names them; refused `consent`. */
  readonly unticked?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Lifetime of the client and audience before the policy bounds it. */
  readonly lifetimeSeconds: number;
}

/** The answer: what may be in the token, what not and why, and until when. */
export interface Decision {
  /** All scope tokens to issue, in the order of the request (W-GRP-10); the token's and the response's `scope`. */
  readonly scope: readonly string[];
  /** The storage scopes among them, in the storage's own paths. */
  readonly granted: readonly string[];
  /** The value of `wlcg.groups`, or empty. */
  readonly groups: readonly string[];
  readonly refused: readonly Refusal[];
  /** Milliseconds since the epoch; null when the request is refused, or when scopes were asked for and none remains. */
  readonly expiresAt: number | null;
  readonly error: 'invalid_scope' | null;
  /** Ids of the grants and embargoes that decided. */
  readonly because: readonly string[];
  /** One for each scope asked for, in the order of the request; all of the above but `groups` and `expiresAt` follow from them. */
  readonly verdicts: readonly ScopeVerdict[];
  readonly policyVersion: number;
}
