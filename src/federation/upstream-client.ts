/** Talks to upstream providers (OpenID Connect Core, code flow with PKCE): discovery kept for an hour, every answer checked by openid-client. */
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { readLogoutToken, type UpstreamLogout } from './logout-token.ts';
import {
  acrValuesFor,
  type Claims,
  checkRequired,
  defaultScopes,
  type Upstream,
  type UpstreamProof,
} from './upstream.ts';
import { checkIdToken, proofOf, reasonOf } from './upstream-answer.ts';
import { isNewEnough, oldestLoginSeconds, toleranceSeconds, type UpstreamRequest } from './upstream-request.ts';

/** What is passed on to the provider. */
export interface UpstreamHints {
  readonly loginHint?: string | undefined;
  readonly acrValues?: readonly string[] | undefined;
  /** A provider behind the provider (AARC-G061). */
  readonly idpHint?: string | undefined;
}

/** What a provider says of itself at its discovery address (OpenID Connect Discovery 1.0 section 3). */
export interface UpstreamDiscovery {
  /** By the names of the metadata, those that are used here; what it does not have is absent. */
  readonly places: Readonly<Record<string, string>>;
  /** Of its ID tokens. */
  readonly algorithms: readonly string[];
}

export interface UpstreamClient {
  /** Asks at the discovery address now, whatever is known. */
  ask(upstream: Upstream): Promise<PeopleAnswer<UpstreamDiscovery>>;
  /** Where the browser is sent; `unavailable` when the provider cannot be reached. */
  begin(
    upstream: Upstream,
    place: { readonly redirectUri: string; readonly state: string },
    request: UpstreamRequest,
    hints: UpstreamHints,
  ): Promise<PeopleAnswer<URL>>;
  /** What came back, checked: `url` is that of the callback with its query. */
  complete(upstream: Upstream, url: URL, state: string, request: UpstreamRequest): Promise<PeopleAnswer<UpstreamProof>>;
  /** Where a session there is ended (OpenID Connect RP-Initiated Logout 1.0); undefined: the provider has no such place, or does not answer. */
  logoutUrl(
    upstream: Upstream,
    place: { readonly idToken: string; readonly returnTo: string; readonly state?: string },
  ): Promise<URL | undefined>;
  /** The logout token that came from the provider, checked. */
  verifyLogout(upstream: Upstream, token: string): Promise<PeopleAnswer<UpstreamLogout>>;
}

export interface UpstreamClientDeps {
  /** Secrets of this server by the names of providers. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly clock: Clock;
  /** Is told why a provider could not be used; never a token or code. */
  readonly onFailure: (upstream: string, reason: string) => void;
  /** Is told that a provider answered as expected. */
  readonly onAnswer: (upstream: string) => void;
  /** For each answer of a provider; 10 when absent. */
  readonly timeoutSeconds?: number;
}

const discoveryMilliseconds = 3_600_000;
const usedPlaces = [
  'authorization_endpoint',
  'token_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
  'end_session_endpoint',
] as const;

