/** What one login proved; assurance is of this event and never of the account (A-ASS-4). */

/** A session at an upstream provider. */
export interface UpstreamSession {
  readonly subject: string;
  readonly sid: string | null;
  /** The ID token that it gave, encrypted; null: it is too long to be a hint for a logout there. */
  readonly sealedIdToken: string | null;
}

export interface Authentication {
  readonly accountId: string;
  /** Authentication context class: REFEDS SFA or MFA, or what the upstream provider said. */
  readonly acr: string;
  /** RFC 8176: `pwd`, `otp`, `hwk`, `mfa`, … */
  readonly amr: readonly string[];
  /** Values of `eduperson_assurance`. */
  readonly assurance: readonly string[];
  /** Name of the upstream provider; null: with a secret of this server. */
  readonly upstream: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** At the upstream provider, for a logout there. */
  readonly session?: UpstreamSession;
}

/** Where a login leads: back to a service's request, or to a page of ours. */
export type LoginGoal =
  | {
      readonly kind: 'interaction';
      readonly uid: string;
      readonly clientId: string;
      readonly clientName: string;
      /** Undefined in the device flow. */
      readonly redirectUri?: string | undefined;
      readonly scopes: readonly string[];
      /** `acr_values` or the `acr` claim, best first; empty: whatever it is. */
      readonly acrValues: readonly string[];
      /** Whether nothing else than these will do. */
      readonly acrEssential: boolean;
    }
  | {
      readonly kind: 'page';
      /** Path of a page of ours, below the issuer. */
      readonly path: string;
      readonly acrValues: readonly string[];
    };

/** A login between its first proof and its end: kept as a ticket, bound to the browser. */
export interface PendingLogin {
  readonly authentication: Authentication;
  readonly goal: LoginGoal;
}
