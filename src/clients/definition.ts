/** From what the lake file says of a client to the client that the server knows: the defaults are filled here and nowhere else. */
import type { Membership, PolicyMode } from '../policy/rule.ts';
import type { AuthMethod, RegisteredClient } from './client.ts';

/** The lake file's fields of a client as they are stored: only what was said, without id, secret, groups and state. */
export interface ClientDefinition {
  readonly name?: string | undefined;
  readonly tokenEndpointAuthMethod?: AuthMethod | undefined;
  readonly jwks?: { readonly keys: readonly Record<string, unknown>[] } | undefined;
  readonly jwksUri?: string | undefined;
  readonly grantTypes?: readonly string[] | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly defaultAudience?: string | undefined;
  readonly policyMode?: PolicyMode | undefined;
  readonly accessTokenLifetimeSeconds?: number | undefined;
  readonly refreshTokenLifetimeSeconds?: number | undefined;
  readonly accessTokenSigningAlg?: 'RS256' | 'ES256' | undefined;
  readonly refreshTokens?: 'rotate' | 'multi-use' | undefined;
  readonly privileged?: boolean | undefined;
  readonly introspection?: boolean | undefined;
}

/** Who the definition belongs to, and what is kept beside it. */
export interface ClientIdentity {
  readonly clientId: string;
  /** `sha256:` and base64url, or null for clients without a secret. */
  readonly secretHash: string | null;
  readonly memberships: readonly Membership[];
}

/** A registered client with every default filled in. */
export function registeredClient(identity: ClientIdentity, said: ClientDefinition): RegisteredClient {
  return { ...identity, ...registration(said), ...targets(said), ...tokenSettings(said) };
}

function registration(said: ClientDefinition) {
  const redirectUris = said.redirectUris ?? [];
  return {
    name: said.name ?? null,
    tokenEndpointAuthMethod: said.tokenEndpointAuthMethod ?? defaultAuthMethod,
    grantTypes: said.grantTypes ?? (redirectUris.length > 0 ? ['authorization_code'] : []),
    redirectUris,
    postLogoutRedirectUris: said.postLogoutRedirectUris ?? [],
    jwks: said.jwks ?? null,
    jwksUri: said.jwksUri ?? null,
  };
}

function targets(said: ClientDefinition) {
  return {
    scopes: said.scopes ?? [],
    audiences: said.audiences ?? null,
    defaultAudience: said.defaultAudience ?? null,
    policyMode: said.policyMode ?? ('narrow' as const),
  };
}

function tokenSettings(said: ClientDefinition) {
  return {
    accessTokenLifetimeSeconds: said.accessTokenLifetimeSeconds ?? null,
    refreshTokenLifetimeSeconds: said.refreshTokenLifetimeSeconds ?? null,
    accessTokenSigningAlg: said.accessTokenSigningAlg ?? ('RS256' as const),
    refreshTokens: said.refreshTokens ?? ('rotate' as const),
    privileged: said.privileged ?? false,
    introspection: said.introspection ?? true,
  };
}

/** RFC 7591 section 2. */
export const defaultAuthMethod: AuthMethod = 'client_secret_basic';
