/** What must not come of a token exchange, tried over HTTP (RFC 8693; policy-semantics 4 and 6; RFC 9700 section 4.14.2). */
import { login as loginWith } from '../support/code-flow.ts';
import { exchangeLake } from '../support/exchange-lake.ts';
import { clientCredentials, decode, type JsonAnswer, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;

/** With a client whose tokens have entitlements. */
function lake(options: Parameters<typeof exchangeLake>[0] = {}): string {
  const { clients, ...rest } = JSON.parse(exchangeLake(options));
  const aarc = {
    clientId: 'aarc',
    clientSecret: 'aarc-demo-secret',
    tokenProfile: 'aarc',
    scopes: ['openid', 'entitlements'],
    grantTypes: ['authorization_code', exchangeGrant],
    redirectUris: ['http://localhost:9000/callback'],
  };
  const open = {
    clientId: 'open',
    tokenEndpointAuthMethod: 'none',
    scopes: ['openid', 'offline_access', 'storage.read:/'],
    grantTypes: ['authorization_code', 'refresh_token', exchangeGrant],
    redirectUris: ['http://localhost:9000/callback'],
    exchangeOffline: true,
  };
  const entitled = clients.map((client: { scopes: string[] }) => ({
    ...client,
    scopes: [...client.scopes, 'entitlements'],
  }));
  return JSON.stringify({
    ...rest,
    entitlements: { namespace: 'urn:geant:example.org' },
    clients: [...entitled.filter(({ clientId }: { clientId: string }) => clientId !== 'reader'), aarc, open],
  });
}

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: lake(), realTime: true });
});
afterAll(() => issuer?.close());
beforeEach(() => issuer.clock.set(Date.now()));

const login = async (scope: string, audience = 'tree') => {
  const { status, body } = await loginWith(issuer, { scope, audience, prompt: 'login consent' });
  expect({ status, error: body.error_description }).toEqual({ status: 200, error: undefined });
  return body;
};

const exchange = (client: string, subject_token: string, fields: Record<string, string> = {}) =>
  post(
    issuer,
    '/token',
    { grant_type: exchangeGrant, subject_token, subject_token_type: type('access_token'), ...fields },
    { client },
  );

const refresh = (client: string, refresh_token: string, fields: Record<string, string> = {}) =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token, ...fields }, { client });

const claimsOf = ({ status, body }: JsonAnswer) => {
  expect({ status, error: body.error_description }).toEqual({ status: 200, error: undefined });
  return decode(body.access_token).claims;
};

describe('no token without storage scopes comes of one that has them, at a storage that shows none of their paths', () => {
  const refused = {
    status: 400,
    body: { error: 'invalid_scope', error_description: 'storage.read:/other refused: outside-storage' },
  };

  test('by an exchange without scope, also for a refresh token', async () => {
    const { access_token } = await login('openid storage.read:/other');
    expect(await exchange('api', access_token, { audience: 'pool' })).toMatchObject(refused);
    const kept = { audience: 'pool', requested_token_type: type('refresh_token') };
    expect(await exchange('fts', access_token, kept)).toMatchObject(refused);
  });

  test('by a refresh without scope, and the refresh token stays good', async () => {
    const { refresh_token } = await login('openid offline_access storage.read:/other');
    expect(await refresh('portal', refresh_token, { audience: 'pool' })).toMatchObject(refused);
    expect(claimsOf(await refresh('portal', refresh_token))).toMatchObject({
      scope: 'openid offline_access storage.read:/other',
    });
  });
});

describe('may_act', () => {
  test('binds the tokens of a chain, and what is exchanged from its refresh token', async () => {
    const { access_token } = await login('storage.read:/data/open');
    const bound = await exchange('api', access_token, { may_act: 'fts' });
    const kept = await exchange('fts', bound.body.access_token, { scope: 'storage.read:/data/open offline_access' });
    const refreshed = await refresh('fts', kept.body.refresh_token);
    expect(claimsOf(refreshed).may_act).toEqual({ sub: 'fts' });
    const { status, body } = await exchange('api', refreshed.body.access_token);
    expect({ status, error: body.error_description }).toEqual({
      status: 400,
      error: 'only fts may exchange this subject_token',
    });
    const again = await exchange('fts', kept.body.refresh_token, { subject_token_type: type('refresh_token') });
    expect(claimsOf(again).may_act).toEqual({ sub: 'fts' });
  });

  test.each([
    ['an unknown one', 'nobody'],
    ['text', 'a\r\nb'],
    ['very much of it', 'x'.repeat(20_000)],
  ])('names a client, not %s', async (_what, may_act) => {
    const { access_token } = await login('openid');
    const { status, body } = await exchange('api', access_token, { may_act });
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'may_act names no client' },
    });
  });

  test('is not got around by a token of the other client that was passed on', async () => {
    const { access_token } = await login('openid');
    const bound = await exchange('api', access_token, { may_act: 'fts' });
    const ofFts = await clientCredentials(issuer, 'fts', { scope: 'storage.read:/data/open', audience: 'tree' });
    const { body } = await exchange('portal', ofFts.body.access_token);
    const actor = { actor_token: body.access_token, actor_token_type: type('access_token') };
    expect(await exchange('portal', bound.body.access_token, actor)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
  });
});

