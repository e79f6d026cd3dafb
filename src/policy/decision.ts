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
 * What sets the end of a scope or a token (policy-semantics 4, steps 6 and 7). `lifetime`: of client and audience, or the longest of the settings;
 * `flow`: the bound of the flow; `grant`, `admission`: the end of the grant or party, or of the membership it rests on; `embargo`: an embargo begins;
 * `embargo-lifetime`: the longest token while under an embargo; `group`: a membership of a group in the token ends.
 */
export type CapKind = 'lifetime' | 'flow' | 'grant' | 'admission' | 'embargo' | 'embargo-lifetime' | 'group';

export interface Cap {
  /** Milliseconds since the epoch, the guard already taken off. */
  readonly at: number;
  readonly kind: CapKind;
  /** Id of the grant or embargo, path of the group; null for lifetimes and bounds of the flow. */
  readonly rule: string | null;
}

/** One scope token that is issued, and what would end a token with this scope alone. */
export interface IssuedPart {
  readonly scope: string;
  readonly cap: Cap;
}

/** A part of a scope asked for that is not issued: its own path at the storage, and why. */
export interface LeftPart {
  readonly path: string;
  readonly reason: Reason;
  readonly because: readonly string[];
}

/**
 * What became of one scope that was asked, and the ids of the rules that decided it. `contained`: other issued scopes include it.
 * `withheld`: nothing is wrong with it, but the request is refused.
 */
export type ScopeVerdict = {
  readonly scope: string;
  readonly because: readonly string[];
} & (
  | {
      readonly outcome: 'issued';
      /** The scope tokens in its place: itself, or several when it was narrowed or expanded. */
      readonly as: readonly string[];
      readonly parts: readonly IssuedPart[];
      readonly left: readonly LeftPart[];
    }
  | { readonly outcome: 'contained'; readonly as: readonly string[] }
  | { readonly outcome: 'refused'; readonly reason: Reason }
  | { readonly outcome: 'withheld' }
);

/** The client as the policy sees it. */
export interface PolicyClient {
  readonly clientId: string;
  /** Allowed scopes, storage scopes in logical paths. */
  readonly scopes: readonly string[];
  readonly policyMode: PolicyMode;
  /** False: a bare `wlcg.groups` among its scopes stands for default groups alone (W-SEC-2). Absent: true. */
  readonly optionalGroups?: boolean;
}

/** What a flow allows at most beside the client's scopes (policy-semantics 6). */
export interface FlowCeiling {
  /** `refresh`: a scope beyond it refuses the request; `exchange`: scopes are cut to it. */
  readonly flow: 'refresh' | 'exchange';
  /** As requested and consented at first, or as the subject token has them. */
  readonly scopes: readonly string[];
  /** Under which they were requested or issued: their paths are read by these; empty or unknown ones make them logical. */
  readonly audiences: readonly string[];
  /** Beyond them, by exchange rules: scopes in logical paths, and words (policy-semantics 6). */
  readonly widened?: readonly string[] | undefined;
  /** Taken from all of them, by exchange rules: scopes in logical paths, and words. */
  readonly withheld?: readonly string[] | undefined;
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
  /** Absent: the flow has no ceiling of its own. */
  readonly ceiling?: FlowCeiling | undefined;
  /** The bound of the flow on `exp`, in milliseconds since the epoch: the session, the chain, or the subject token. */
  readonly expiresAtMost?: number | null | undefined;
  /** Most characters of all storage scopes, each with the space before it, that leave the token within its size (policy-semantics 2.2). */
  readonly maxStorageCharacters?: number | undefined;
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
  /** What set `expiresAt`; null with it. */
  readonly cappedBy: Cap | null;
  /** `access_denied`: a capability set could not be had whole (W-CAP-6). */
  readonly error: 'invalid_scope' | 'access_denied' | null;
  /** Ids of the grants and embargoes that decided. */
  readonly because: readonly string[];
  /** One for each scope asked for, in the order of the request; all of the above but `groups` and `expiresAt` follow from them. */
  readonly verdicts: readonly ScopeVerdict[];
  readonly policyVersion: number;
}
