/** A registered OAuth client as the running server knows it: the lake file's fields, its secret only as a hash. */
import type { Membership, PolicyMode } from '../policy/rule.ts';

export type AuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';

/** Fields as named in the lake file; the JSON Schema in docs/reference describes each. */
export interface RegisteredClient {
  readonly clientId: string;
  readonly secretHash: string | null;
  readonly name: string | null;
  readonly tokenEndpointAuthMethod: AuthMethod;
  readonly grantTypes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  /** What it may ask for; null: every storage, alias, service and the wildcard. */
  readonly audiences: readonly string[] | null;
  readonly defaultAudience: string | null;
  readonly policyMode: PolicyMode;
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] } | null;
  readonly jwksUri: string | null;
  readonly accessTokenLifetimeSeconds: number | null;
  readonly refreshTokenLifetimeSeconds: number | null;
  readonly accessTokenSigningAlg: 'RS256' | 'ES256';
  readonly refreshTokens: 'rotate' | 'multi-use';
  readonly privileged: boolean;
  readonly introspection: boolean;
  /** Its own memberships, for client_credentials. */
  readonly memberships: readonly Membership[];
}
