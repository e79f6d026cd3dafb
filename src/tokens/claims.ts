/** What an access token says, before a profile writes it down (wlcg-tokens.md sections 1.2 and 1.3). */
import type { EntitlementNamespace } from './entitlements.ts';
import type { IdentityClaims } from './identity.ts';
import type { TokenProfile } from './profile.ts';

/** How the user proved who they are; absent for tokens without a user. */
export interface Authentication {
  readonly acr: string | null;
  /** REFEDS and AARC assurance values of this authentication (A-ASS-4). */
  readonly assurance: readonly string[];
}

/** Who acts for the subject; a chain of them is nested, the latest outermost (RFC 8693 section 4.1). */
export interface ActClaim {
  readonly sub: string;
  readonly act?: ActClaim;
}

/** The one client that may act for the subject, by its id. */
export interface MayActClaim {
  readonly sub: string;
}

export interface AccessTokenInput {
  readonly issuer: string;
  readonly subject: string;
  readonly clientId: string;
  readonly audiences: readonly string[];
  /** Granted scope tokens in the order of the request. */
  readonly scope: readonly string[];
  readonly groups: readonly string[];
  readonly jti: string;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly authentication: Authentication | null;
  /** Confirmation of a sender-constrained token (RFC 9449, RFC 8705). */
  readonly confirmation?: Readonly<Record<string, string>>;
  readonly act?: ActClaim | null;
  /** Who alone may exchange the token (RFC 8693 section 4.4). */
  readonly mayAct?: MayActClaim | null;
  /** Wider by an exchange rule than what its user allowed, or exchanged from such a token: nobody may keep it. */
  readonly widened?: boolean;
  /** Absent: `wlcg`. */
  readonly profile?: TokenProfile;
  /** Of the community, for the profiles that write groups as entitlements. */
  readonly entitlements?: EntitlementNamespace | null;
  /** What the client's registration lets the token say of the user (W-AT-3). */
  readonly identity?: IdentityClaims;
}

/** The claims of every profile. `scope` is always there (W-AT-1); dates are whole seconds (W-CLM-12). */
export interface CommonClaims extends IdentityClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | string[];
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  readonly scope: string;
  readonly client_id: string;
  readonly eduperson_assurance?: readonly string[];
  readonly acr?: string;
  readonly cnf?: Readonly<Record<string, string>>;
  readonly act?: ActClaim;
  readonly may_act?: MayActClaim;
  /** For this issuer alone (W-CLM-13): no refresh token comes of it. */
  readonly widened?: true;
}

export interface AccessTokenClaims extends CommonClaims {
  readonly 'wlcg.ver'?: string;
  /** The version of SciTokens; never beside `wlcg.ver` (W-CLM-14). */
  readonly ver?: string;
  readonly 'wlcg.groups'?: readonly string[];
  readonly groups?: readonly string[];
  readonly entitlements?: readonly string[];
  readonly eduperson_entitlement?: readonly string[];
}
