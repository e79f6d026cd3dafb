/** The protocol library's configuration: every default that matters is set on purpose (oidc-provider-notes 8 to 24). */
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { SecondFactorGate } from '../authentication/gate.ts';
import type { RegisteredClient } from '../clients/client.ts';
import { accessTokenLifetime, refreshTokenLifetime } from '../tokens/lifetime.ts';
import { multiFactorAcr, singleFactorAcr } from '../tokens/profile.ts';
import { claimsByScope } from './account.ts';
import { type AdapterDeps, createAdapterFactory } from './adapter.ts';
import { encodeAudiences } from './audience-parameter.ts';
import { sessionSeconds } from './browser-session.ts';
import { assertClaimsParameter } from './claims-parameter.ts';
import { createAssertionCheck } from './client-assertion.ts';
import { mayAskFrom } from './cross-origin.ts';
import { dpopAlgorithms } from './dpop-proof.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import { interactionPolicy } from './interaction-policy.ts';
import { issuedToken } from './issued.ts';
import { type MutualTls, mutualTlsFeature, mutualTlsMethods } from './mutual-tls.ts';
import type { ProviderPages } from './pages.ts';
import { createRequestObjectCheck, requestObjectAlgorithms } from './request-object.ts';
import { type ProviderKeys, presentKeys } from './signing-keys.ts';

/** INDIGO's paths, so that services configured for it find everything where it was. */
export const routes = {
  authorization: '/authorize',
  token: '/token',
  device_authorization: '/devicecode',
  code_verification: '/device',
  userinfo: '/userinfo',
  introspection: '/introspect',
  revocation: '/revoke',
  jwks: '/jwk',
  end_session: '/logout',
  pushed_authorization_request: '/par',
};

/** How clients prove who they are; the metadata says the same. */
export const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

/** Algorithms of client assertions (RFC 7523). */
export const assertionAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'ES256', 'ES384'] as const;

const hour = 3600;

export interface ConfigurationDeps extends AdapterDeps {
  readonly issuer: string;
  readonly keys: ProviderKeys;
  readonly cookieSecrets: readonly string[];
  readonly pages: ProviderPages;
  readonly mutualTls: MutualTls | null;
  readonly secondFactor: SecondFactorGate;
  readonly findAccount: NonNullable<Configuration['findAccount']>;
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  readonly getResourceServerInfo: (ctx: KoaContextWithOIDC, resource: string) => Promise<never> | Promise<object>;
  /** For what clients name: key sets, and no redirect. */
  readonly fetch: GuardedFetch;
  readonly findClient: (clientId: string) => RegisteredClient | undefined;
}

export function providerConfiguration(deps: ConfigurationDeps): Configuration {
  const secure = deps.issuer.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure } as const;
  const lifetimeOf = (clientId: string | undefined, lifetime: (client: RegisteredClient) => number) => {
    const client = deps.findClient(clientId ?? '');
    return client ? lifetime(client) : hour;
  };
  return {
    adapter: createAdapterFactory(deps),
    jwks: presentKeys(deps.keys),
    routes,
    fetch: (url, { method, headers, body, signal } = {}) =>
      deps.fetch(url instanceof Request ? url.url : url, {
        method,
        headers,
        body: body === undefined ? null : String(body),
        signal,
      }),
    fetchResponseBodyLimits: { jwks_uri: 64 * 1024 },
    findAccount: deps.findAccount,
    loadExistingGrant: deps.loadExistingGrant,
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    claims: claimsByScope,
    // W-ID-4: ID tokens are self-contained.
    conformIdTokenClaims: false,
    // Which upstream provider a service means (AARC-G061).
    extraParams: ['idp_hint', 'aarc_idp_hint'],
    acrValues: [multiFactorAcr, singleFactorAcr],
    responseTypes: ['code'],
    subjectTypes: ['public'],
    clientAuthMethods: [...clientAuthMethods, ...mutualTlsMethods(deps.mutualTls)],
    clientBasedCORS: mayAskFrom,
    clientDefaults: { id_token_signed_response_alg: 'RS256' },
    enabledJWA: {
      idTokenSigningAlgValues: ['RS256', 'ES256'],
      clientAuthSigningAlgValues: [...assertionAlgorithms],
      requestObjectSigningAlgValues: [...requestObjectAlgorithms],
      dPoPSigningAlgValues: [...dpopAlgorithms],
    },
    assertJwtClientAuthClaimsAndHeader: createAssertionCheck(deps.clock),
    clockTolerance: 15,
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    pkce: { required: (_ctx, client) => client.tokenEndpointAuthMethod === 'none' },
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has('offline_access'),
    expiresWithSession: async (_ctx, source) => !source.scopes.has('offline_access'),
    formats: { bitsOfOpaqueRandomness: 256 },
    interactions: {
      policy: interactionPolicy(deps),
      url: (_ctx, interaction) => new URL(`interaction/${interaction.uid}`, deps.issuer).pathname,
    },
    cookies: {
      keys: [...deps.cookieSecrets],
      names: { session: 'sluice_session', interaction: 'sluice_interaction', resume: 'sluice_resume' },
      long: { ...cookie, path: '/' },
      short: { ...cookie },
    },
    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      userinfo: { enabled: true },
      claimsParameter: { enabled: true, assertClaimsParameter },
      pushedAuthorizationRequests: { enabled: true },
      requestObjects: {
        enabled: true,
        assertJwtClaimsAndHeader: createRequestObjectCheck(() => deps.clock.now()),
      },
      dPoP: { enabled: true, requireNonce: () => false },
      mTLS: mutualTlsFeature(deps.mutualTls, deps.clock),
      backchannelLogout: { enabled: true },
      deviceFlow: {
        enabled: true,
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: (ctx) => ({ address: ctx.state.address, agent: ctx.get('user-agent').slice(0, 200) }),
        userCodeInputSource: deps.pages.deviceInput,
        userCodeConfirmSource: deps.pages.deviceConfirm,
        successSource: deps.pages.deviceSuccess,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: deps.pages.logout,
        postLogoutSuccessSource: deps.pages.loggedOut,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async (_ctx, _client, oneOf) =>
          (Array.isArray(oneOf) ? oneOf[0] : oneOf) ?? encodeAudiences([]),
        useGrantedResource: async () => true,
        getResourceServerInfo: deps.getResourceServerInfo as never,
      },
    },
    renderError: deps.pages.error,
    ttl: {
      AuthorizationCode: 60,
      DeviceCode: 600,
      Interaction: hour,
      Session: sessionSeconds,
      // Needed until its code is redeemed and while its session is remembered; refresh tokens carry their own ceiling.
      Grant: sessionSeconds,
      IdToken: (ctx, _token, client) =>
        issuedToken(ctx)?.expiresInSeconds ??
        lifetimeOf(client.clientId, (registered) => accessTokenLifetime(registered, [])),
      RefreshToken: (_ctx, _token, client) => lifetimeOf(client.clientId, refreshTokenLifetime),
      AccessToken: hour,
      ClientCredentials: hour,
    },
  };
}
