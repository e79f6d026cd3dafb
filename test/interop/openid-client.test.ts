/** openid-client, which applications in JavaScript use, goes through every flow that the issuer announces. */
import { readFileSync } from 'node:fs';
import * as oidc from 'openid-client';
import { UserAgent } from '../support/user-agent.ts';
import { type Application, createApplication, redirectUri } from './party-application.ts';
import { confirmDevice, logIn } from './party-login.ts';
import { openPartyStage, type PartyStage } from './party-stage.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../node_modules/openid-client/package.json', import.meta.url), 'utf8'),
);
const alice = '5a1e0000-0000-4000-8000-000000000001';
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

describe(`openid-client ${version}`, () => {
  let stage: PartyStage;
  let application: Application;
  let config: oidc.Configuration;

  beforeAll(async () => {
    application = await createApplication('application');
    stage = await openPartyStage(application.lake);
    const { key, kid } = application;
    config = await oidc.discovery(new URL(stage.issuer.url), 'application', {}, oidc.PrivateKeyJwt({ key, kid }), {
      execute: [oidc.enableNonRepudiationChecks],
    });
  });
  afterAll(() => stage?.close());

  const begin = async (scope: string) => {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const checks = {
      pkceCodeVerifier,
      expectedState: oidc.randomState(),
      expectedNonce: oidc.randomNonce(),
      idTokenExpected: true,
    };
    const parameters = {
      redirect_uri: redirectUri,
      scope,
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    };
    return { checks, parameters };
  };
  /** Alice's browser, from the first redirect to the one that leaves the issuer. */
  const browse = async (url: URL): Promise<URL> => {
    const page = await logIn(new UserAgent(), url, 'alice', redirectUri);
    return page.location ?? page.url;
  };
  const logInWith = async (scope: string) => {
    const { checks, parameters } = await begin(scope);
    const back = await browse(oidc.buildAuthorizationUrl(config, parameters));
    return oidc.authorizationCodeGrant(config, back, checks);
  };

  test('logs in by the code flow with PKCE, checks `iss`, state, nonce and both signatures, and asks for userinfo', async () => {
    const tokens = await logInWith('openid profile email wlcg.groups');
    expect(tokens.claims()).toMatchObject({ sub: alice, aud: 'application', iss: stage.issuer.url });
    expect(tokens.expiresIn()).toBeGreaterThan(0);
    expect(await oidc.fetchUserInfo(config, tokens.access_token, alice)).toMatchObject({
      preferred_username: 'alice',
      email: 'alice@example.org',
      'wlcg.groups': ['/escape', '/escape/cta'],
    });
  });

  test('refreshes, narrower than before, and gets a refresh token again', async () => {
    const tokens = await logInWith('openid offline_access storage.read:/cta/open');
    const later = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', {
      scope: 'openid storage.read:/cta/open/a',
    });
    expect(later.scope).toBe('openid storage.read:/cta/open/a');
    expect(later.refresh_token).toEqual(expect.any(String));
    expect(later.claims()).toMatchObject({ sub: alice });
  });

  test('acts for itself with `private_key_jwt`, for a path, an audience (RFC 8707) and with a ready error for more', async () => {
    const resource = 'https://localhost:8444';
    const { scope, access_token } = await oidc.clientCredentialsGrant(config, {
      scope: 'storage.read:/cta/open',
      resource,
    });
    expect(scope).toBe('storage.read:/cta/open');
    expect(await oidc.tokenIntrospection(config, access_token)).toMatchObject({ active: true, aud: resource });
    const more = oidc.clientCredentialsGrant(config, { scope: 'storage.modify:/cta/open', resource });
    await expect(more).rejects.toMatchObject({ error: 'invalid_scope', status: 400 });
  });

  test('revokes a refresh token, with which the access tokens of the login end', async () => {
    const tokens = await logInWith('openid offline_access');
    const refreshToken = tokens.refresh_token ?? '';
    expect(await oidc.tokenIntrospection(config, refreshToken)).toMatchObject({ active: true });
    await oidc.tokenRevocation(config, refreshToken);
    expect(await oidc.tokenIntrospection(config, refreshToken)).toEqual({ active: false });
    await expect(oidc.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  test('exchanges a token for a narrower one (RFC 8693)', async () => {
    const tokens = await logInWith('openid storage.read:/cta/open');
    const exchanged = await oidc.genericGrantRequest(config, exchange, {
      subject_token: tokens.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      scope: 'storage.read:/cta/open/a',
      audience: 'https://localhost:8444',
    });
    expect(exchanged).toMatchObject({
      scope: 'storage.read:/cta/open/a',
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    });
  });

  test('pushes its request (RFC 9126)', async () => {
    const { checks, parameters } = await begin('openid profile');
    const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters);
    expect([...url.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const tokens = await oidc.authorizationCodeGrant(config, await browse(url), checks);
    expect(tokens.claims()).toMatchObject({ sub: alice });
  });

  test('signs its request (RFC 9101)', async () => {
    const { checks, parameters } = await begin('openid profile');
    const { key, kid } = application;
    const url = await oidc.buildAuthorizationUrlWithJAR(config, parameters, { key, kid });
    expect(url.searchParams.has('scope')).toBe(false);
    const tokens = await oidc.authorizationCodeGrant(config, await browse(url), checks);
    expect(tokens.claims()).toMatchObject({ sub: alice });
  });

  test('binds its tokens to a key (RFC 9449), and userinfo asks for the proof', async () => {
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const { checks, parameters } = await begin('openid profile offline_access');
    const back = await browse(oidc.buildAuthorizationUrl(config, parameters));
    const tokens = await oidc.authorizationCodeGrant(config, back, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    expect(await oidc.fetchUserInfo(config, tokens.access_token, alice, { DPoP })).toMatchObject({ sub: alice });
    await expect(oidc.fetchUserInfo(config, tokens.access_token, alice)).rejects.toThrow();
    const later = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? '', undefined, { DPoP });
    expect(later.token_type).toBe('dpop');
  });

  test('logs out by redirect, and comes back to the registered page', async () => {
    const tokens = await logInWith('openid');
    const url = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: 'http://localhost:9100/',
      state: 'bye',
    });
    const agent = new UserAgent();
    const page = await agent.get(url);
    expect(page.status).toBe(200);
    const back = await agent.follow(await agent.submit(page, '/logout/confirm', { logout: 'yes' }));
    expect(back.location?.href).toBe('http://localhost:9100/?state=bye');
  });

  test('as a public client polls for the device flow until the user has confirmed', async () => {
    const cli = await oidc.discovery(new URL(stage.issuer.url), 'cli', undefined, oidc.None());
    const device = await oidc.initiateDeviceAuthorization(cli, {
      scope: 'openid offline_access storage.read:/cta/open',
    });
    const polled = oidc.pollDeviceAuthorizationGrant(cli, device);
    await confirmDevice(new UserAgent(), device.verification_uri_complete ?? '');
    const tokens = await polled;
    expect(tokens.claims()).toMatchObject({ sub: alice, aud: 'cli' });
    expect(tokens.scope?.split(' ')).toContain('storage.read:/cta/open');
  });

  test('registers itself with the token of a user (RFC 7591), and logs that user in', async () => {
    const initial = await logInWith('openid');
    const own = await oidc.dynamicClientRegistration(
      new URL(stage.issuer.url),
      {
        client_name: 'A new application',
        redirect_uris: [redirectUri],
        scope: 'openid profile',
        token_endpoint_auth_method: 'client_secret_basic',
      },
      undefined,
      { initialAccessToken: initial.access_token },
    );
    const { checks, parameters } = await begin('openid profile');
    const back = await browse(oidc.buildAuthorizationUrl(own, parameters));
    const tokens = await oidc.authorizationCodeGrant(own, back, checks);
    expect(tokens.claims()).toMatchObject({ sub: alice, aud: own.clientMetadata().client_id });
  });
});
