/** Why a change or a look at rules is refused, as a value; and what a write that holds answers. */
import type { LiveToken } from './live-tokens.ts';

/** `not-found` is also said of what the actor may not see. */
export type RefusalKind = 'forbidden' | 'not-found' | 'conflict' | 'invalid' | 'version-mismatch';

/** What is wrong in the object of a request. */
export interface RuleFault {
  /** Field names and list positions within the object, such as `['parties', 0, 'subject']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface Refusal {
  readonly kind: RefusalKind;
  readonly message: string;
  readonly faults?: readonly RuleFault[];
  /** The present version, when another one was expected. */
  readonly version?: number | string;
  /** What is out there, when data are open and `retroactive` is not said. */
  readonly exposure?: Exposure;
}

/** Tokens that were issued before and may open the path of an embargo until they expire (policy-semantics 7, "retroactive"). */
export interface Exposure {
  readonly tokens: number;
  /** Milliseconds since the epoch; null: none is out. */
  readonly latestExpiry: number | null;
}

/** What a removed party still holds (policy-semantics 7, "remove a party"). */
export interface Remainder {
  /** Chains of refresh tokens that were revoked with the change. */
  readonly revokedRefreshTokens: number;
  /** Access tokens that offline verifiers take until they expire; the first thousand. */
  readonly tokens: readonly LiveToken[];
  /** How many there are. */
  readonly count: number;
  /** Milliseconds since the epoch; null: none is out. */
  readonly latestExpiry: number | null;
}

export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

/** The answer to a question. */
export type Answer<T> = { readonly ok: true; readonly value: T } | Refused;

/** A write that holds. */
export interface Written<T, Version = number> {
  readonly ok: true;
  readonly value: T;
  /** Of the object, for the next write; of a removed one, the version that its history ends with. */
  readonly version: Version;
  /** Whether a `put` made it. */
  readonly created?: boolean;
  /** Decisions of this policy version and later ones know of the change. */
  readonly policyVersion: number;
  /** What is allowed but may surprise. */
  readonly warnings: readonly string[];
  /** When the write closed data. */
  readonly exposure?: Exposure;
  /** When it took a party away. */
  readonly remainder?: Remainder;
}

export type WriteOutcome<T, Version = number> = Written<T, Version> | Refused;

export function refuse(kind: RefusalKind, message: string, more: Omit<Refusal, 'kind' | 'message'> = {}): Refused {
  return { ok: false, refusal: { kind, message, ...more } };
}
