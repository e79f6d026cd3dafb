/** From what the lake file says of a client to the client that the server knows: the defaults are filled here and nowhere else. */
import type { Membership, PolicyMode } from '../policy/rule.ts';
import type { IdentityClaim } from '../tokens/identity.ts';
import type { TokenProfile } from '../tokens/profile.ts';
import { profileAmong } from '../tokens/profile-scopes.ts';
import type { AudienceLifetime, AuthMethod, PreviousSecret, RegisteredClient } from './client.ts';

/** The lake file's fields of a client as they are stored: only what was said, without id, secret, groups and state. */
export interface ClientDefinition {
  readonly name?: string | undefined;
  readonly tokenEndpointAuthMethod?: AuthMethod | undefined;
  readonly jwks?: { readonly keys: readonly Record<string, unknown>[] } | undefined;
  readonly jwksUri?: string | undefined;
  readonly grantTypes?: readonly string[] | undefined;
  readonly applicationType?: 'native' | 'web' | undefined;
  readonly redirectUris?: readonly string[] | undefined;
  readonly postLogoutRedirectUris?: readonly string[] | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly audiences?: readonly string[] | undefined;
  readonly defaultAudience?: string | undefined;
  readonly policyMode?: PolicyMode | undefined;
  readonly optionalGroups?: boolean | undefined;
  readonly accessTokenLifetimeSeconds?: number | undefined;
  readonly audienceLifetimes?: readonly AudienceLifetime[] | undefined;
  readonly refreshTokenLifetimeSeconds?: number | undefined;
  readonly refreshTokenIdleSeconds?: number | undefined;
  readonly accessTokenSigningAlg?: 'RS256' | 'ES256' | undefined;
  readonly idTokenSignedResponseAlg?: 'RS256' | 'ES256' | undefined;
  readonly tokenProfile?: TokenProfile | undefined;
  readonly identityClaims?: readonly IdentityClaim[] | undefined;
  readonly refreshTokens?: 'rotate' | 'multi-use' | undefined;
  readonly refreshTokenGraceSeconds?: number | undefined;
  readonly refreshTokenRotateBelow?: number | undefined;
  readonly exchangeOffline?: boolean | undefined;
  readonly backchannelLogoutUri?: string | undefined;
  readonly dpopBoundAccessTokens?: boolean | undefined;
  readonly tlsClientCertificateBoundAccessTokens?: boolean | undefined;
  readonly requirePushedAuthorizationRequests?: boolean | undefined;
  readonly requireSignedRequestObject?: boolean | undefined;
  readonly tlsClientAuthSubjectDn?: string | undefined;
  readonly tlsClientAuthSanDns?: string | undefined;
  readonly introspectionSignedResponseAlg?: 'RS256' | 'ES256' | undefined;
  readonly privileged?: boolean | undefined;
  readonly introspection?: boolean | undefined;
  readonly owners?: readonly string[] | undefined;
  /** Mail addresses of who runs it. */
  readonly contacts?: readonly string[] | undefined;
}

/** Who the definition belongs to, and what is kept beside it. */
export interface ClientIdentity {
  readonly clientId: string;
  /** `sha256:` and base64url, or null for clients without a secret. */
  readonly secretHash: string | null;
  /** Absent: none. */
  readonly previousSecret?: PreviousSecret | null | undefined;
  readonly memberships: readonly Membership[];
}

/** A registered client with every default filled in. */
export function registeredClient(identity: ClientIdentity, said: ClientDefinition): RegisteredClient {
  return {
    ...identity,
    previousSecret: identity.previousSecret ?? null,
    ...registration(said),
    ...proof(said),
    ...targets(said),
    ...tokenSettings(said),
    ...refreshSettings(said),
  };
}

function registration(said: ClientDefinition) {
  const redirectUris = said.redirectUris ?? [];
  return {
    name: said.name ?? null,
    tokenEndpointAuthMethod: said.tokenEndpointAuthMethod ?? defaultAuthMethod,
    grantTypes: said.grantTypes ?? (redirectUris.length > 0 ? ['authorization_code'] : []),
    applicationType: said.applicationType ?? null,
    redirectUris,
    postLogoutRedirectUris: said.postLogoutRedirectUris ?? [],
    jwks: said.jwks ?? null,
    jwksUri: said.jwksUri ?? null,
  };
}

/** What it has to prove beside its identity, and what it is told. */
function proof(said: ClientDefinition) {
  return {
    backchannelLogoutUri: said.backchannelLogoutUri ?? null,
    dpopBoundAccessTokens: said.dpopBoundAccessTokens ?? false,
    tlsClientCertificateBoundAccessTokens: said.tlsClientCertificateBoundAccessTokens ?? false,
    requirePushedAuthorizationRequests: said.requirePushedAuthorizationRequests ?? false,
    requireSignedRequestObject: said.requireSignedRequestObject ?? false,
    tlsClientAuthSubjectDn: said.tlsClientAuthSubjectDn ?? null,
    tlsClientAuthSanDns: said.tlsClientAuthSanDns ?? null,
    introspectionSignedResponseAlg: said.introspectionSignedResponseAlg ?? null,
    contacts: said.contacts ?? [],
  };
}

function targets(said: ClientDefinition) {
  return {
    scopes: said.scopes ?? [],
    audiences: said.audiences ?? null,
    defaultAudience: said.defaultAudience ?? null,
    policyMode: said.policyMode ?? ('narrow' as const),
    optionalGroups: said.optionalGroups ?? true,
  };
}

function tokenSettings(said: ClientDefinition) {
  return {
    accessTokenLifetimeSeconds: said.accessTokenLifetimeSeconds ?? null,
    audienceLifetimes: said.audienceLifetimes ?? [],
    accessTokenSigningAlg: said.accessTokenSigningAlg ?? ('RS256' as const),
    idTokenSignedResponseAlg: said.idTokenSignedResponseAlg ?? said.accessTokenSigningAlg ?? ('RS256' as const),
    // INDIGO chooses by the scopes of the client, too.
    tokenProfile: said.tokenProfile ?? profileAmong(said.scopes ?? []) ?? ('wlcg' as const),
    identityClaims: said.identityClaims ?? [],
    privileged: said.privileged ?? false,
    introspection: said.introspection ?? true,
  };
}

function refreshSettings(said: ClientDefinition) {
  return {
    refreshTokens: said.refreshTokens ?? ('rotate' as const),
    refreshTokenLifetimeSeconds: said.refreshTokenLifetimeSeconds ?? null,
    refreshTokenIdleSeconds: said.refreshTokenIdleSeconds ?? null,
    refreshTokenGraceSeconds: said.refreshTokenGraceSeconds ?? 60,
    refreshTokenRotateBelow: said.refreshTokenRotateBelow ?? 1,
    exchangeOffline: said.exchangeOffline ?? false,
  };
}

/** RFC 7591 section 2. */
export const defaultAuthMethod: AuthMethod = 'client_secret_basic';
