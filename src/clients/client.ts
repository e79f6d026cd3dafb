/** A registered OAuth client as the running server knows it: the lake file's fields, its secret only as a hash. */
import type { Membership, PolicyMode } from '../policy/rule.ts';
import type { IdentityClaim } from '../tokens/identity.ts';
import type { TokenProfile } from '../tokens/profile.ts';

export type AuthMethod =
  | 'client_secret_basic'
  | 'client_secret_post'
  | 'private_key_jwt'
  | 'tls_client_auth'
  | 'self_signed_tls_client_auth'
  | 'none';

/** Life of access tokens for one audience, in seconds. */
export interface AudienceLifetime {
  readonly audience: string;
  readonly accessTokenLifetimeSeconds: number;
}

/** The secret before the present one, while both are valid. */
export interface PreviousSecret {
  readonly hash: string;
  /** Milliseconds since the epoch: the first instant at which it is valid no more. */
  readonly endsAt: number;
}

/** Fields as named in the lake file; the JSON Schema in docs/reference describes each. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly secretHash: string | null;
  readonly previousSecret: PreviousSecret | null;
  readonly name: string | null;
  readonly tokenEndpointAuthMethod: AuthMethod;
  readonly grantTypes: readonly string[];
  /** `native`: redirects to the machine itself are accepted at every port (RFC 8252); null: inferred. */
  readonly applicationType: 'native' | 'web' | null;
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  /** What it may ask for; null: every storage, alias, service and the wildcard. */
  readonly audiences: readonly string[] | null;
  readonly defaultAudience: string | null;
  readonly policyMode: PolicyMode;
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] } | null;
  readonly jwksUri: string | null;
  /** Whether it may ask for optional groups by name; false for dynamically registered clients (W-SEC-2). */
  readonly optionalGroups: boolean;
  readonly accessTokenLifetimeSeconds: number | null;
  /** Go before `accessTokenLifetimeSeconds`. */
  readonly audienceLifetimes: readonly AudienceLifetime[];
  readonly refreshTokenLifetimeSeconds: number | null;
  /** A chain unused for so long has ended; null: only its lifetime ends it. */
  readonly refreshTokenIdleSeconds: number | null;
  readonly accessTokenSigningAlg: 'RS256' | 'ES256';
  readonly idTokenSignedResponseAlg: 'RS256' | 'ES256';
  readonly tokenProfile: TokenProfile;
  /** What its access tokens, and introspection by it, say of the user beside `sub` (W-AT-3). */
  readonly identityClaims: readonly IdentityClaim[];
  readonly refreshTokens: 'rotate' | 'multi-use';
  /** How long a rotated token gets the same successor again. */
  readonly refreshTokenGraceSeconds: number;
  /** Rotated when less than this part of its life is left; 1: at every refresh. */
  readonly refreshTokenRotateBelow: number;
  /** May exchange an access token for a refresh token. */
  readonly exchangeOffline: boolean;
  /** Told by a logout token when the session of a user ends (OpenID Connect Back-Channel Logout 1.0). */
  readonly backchannelLogoutUri: string | null;
  readonly dpopBoundAccessTokens: boolean;
  readonly tlsClientCertificateBoundAccessTokens: boolean;
  readonly requirePushedAuthorizationRequests: boolean;
  readonly requireSignedRequestObject: boolean;
  /** Of the certificate in `tls_client_auth` (RFC 8705 section 2.1.2); one of the two. */
  readonly tlsClientAuthSubjectDn: string | null;
  readonly tlsClientAuthSanDns: string | null;
  /** Signature of JWT answers at introspection (RFC 9701); null: `RS256` when a JWT is asked for. */
  readonly introspectionSignedResponseAlg: 'RS256' | 'ES256' | null;
  /** Mail addresses of who runs it. */
  readonly contacts: readonly string[];
  readonly privileged: boolean;
  readonly introspection: boolean;
  /** Its own memberships, for client_credentials. */
  readonly memberships: readonly Membership[];
}