test('RFC 9700 section 4.14.2: a replaced refresh token as subject token ends its chain, after the grace only and for its own client only', async () => {
  const { refresh_token } = await login('openid offline_access');
  const next = (await refresh('portal', refresh_token)).body.refresh_token;
  const fields = { subject_token_type: type('refresh_token') };
  expect((await exchange('portal', refresh_token, fields)).status).toBe(200);
  issuer.clock.advance(61);
  expect((await exchange('api', refresh_token, fields)).body.error).toBe('invalid_request');
  expect((await exchange('portal', next, fields)).status).toBe(200);
  expect((await exchange('portal', refresh_token, fields)).body.error).toBe('invalid_request');
  expect((await exchange('portal', next, fields)).body.error).toBe('invalid_request');
  const entries = await issuer.database.db
    .selectFrom('audit_log')
    .select('actor')
    .where('action', '=', 'refresh_token_reuse')
    .execute();
  expect(entries).toEqual([{ actor: 'client:portal' }]);
});

describe('what a rule withholds', () => {
  const withholding = (...withheld: string[]) =>
    issuer.apply(lake({ exchangeRules: [{ id: 'few', origin: 'any', target: 'any', withheld }] }), { prune: true });

  test('a default group is not asserted by a bare wlcg.groups, nor beside another group', async () => {
    const { access_token } = await login('openid wlcg.groups');
    await withholding('wlcg.groups:/vo');
    expect(claimsOf(await exchange('api', access_token))['wlcg.groups'] ?? []).toEqual([]);
    const named = await exchange('api', access_token, { scope: 'wlcg.groups:/vo/special' });
    expect(claimsOf(named)['wlcg.groups']).toEqual(['/vo/special']);
  });

  test('entitlements are not in the token', async () => {
    const { access_token } = await login('openid entitlements');
    await withholding();
    expect(claimsOf(await exchange('aarc', access_token)).entitlements).toEqual(['urn:geant:example.org:group:vo']);
    await withholding('entitlements');
    expect(claimsOf(await exchange('aarc', access_token))).not.toHaveProperty('entitlements');
  });
});

test("a public client, which anybody can name, exchanges nobody else's tokens", async () => {
  const { access_token } = await login('storage.read:/data/open');
  const fields = { grant_type: exchangeGrant, subject_token: access_token, subject_token_type: type('access_token') };
  for (const scope of ['storage.read:/data/open', 'storage.read:/data/open offline_access']) {
    const { status, body } = await post(issuer, '/token', { ...fields, scope, client_id: 'open' });
    expect([status, body.error]).toEqual([400, 'invalid_request']);
  }
});

test('a rule for an audience counts for the aliases of its storage', async () => {
  const rule = { id: 'tree-only', effect: 'deny', origin: 'any', target: 'any', audiences: ['tree'] };
  await issuer.apply(lake({ exchangeRules: [rule] }), { prune: true });
  const refused = { status: 400, body: { error: 'invalid_request' } };
  for (const audience of ['tree', 'tree.example.org']) {
    const { access_token } = await login('openid', audience);
    expect(await exchange('api', access_token)).toMatchObject(refused);
  }
  const { access_token } = await login('openid', 'pool');
  expect((await exchange('api', access_token)).status).toBe(200);
  await issuer.apply(lake(), { prune: true });
});

test('policy-semantics 7: a client that is a party no more takes the chains along that were exchanged from its tokens', async () => {
  const scope = 'storage.read:/data/emb';
  const own = await clientCredentials(issuer, 'fts', { scope, audience: 'tree' });
  const kept = await exchange('portal', own.body.access_token, { scope: `${scope} offline_access` });
  expect(claimsOf(await refresh('portal', kept.body.refresh_token)).sub).toBe('fts');
  const { embargoes, ...rest } = JSON.parse(lake());
  const [embargo] = embargoes;
  const parties = embargo.parties.filter(({ subject }: { subject: string }) => subject !== 'client:fts');
  await issuer.apply(JSON.stringify({ ...rest, embargoes: [{ ...embargo, parties }] }), { prune: true });
  expect((await refresh('portal', kept.body.refresh_token)).body.error).toBe('invalid_grant');
  await issuer.apply(lake(), { prune: true });
});

test('a token in the place of another parameter is not repeated in the answer', async () => {
  const { access_token, refresh_token } = await login('openid offline_access');
  for (const token of [access_token, refresh_token]) {
    for (const name of ['subject_token_type', 'requested_token_type', 'actor_token_type', 'may_act']) {
      const fields = { actor_token: token, actor_token_type: type('access_token'), [name]: token };
      const { status, body } = await exchange('api', access_token, fields);
      expect([name, status]).toEqual([name, 400]);
      expect(JSON.stringify(body)).not.toContain(token.slice(0, 30));
    }
  }
});
