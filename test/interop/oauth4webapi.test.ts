/** oauth4webapi, the strictest reader of answers there is, finds nothing to complain about. */
import { readFileSync } from 'node:fs';
import * as oauth from 'oauth4webapi';
import { UserAgent } from '../support/user-agent.ts';
import { type Application, createApplication, redirectUri } from './party-application.ts';
import { logIn } from './party-login.ts';
import { openPartyStage, type PartyStage } from './party-stage.ts';

const { version } = JSON.parse(
  readFileSync(new URL('../../node_modules/oauth4webapi/package.json', import.meta.url), 'utf8'),
);
const alice = '5a1e0000-0000-4000-8000-000000000001';
const storage = 'https://localhost:8444';

describe(`oauth4webapi ${version}`, () => {
  let stage: PartyStage;
  let application: Application;
  let server: oauth.AuthorizationServer;
  let authentication: oauth.ClientAuth;
  const client = (): oauth.Client => ({ client_id: application.clientId });

  beforeAll(async () => {
    application = await createApplication('strict', {
      tokenProfile: 'rfc9068',
      introspectionSignedResponseAlg: 'ES256',
    });
    stage = await openPartyStage(application.lake);
    const { key, kid } = application;
    const issuer = new URL(stage.issuer.url);
    server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
    authentication = oauth.PrivateKeyJwt({ key, kid });
  });
  afterAll(() => stage?.close());

  const authorize = async (parameters: Record<string, string>) => {
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(server.authorization_endpoint ?? '');
    url.search = new URLSearchParams({
      client_id: application.clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...parameters,
    }).toString();
    const page = await logIn(new UserAgent(), url, 'alice', redirectUri);
    return { verifier, back: page.location ?? page.url };
  };
  const redeem = async (scope: string, options: { audience?: string } = {}) => {
    const nonce = oauth.generateRandomNonce();
    const state = oauth.generateRandomState();
    const { verifier, back } = await authorize({ scope, nonce, state, ...options });
    const parameters = oauth.validateAuthResponse(server, client(), back, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client(),
      authentication,
      parameters,
      redirectUri,
      verifier,
    );
    return oauth.processAuthorizationCodeResponse(server, client(), response, {
      expectedNonce: nonce,
      requireIdToken: true,
    });
  };

  test('accepts the code flow: `iss` and state at the redirect, nonce, `at_hash` and signature of the ID token', async () => {
    const tokens = await redeem('openid profile offline_access');
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ sub: alice, aud: 'strict', iss: stage.issuer.url });
    const refreshed = await oauth.processRefreshTokenResponse(
      server,
      client(),
      await oauth.refreshTokenGrantRequest(server, client(), authentication, tokens.refresh_token ?? ''),
    );
    expect(refreshed.refresh_token).toEqual(expect.any(String));
  });

  test('reads an error at the redirect as one of the issuer', async () => {
    const state = oauth.generateRandomState();
    const { back } = await authorize({ scope: 'openid', state, audience: 'https://evil.example.org' });
    expect(() => oauth.validateAuthResponse(server, client(), back, state)).toThrow(
      expect.objectContaining({ error: 'invalid_target' }),
    );
  });

  test('validates access tokens of the profile `rfc9068` as a resource server (RFC 9068)', async () => {
    const { access_token } = await redeem('openid storage.read:/cta/open', { audience: storage });
    const request = new Request(`${storage}/cta/open/f`, { headers: { authorization: `Bearer ${access_token}` } });
    const claims = await oauth.validateJwtAccessToken(server, request, storage);
    expect(claims).toMatchObject({ sub: alice, client_id: 'strict', scope: 'openid storage.read:/cta/open' });
    const elsewhere = oauth.validateJwtAccessToken(server, request, 'https://other.example.org');
    await expect(elsewhere).rejects.toThrow(/unexpected JWT "aud"/);
  });

  test('reads introspection as JSON and as a signed JWT (RFC 7662, RFC 9701)', async () => {
    const { access_token } = await redeem('openid profile');
    const plain = await oauth.introspectionRequest(server, client(), authentication, access_token);
    expect(await oauth.processIntrospectionResponse(server, client(), plain)).toMatchObject({
      active: true,
      sub: alice,
    });
    const asJwt = { requestJwtResponse: true };
    const signed = await oauth.introspectionRequest(server, client(), authentication, access_token, asJwt);
    expect(signed.headers.get('content-type')).toContain('application/token-introspection+jwt');
    const reader = { ...client(), introspection_signed_response_alg: 'ES256' };
    expect(await oauth.processIntrospectionResponse(server, reader, signed)).toMatchObject({
      active: true,
      sub: alice,
    });
  });

  test('accepts revocation, pushed requests and errors of the token endpoint', async () => {
    const { refresh_token = '' } = await redeem('openid offline_access');
    await oauth.processRevocationResponse(
      await oauth.revocationRequest(server, client(), authentication, refresh_token),
    );
    const refused = await oauth.refreshTokenGrantRequest(server, client(), authentication, refresh_token);
    await expect(oauth.processRefreshTokenResponse(server, client(), refused)).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    });
    const pushed = await oauth.pushedAuthorizationRequest(server, client(), authentication, {
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
    });
    const { request_uri } = await oauth.processPushedAuthorizationResponse(server, client(), pushed);
    expect(request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:/);
  });
});
