import { authorize, callback, pkce } from '../support/code-flow.ts';
import { createDpopKey, type DpopKey } from '../support/dpop.ts';
import { basic, decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { callbackUri, proofLake } from '../support/proof-lake.ts';
import { UserAgent } from '../support/user-agent.ts';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
let issuer: TestIssuer;
let key: DpopKey;
let other: DpopKey;

beforeAll(async () => {
  [key, other] = await Promise.all([createDpopKey(), createDpopKey()]);
  const robot = { grantTypes: ['client_credentials'], groups: ['/vo'], redirectUris: [] };
  const lake = proofLake([
    { ...robot, clientId: 'robot', clientSecret: 'robot-demo-secret' },
    { ...robot, clientId: 'bound', clientSecret: 'bound-demo-secret', dpopBoundAccessTokens: true },
    {
      clientId: 'tool',
      tokenEndpointAuthMethod: 'none',
      grantTypes: ['authorization_code', 'refresh_token', exchange],
    },
    { clientId: 'api', clientSecret: 'api-demo-secret', grantTypes: [exchange], dpopBoundAccessTokens: true },
  ]);
  issuer = await startIssuer({ realTime: true, lake });
});
afterAll(() => issuer?.close());

const tokenUrl = () => new URL('token', issuer.url);
const scope = 'openid offline_access wlcg.groups';

/** A token request with a proof, or with the header given. */
const ask = async (fields: Record<string, string>, proof: string | null, client?: string) =>
  post(issuer, '/token', fields, {
    headers: { ...(proof !== null && { dpop: proof }), ...(client && { authorization: basic(client) }) },
  });
const own = (client: string, proof: string | null) =>
  ask({ grant_type: 'client_credentials', scope: 'storage.read:/data', audience: 'tree' }, proof, client);

/** A public client's login; the code, ready to be redeemed. */
async function code(more: Record<string, string> = {}) {
  const asked = { client_id: 'spa', scope, ...pkce.parameters, ...more };
  const page = await authorize(issuer, new UserAgent(), asked);
  return {
    grant_type: 'authorization_code',
    client_id: 'spa',
    code: callback(page).code ?? '',
    redirect_uri: callbackUri,
    code_verifier: pkce.verifier,
  };
}

test('a token that was asked for with a proof is bound to its key (RFC 9449 section 5)', async () => {
  const { body } = await own('robot', await key.proof('POST', tokenUrl()));
  expect(body.token_type).toBe('DPoP');
  expect(decode(body.access_token).claims.cnf).toEqual({ jkt: key.thumbprint });
});

test('a client that is registered for bound tokens gets no others', async () => {
  expect((await own('bound', null)).body.error).toBe('invalid_grant');
  expect((await own('bound', await key.proof('POST', tokenUrl()))).body.token_type).toBe('DPoP');
});

test.each([
  ['for another address', { htu: 'https://evil.example/token' }],
  ['for another method', { htm: 'GET' }],
  ['of long ago', { iat: Math.floor(Date.now() / 1000) - 3600 }],
  ['without a number of its own', { jti: undefined }],
])('a proof %s is refused', async (_name, claims) => {
  expect((await own('robot', await key.proof('POST', tokenUrl(), claims))).body.error).toBe('invalid_dpop_proof');
});

test('a proof serves once', async () => {
  const proof = await key.proof('POST', tokenUrl());
  expect((await own('robot', proof)).status).toBe(200);
  expect((await own('robot', proof)).status).toBe(400);
});

test('of two requests with one proof at the same time one gets a token', async () => {
  const proof = await key.proof('POST', tokenUrl());
  const answers = await Promise.all([own('robot', proof), own('robot', proof)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
});

test('the refresh token of a public client works with the key of its login alone', async () => {
  const first = await ask(await code(), await key.proof('POST', tokenUrl()));
  expect(first.body.token_type).toBe('DPoP');
  const refresh = async (proof: string | null) =>
    ask({ grant_type: 'refresh_token', client_id: 'spa', refresh_token: first.body.refresh_token }, proof);
  expect((await refresh(null)).body.error).toBe('invalid_grant');
  expect((await refresh(await other.proof('POST', tokenUrl()))).body.error).toBe('invalid_grant');
  const { body } = await refresh(await key.proof('POST', tokenUrl()));
  expect([body.token_type, decode(body.access_token).claims.cnf]).toEqual(['DPoP', { jkt: key.thumbprint }]);
});

test('a code that was asked for with dpop_jkt is redeemed with that key alone', async () => {
  const asked = await code({ dpop_jkt: key.thumbprint });
  expect((await ask(asked, await other.proof('POST', tokenUrl()))).body.error).toBe('invalid_grant');
});

test('an exchange binds the new token to the key of who asks', async () => {
  const subject = (await ask(await code(), null)).body.access_token;
  const fields = {
    grant_type: exchange,
    subject_token: subject,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    audience: 'tree',
    scope: 'wlcg.groups',
  };
  expect((await ask(fields, null, 'api')).body.error).toBe('invalid_grant');
  const { body } = await ask(fields, await key.proof('POST', tokenUrl()), 'api');
  expect([body.token_type, decode(body.access_token).claims.cnf]).toEqual(['DPoP', { jkt: key.thumbprint }]);
});

test('an exchange is no way around the key that a token is bound to', async () => {
  const asked = { ...(await code({ client_id: 'tool' })), client_id: 'tool' };
  const { access_token, refresh_token } = (await ask(asked, await key.proof('POST', tokenUrl()))).body;
  for (const [type, subject_token] of Object.entries({ access_token, refresh_token })) {
    const subject_token_type = `urn:ietf:params:oauth:token-type:${type}`;
    const fields = { grant_type: exchange, client_id: 'tool', subject_token, subject_token_type, audience: 'tree' };
    const { status, body } = await ask(fields, null);
    expect([status, body.error_description]).toEqual([400, 'subject_token is bound to a key, expected a bearer token']);
  }
});

test('introspection tells the key of a bound token', async () => {
  const { access_token } = (await own('robot', await key.proof('POST', tokenUrl()))).body;
  const { body } = await post(issuer, '/introspect', { token: access_token }, { client: 'portal' });
  expect([body.active, body.token_type, body.cnf]).toEqual([true, 'DPoP', { jkt: key.thumbprint }]);
});

describe('userinfo with a bound token', () => {
  const userinfo = () => new URL('userinfo', issuer.url);
  const get = async (authorization: string, proof?: string) =>
    fetch(userinfo(), { headers: { authorization, ...(proof && { dpop: proof }) } });

  test('wants a proof for this token and request (RFC 9449 section 7)', async () => {
    const { access_token: token } = (await ask(await code(), await key.proof('POST', tokenUrl()))).body;
    expect((await get(`DPoP ${token}`, await key.proofWith(token, 'GET', userinfo()))).status).toBe(200);
    const refused = await Promise.all([
      get(`Bearer ${token}`),
      get(`Bearer ${token}`, await key.proofWith(token, 'GET', userinfo())),
      get(`DPoP ${token}`),
      get(`DPoP ${token}`, await other.proofWith(token, 'GET', userinfo())),
      get(`DPoP ${token}`, await key.proof('GET', userinfo())),
    ]);
    expect(refused.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401]);
    expect(refused[0]?.headers.get('www-authenticate')).toContain('DPoP');
  });

  test('the API takes no bound token for a bearer token', async () => {
    const { access_token: token } = (await ask(await code(), await key.proof('POST', tokenUrl()))).body;
    const answer = await fetch(new URL('api/v1/grants', issuer.url), { headers: { authorization: `Bearer ${token}` } });
    expect(answer.status).toBe(401);
  });
});

test('the metadata names the algorithms of proofs', async () => {
  const answer = await fetch(new URL('.well-known/openid-configuration', issuer.url));
  expect(await answer.json()).toMatchObject({ dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']) });
});
