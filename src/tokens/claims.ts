/** The claim set of an access token (wlcg-tokens.md sections 1.2 and 1.3). */
import { audienceClaim } from './audience.ts';
import { notBeforeBackdateSeconds, wlcgVersion } from './profile.ts';

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
}

export interface AccessTokenClaims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | string[];
  readonly exp: number;
  readonly iat: number;
  readonly nbf: number;
  readonly jti: string;
  readonly scope: string;
  readonly client_id: string;
  readonly 'wlcg.ver': string;
  readonly 'wlcg.groups'?: readonly string[];
  readonly eduperson_assurance?: readonly string[];
  readonly acr?: string;
  readonly cnf?: Readonly<Record<string, string>>;
  readonly act?: ActClaim;
  readonly may_act?: MayActClaim;
}

/** Builds the claims; dates are whole seconds (W-CLM-12), `scope` is always there (W-AT-1), empty groups are left out (W-CLM-9). */
export function accessTokenClaims(input: AccessTokenInput): AccessTokenClaims {
  const iat = Math.floor(input.issuedAt / 1000);
  return {
    iss: input.issuer,
    sub: input.subject,
    aud: audienceClaim(input.audiences),
    exp: Math.floor(input.expiresAt / 1000),
    iat,
    nbf: iat - notBeforeBackdateSeconds,
    jti: input.jti,
    scope: input.scope.join(' '),
    client_id: input.clientId,
    'wlcg.ver': wlcgVersion,
    ...(input.groups.length > 0 && { 'wlcg.groups': input.groups }),
    ...authenticationClaims(input.authentication),
    ...(input.confirmation && { cnf: input.confirmation }),
    ...(input.act && { act: input.act }),
    ...(input.mayAct && { may_act: input.mayAct }),
  };
}

/** W-CLM-10 and W-CLM-11: only tokens that stem from a user's authentication carry them. */
export function authenticationClaims(
  authentication: Authentication | null,
): Pick<AccessTokenClaims, 'acr' | 'eduperson_assurance'> {
  if (authentication === null) return {};
  return {
    ...(authentication.assurance.length > 0 && { eduperson_assurance: authentication.assurance }),
    ...(authentication.acr !== null && { acr: authentication.acr }),
  };
}
