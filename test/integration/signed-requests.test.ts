import { SignJWT, UnsecuredJWT } from 'jose';
import { callback } from '../support/code-flow.ts';
import { decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { callbackUri, createClientKey, proofLake, requestObject } from '../support/proof-lake.ts';
import { UserAgent } from '../support/user-agent.ts';

const key = createClientKey();
let issuer: TestIssuer;

beforeAll(async () => {
  const keyed = { clientSecret: 'x-demo-secret', jwks: { keys: [key.jwk] } };
  const lake = proofLake([
    { ...keyed, clientId: 'signer', clientSecret: 'signer-demo-secret' },
    { ...keyed, clientId: 'strict', clientSecret: 'strict-demo-secret', requireSignedRequestObject: true },
    { clientId: 'pusher', clientSecret: 'pusher-demo-secret', requirePushedAuthorizationRequests: true },
  ]);
  issuer = await startIssuer({ realTime: true, lake });
});
afterAll(() => issuer?.close());

const scope = 'openid offline_access storage.read:/data';

/** Through the browser; only `client_id` and what is given are sent. */
const begin = async (sent: Record<string, string>) => {
  const url = new URL('authorize', issuer.url);
  url.search = new URLSearchParams(sent).toString();
  const agent = new UserAgent();
  return agent.follow(await agent.get(url));
};

/** All the way to the tokens, for a request that is in `sent` alone. */
async function login(client: string, sent: Record<string, string>) {
  const agent = new UserAgent();
  const url = new URL('authorize', issuer.url);
  url.search = new URLSearchParams({ client_id: client, ...sent }).toString();
  let page = await agent.follow(await agent.get(url));
  page = await agent.follow(await agent.submit(page, '/login', { username: 'alice', password: 'alice-demo-password' }));
  // What was allowed before is not asked again.
  if (page.location === null) page = await agent.follow(await agent.submit(page, '/consent'));
  const fields = { grant_type: 'authorization_code', code: callback(page).code ?? '', redirect_uri: callbackUri };
  return post(issuer, '/token', fields, { client });
}

const errorOf = async (client: string, request: string, more: Record<string, string> = {}) => {
  const page = await begin({ client_id: client, redirect_uri: callbackUri, response_type: 'code', request, ...more });
  return page.location?.searchParams.get('error') ?? /invalid_\w+|request_\w+/.exec(page.html)?.[0];
};

describe('a signed request (RFC 9101)', () => {
  test('counts with its audiences and offline_access, what is outside of it does not', async () => {
    const request = await requestObject(key, issuer.url, 'signer', { scope, audience: 'tree', state: 'inside' });
    const { body } = await login('signer', { request, scope: 'openid storage.read:/', audience: 'evil', state: 'out' });
    expect(decode(body.access_token).claims.aud).toBe('tree');
    expect([body.scope, typeof body.refresh_token]).toEqual([scope, 'string']);
  });

  test('may ask for several audiences, as list and as resources (W-AUD-5, RFC 8707)', async () => {
    const asked = { scope, audience: ['tree'], resource: ['https://pool.example.org'] };
    const { body } = await login('signer', { request: await requestObject(key, issuer.url, 'signer', asked) });
    expect(decode(body.access_token).claims.aud).toEqual(['tree', 'https://pool.example.org']);
  });

  test('for an audience that is not registered is invalid_target by redirect', async () => {
    const request = await requestObject(key, issuer.url, 'signer', { scope, audience: 'https://evil.example' });
    expect(await errorOf('signer', request)).toBe('invalid_target');
  });

  test('cannot smuggle an audience in our own notation', async () => {
    const resource = `urn:sluice:audience:${encodeURIComponent('["tree"]')}`;
    const request = await requestObject(key, issuer.url, 'signer', { scope, resource });
    expect(await errorOf('signer', request)).toBe('invalid_target');
  });

  test.each([
    ['of another issuer', { aud: 'https://other.example/' }],
    ['of another client', { iss: 'portal' }],
    ['without client_id', { client_id: undefined }],
    ['without end', { exp: undefined }],
    ['that ends in ten years', { exp: Math.floor(Date.now() / 1000) + 315_000_000 }],
    ['that has ended', { exp: Math.floor(Date.now() / 1000) - 100 }],
    ['with the client as subject, as an assertion has it', { sub: 'signer' }],
  ])('%s is refused', async (_name, claims) => {
    const request = await requestObject(key, issuer.url, 'signer', { scope, ...claims });
    expect(await errorOf('signer', request)).toBe('invalid_request_object');
  });

  test('with the type of another JWT is refused (RFC 9101 section 10.8)', async () => {
    const request = await requestObject(key, issuer.url, 'signer', { scope }, 'at+jwt');
    expect(await errorOf('signer', request)).toBe('invalid_request_object');
  });

  test('by another key, without signature or with the placeholder for secrets is refused', async () => {
    const stranger = await requestObject(createClientKey(), issuer.url, 'signer', { scope });
    const claims = { iss: 'signer', client_id: 'signer', aud: issuer.url, scope, redirect_uri: callbackUri };
    const unsigned = new UnsecuredJWT({ ...claims, response_type: 'code' }).setExpirationTime('1m').encode();
    const secret = new TextEncoder().encode('kept-as-a-hash');
    const hmac = await new SignJWT({ ...claims, response_type: 'code' })
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1m')
      .sign(secret);
    for (const request of [stranger, unsigned, hmac]) {
      expect(await errorOf('signer', request)).toBe('invalid_request_object');
    }
  });

  test('is required of a client that says so, also when it pushes its request', async () => {
    const plain = { client_id: 'strict', response_type: 'code', redirect_uri: callbackUri, scope };
    expect((await begin(plain)).location?.searchParams.get('error')).toBe('invalid_request');
    expect((await post(issuer, '/par', plain, { client: 'strict' })).body.error).toBe('invalid_request');
    const request = await requestObject(key, issuer.url, 'strict', { scope, audience: 'tree' });
    const { body } = await login('strict', { request });
    expect(decode(body.access_token).claims.aud).toBe('tree');
  });

  test('is never fetched from an address of the client’s choice', async () => {
    const page = await begin({ client_id: 'signer', request_uri: 'https://evil.example/request' });
    expect(page.html).toContain('request_uri_not_supported');
  });
});

describe('a pushed request (RFC 9126)', () => {
  const push = async (client: string, more: Record<string, string | string[]>) =>
    post(
      issuer,
      '/par',
      { client_id: client, response_type: 'code', redirect_uri: callbackUri, scope, ...more },
      { client },
    );

  test.each([
    ['audience', { audience: 'tree' }, 'tree'],
    ['resource', { resource: 'https://pool.example.org' }, 'https://pool.example.org'],
  ])('carries its %s and offline_access', async (_name, asked, aud) => {
    const { status, body } = await push('pusher', asked);
    expect([status, body.expires_in]).toEqual([201, 60]);
    const tokens = (await login('pusher', { request_uri: body.request_uri })).body;
    expect(decode(tokens.access_token).claims.aud).toBe(aud);
    expect(typeof tokens.refresh_token).toBe('string');
  });

  test('may be a signed one, with the audiences in it', async () => {
    const request = await requestObject(key, issuer.url, 'strict', { scope, audience: 'tree' });
    const { body } = await post(issuer, '/par', { request }, { client: 'strict' });
    const tokens = (await login('strict', { request_uri: body.request_uri })).body;
    expect(decode(tokens.access_token).claims.aud).toBe('tree');
    expect(typeof tokens.refresh_token).toBe('string');
  });

  test('for an audience that is not registered is invalid_target at once', async () => {
    expect((await push('pusher', { audience: 'https://evil.example' })).body.error).toBe('invalid_target');
  });

  test('is required of a client that says so', async () => {
    const page = await begin({ client_id: 'pusher', response_type: 'code', redirect_uri: callbackUri, scope });
    expect(page.location?.searchParams.get('error')).toBe('invalid_request');
  });

  test('serves one login, of the client that pushed it', async () => {
    const { request_uri } = (await push('pusher', {})).body;
    const stolen = await begin({ client_id: 'portal', request_uri });
    expect(stolen.location?.searchParams.get('code') ?? null).toBeNull();
    expect((await login('pusher', { request_uri })).status).toBe(200);
    const again = await begin({ client_id: 'pusher', request_uri });
    expect([again.status, again.location]).toEqual([400, null]);
  });
});

test('PKCE: a public client needs it, by S256 (PK-01, PK-03)', async () => {
  const plain = { client_id: 'spa', response_type: 'code', redirect_uri: callbackUri, scope };
  const errorFor = async (more: Record<string, string>) =>
    (await begin({ ...plain, ...more })).location?.searchParams.get('error');
  expect(await errorFor({})).toBe('invalid_request');
  const code_challenge = 'a-code-verifier-of-sufficient-length-for-rfc-7636';
  expect(await errorFor({ code_challenge, code_challenge_method: 'plain' })).toBe('invalid_request');
  expect(await errorFor({ code_challenge })).toBe('invalid_request');
});

test('the metadata says what requests may be', async () => {
  const answer = await fetch(new URL('.well-known/openid-configuration', issuer.url));
  const metadata = (await answer.json()) as Record<string, unknown>;
  expect(metadata).toMatchObject({
    request_parameter_supported: true,
    request_uri_parameter_supported: false,
    require_pushed_authorization_requests: false,
    code_challenge_methods_supported: ['S256'],
  });
  expect(metadata.request_object_signing_alg_values_supported).not.toContain('none');
  expect(metadata.token_endpoint_auth_methods_supported).not.toContain('tls_client_auth');
});