export function createUpstreamClient({
  secrets,
  clock,
  onFailure,
  onAnswer,
  timeoutSeconds = 10,
}: UpstreamClientDeps): UpstreamClient {
  const keySets = new WeakMap<oidc.Configuration, JWTVerifyGetKey>();
  const known = new Map<string, { readonly at: number; readonly configuration: Promise<oidc.Configuration> }>();

  const discover = async (upstream: Upstream, anew = false): Promise<oidc.Configuration> => {
    const { issuer, clientId, name } = upstream;
    const key = `${name} ${issuer} ${clientId}`;
    const present = known.get(key);
    if (!anew && present !== undefined && clock.now() - present.at < discoveryMilliseconds)
      return present.configuration;
    const secret = secrets[name];
    const url = new URL(issuer);
    const configuration = oidc.discovery(
      url,
      clientId,
      { [oidc.clockTolerance]: toleranceSeconds } as Partial<oidc.ClientMetadata>,
      secret === undefined ? oidc.None() : oidc.ClientSecretBasic(secret),
      {
        timeout: timeoutSeconds,
        [oidc.customFetch]: boundedFetch,
        // Signatures are checked although the connection proves who answers: a proxy on the way has no say.
        execute: [oidc.enableNonRepudiationChecks, ...(url.protocol === 'http:' ? [oidc.allowInsecureRequests] : [])],
      },
    );
    const keep = () => known.set(key, { at: clock.now(), configuration });
    // Who comes meanwhile waits for the same answer, or goes on with the one there is.
    if (!anew) keep();
    configuration.then(
      () => {
        if (anew) keep();
        onAnswer(name);
      },
      // A failure is no answer to keep.
      () => anew || known.delete(key),
    );
    return configuration;
  };

  /** Kept as long as what discovery said: the keys are asked for when a token names a new one. */
  const keysOf = (configuration: oidc.Configuration): JWTVerifyGetKey => {
    const { jwks_uri: uri } = configuration.serverMetadata();
    if (uri === undefined) throw new Error('a provider without keys');
    const present = keySets.get(configuration);
    if (present !== undefined) return present;
    const options = { timeoutDuration: timeoutSeconds * 1000, [customFetch]: boundedFetch };
    const made = createRemoteJWKSet(new URL(uri), options);
    keySets.set(configuration, made);
    return made;
  };

  const attempt = async <T>(upstream: Upstream, work: () => Promise<PeopleAnswer<T>>): Promise<PeopleAnswer<T>> => {
    try {
      return await work();
    } catch (error) {
      const reason = reasonOf(error);
      onFailure(upstream.name, reason);
      return refused('conflict', `${upstream.title} could not be used: ${reason}`);
    }
  };

  return {
    ask: (upstream) =>
      attempt(upstream, async () => {
        const metadata = (await discover(upstream, true)).serverMetadata();
        const places = usedPlaces.flatMap((name) => textsOf(metadata[name]).map((place) => [name, place]));
        const algorithms = textsOf(metadata.id_token_signing_alg_values_supported ?? 'RS256');
        return ok({ places: Object.fromEntries(places), algorithms: algorithms.slice(0, 20) });
      }),

    begin: (upstream, { redirectUri, state }, { verifier, nonce, fresh, maxAge = oldestLoginSeconds }, hints) =>
      attempt(upstream, async () => {
        const configuration = await discover(upstream);
        const acrValues = acrValuesFor(upstream, hints.acrValues ?? []);
        const url = oidc.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: (upstream.scopes ?? defaultScopes).join(' '),
          state,
          nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...(hints.loginHint && { login_hint: hints.loginHint }),
          ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
          ...(hints.idpHint && { idp_hint: hints.idpHint }),
          // With `max_age` a provider has to say when it was that somebody logged in (OpenID Connect Core section 2).
          ...(fresh ? { prompt: 'login', max_age: '0' } : { max_age: String(Math.min(maxAge, oldestLoginSeconds)) }),
        });
        return ok(url);
      }),

    complete: (upstream, url, state, request) =>
      attempt(upstream, async () => {
        const configuration = await discover(upstream);
        const tokens = await oidc.authorizationCodeGrant(configuration, url, {
          pkceCodeVerifier: request.verifier,
          expectedState: state,
          expectedNonce: request.nonce,
          idTokenExpected: true,
        });
        const identity = tokens.claims();
        if (identity === undefined || tokens.id_token === undefined) throw new Error('an answer without ID token');
        checkIdToken(identity, upstream.clientId, clock.now());
        const claims = await withUserinfo(configuration, tokens.access_token, identity);
        onAnswer(upstream.name);
        if (!isNewEnough(identity, request)) {
          return refused('conflict', `${upstream.title} did not ask for a new sign-in, and a new one is needed here`);
        }
        const allowed = checkRequired(upstream, claims);
        return allowed.ok
          ? ok(proofOf(upstream, { identity, claims, idToken: tokens.id_token, sentAt: request.sentAt }))
          : allowed;
      }),

    logoutUrl: async (upstream, { idToken, returnTo, state }) => {
      try {
        const configuration = await discover(upstream);
        if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
        return oidc.buildEndSessionUrl(configuration, {
          id_token_hint: idToken,
          post_logout_redirect_uri: returnTo,
          ...(state !== undefined && { state }),
        });
      } catch (error) {
        onFailure(upstream.name, reasonOf(error));
        return undefined;
      }
    },

    verifyLogout: (upstream, token) =>
      attempt(upstream, async () => {
        const configuration = await discover(upstream);
        const { issuer } = configuration.serverMetadata();
        const { clientId } = upstream;
        const keys = keysOf(configuration);
        return ok(await readLogoutToken(token, { issuer, clientId, keys, now: clock.now(), toleranceSeconds }));
      }),
  };
}

/** Most providers say who it is at userinfo only; what both say counts as the signed one says it. */
async function withUserinfo(
  configuration: oidc.Configuration,
  accessToken: string,
  identity: oidc.IDToken,
): Promise<Claims> {
  if (configuration.serverMetadata().userinfo_endpoint === undefined) return identity;
  return { ...(await oidc.fetchUserInfo(configuration, accessToken, identity.sub)), ...identity };
}

/** A provider may say anything, of any length. */
function textsOf(value: unknown): string[] {
  return [value]
    .flat()
    .filter((one) => typeof one === 'string')
    .map((one) => one.slice(0, 500));
}
