/** Token exchange over HTTP (RFC 8693; W-TX-1 to W-TX-3; policy-semantics 6; services.md, FTS3, dCache and JupyterHub). */
import { request as httpRequest } from 'node:http';
import { authorize, callback, redeem } from '../support/code-flow.ts';
import { exchangeLake } from '../support/exchange-lake.ts';
import { basic, clientCredentials, decode, eventually, type JsonAnswer, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';
const type = (name: string) => `urn:ietf:params:oauth:token-type:${name}`;

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ lake: exchangeLake(), realTime: true });
});
afterAll(() => issuer?.close());
beforeEach(() => issuer.clock.set(Date.now()));
afterEach(() => issuer.apply(exchangeLake(), { prune: true }));

async function login(scope: string, audience?: string, username = 'alice'): Promise<JsonAnswer> {
  const page = await authorize(
    issuer,
    new UserAgent(),
    { scope, ...(audience && { audience }), prompt: 'login consent' },
    { username },
  );
  return redeem(issuer, callback(page).code);
}

async function userToken(scope: string, audience = 'tree', username = 'alice'): Promise<string> {
  const { status, body } = await login(scope, audience, username);
  expect({ status, error: body.error_description }).toEqual({ status: 200, error: undefined });
  return body.access_token;
}

const exchange = (client: string, subject_token: string, fields: Record<string, string | string[]> = {}) =>
  post(
    issuer,
    '/token',
    { grant_type: exchangeGrant, subject_token, subject_token_type: type('access_token'), ...fields },
    { client },
  );

const claimsOf = ({ status, body }: JsonAnswer) => {
  expect({ status, error: body.error_description }).toEqual({ status: 200, error: undefined });
  return decode(body.access_token).claims;
};

describe("FTS's request, byte for byte (services.md)", () => {
  const raw = (body: string): Promise<JsonAnswer> =>
    new Promise((resolve, reject) => {
      const url = new URL('token', issuer.url);
      const headers = {
        authorization: basic('fts'),
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      };
      const sent = httpRequest(url, { method: 'POST', headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: new Headers(), body: JSON.parse(text) }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });

  test('raw spaces in the body, the refresh token in its own member, HTTP 200, and refreshes with scope and audience', async () => {
    const subject = await userToken('openid storage.read:/data/open', 'tree.example.org');
    const answer = await raw(
      `grant_type=${exchangeGrant}&requested_token_type=${type('refresh_token')}` +
        `&subject_token_type=${type('access_token')}&subject_token=${subject}` +
        '&scope=openid storage.read:/data/open offline_access&audience=tree.example.org',
    );
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      token_type: 'Bearer',
      issued_token_type: type('access_token'),
      refresh_token: expect.any(String),
      scope: 'openid storage.read:/data/open offline_access',
    });
    const { sub, aud, client_id, act } = decode(answer.body.access_token).claims;
    expect({ sub, aud, client_id, act }).toEqual({
      sub: decode(subject).claims.sub,
      aud: 'tree.example.org',
      client_id: 'fts',
      act: { sub: 'fts' },
    });
    // Long after the subject token has ended.
    issuer.clock.advance(5000);
    const later = await post(
      issuer,
      '/token',
      {
        grant_type: 'refresh_token',
        refresh_token: answer.body.refresh_token,
        scope: 'storage.read:/data/open',
        audience: 'tree',
      },
      { client: 'fts' },
    );
    expect(later.body).toMatchObject({ refresh_token: answer.body.refresh_token, scope: 'storage.read:/data/open' });
    expect(decode(later.body.access_token).claims).toMatchObject({ sub, act: { sub: 'fts' }, aud: 'tree' });
  });

  test('what is beyond the subject token is beyond the refreshes too, whatever FTS itself may do', async () => {
    const subject = await userToken('storage.read:/data/open');
    const scope = 'storage.read:/data/open offline_access';
    const { body } = await exchange('fts', subject, { scope, audience: 'tree' });
    for (const wider of ['storage.read:/data', 'storage.modify:/data/open', 'storage.read:/other']) {
      const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token, scope: wider };
      expect(await post(issuer, '/token', fields, { client: 'fts' })).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope', error_description: `${wider} refused: ceiling` },
      });
    }
  });
});

describe('an exchange never widens (EG-01, EG-02, W-TX-3)', () => {
  test('a broader path is cut to the subject token, another action refused', async () => {
    const subject = await userToken('openid storage.read:/data/open');
    const wider = await exchange('api', subject, { scope: 'storage.read:/', audience: 'tree' });
    expect(wider.body.scope).toBe('storage.read:/data/open');
    const other = await exchange('api', subject, { scope: 'storage.modify:/data/open', audience: 'tree' });
    expect(other).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope', error_description: 'storage.modify:/data/open refused: ceiling' },
    });
    const beside = await exchange('api', subject, { scope: 'storage.read:/data/openly', audience: 'tree' });
    expect(beside).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });

  test('a strict client gets all that it asks for or nothing', async () => {
    const subject = await userToken('storage.read:/data/open');
    const { status, body } = await exchange('fts', subject, { scope: 'storage.read:/data', audience: 'tree' });
    expect({ status, error: body.error_description }).toEqual({
      status: 400,
      error: 'storage.read:/data refused: partial',
    });
  });

  test('a login without storage scopes opens no storage', async () => {
    const subject = await userToken('openid profile');
    const { body } = await exchange('api', subject, { scope: 'storage.read:/data/open', audience: 'tree' });
    expect(body).toEqual({ error: 'invalid_scope', error_description: 'storage.read:/data/open refused: ceiling' });
  });

  test("the actor's own scopes are a ceiling too", async () => {
    const subject = await userToken('openid storage.read:/data');
    const { body } = await exchange('reader', subject, { audience: 'tree' });
    expect(body.scope).toBe('storage.read:/data/open');
  });

  test("the actor's grants and parties never count", async () => {
    const subject = await userToken('storage.read:/data/open', 'tree', 'bob');
    issuer.clock.advance(1);
    const robot = await clientCredentials(issuer, 'robot', {
      scope: 'storage.modify:/data/open storage.read:/data/open',
      audience: 'tree',
    });
    const claims = claimsOf(await exchange('fts', robot.body.access_token, { audience: 'tree' }));
    expect(claims).toMatchObject({
      sub: 'robot',
      client_id: 'fts',
      scope: 'storage.modify:/data/open storage.read:/data/open',
    });
    expect(claims).not.toHaveProperty('acr');
    const embargoed = await exchange('fts', subject, { scope: 'storage.read:/data/emb', audience: 'tree' });
    expect(embargoed.status).toBe(400);
  });

  test('the new token ends no later than the subject token, however often it is passed on (EG-13)', async () => {
    let token = await userToken('openid storage.read:/data/open');
    const { exp } = decode(token).claims;
    for (const client of ['api', 'reader', 'api', 'portal', 'api', 'reader', 'api', 'portal']) {
      issuer.clock.advance(60);
      const { body } = await exchange(client, token, { audience: 'tree' });
      token = body.access_token;
      expect(decode(token).claims.exp).toBeLessThanOrEqual(exp);
    }
    const { status, body } = await exchange('api', token, { audience: 'tree' });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_request' });
  });

  test('rights that are gone since are gone from the new token', async () => {
    const subject = await userToken('storage.read:/data/open storage.read:/data/emb');
    await issuer.apply(exchangeLake({ team: [] }));
    const { body } = await exchange('api', subject, { audience: 'tree' });
    expect(body.scope).toBe('storage.read:/data/open');
  });
});

describe('without scope the subject token gives them', () => {
  test('in the paths of the new audience, without a refresh token', async () => {
    const subject = await userToken('openid offline_access storage.read:/pool/open', 'pool');
    const { body } = await exchange('api', subject, { audience: 'tree' });
    expect(body).toMatchObject({ scope: 'openid storage.read:/data/open' });
    expect(body).not.toHaveProperty('refresh_token');
  });
});

describe('offline_access', () => {
  const scope = 'storage.read:/data/open offline_access';

  test('is left out for a client that may not have it, and an error where a refresh token was asked for by type', async () => {
    const subject = await userToken('storage.read:/data/open');
    const left = await exchange('api', subject, { scope, audience: 'tree' });
    expect(left.body).toMatchObject({ scope: 'storage.read:/data/open' });
    expect(left.body).not.toHaveProperty('refresh_token');
    const asked = { scope, audience: 'tree', requested_token_type: type('refresh_token') };
    expect(await exchange('api', subject, asked)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('is never for the client that owns the subject token', async () => {
    const subject = await userToken('openid storage.read:/data/open');
    const own = await exchange('portal', subject, { scope, audience: 'tree' });
    expect(own.body.scope).toBe('storage.read:/data/open');
    expect(own.body).not.toHaveProperty('refresh_token');
  });

  test.each(['portal', 'fts'])('the chain ends when %s is suspended', async (client) => {
    const subject = await userToken('storage.read:/data/open');
    const { body } = await exchange('fts', subject, { scope, audience: 'tree' });
    const refresh = () =>
      post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: body.refresh_token }, { client: 'fts' });
    expect((await refresh()).status).toBe(200);
    await issuer.apply(exchangeLake({ suspended: [client] }));
    expect((await refresh()).status).toBe(client === 'fts' ? 401 : 400);
    expect((await exchange('api', subject, { audience: 'tree' })).status).toBe(client === 'portal' ? 400 : 200);
  });
});

describe('audiences of the new token', () => {
  test('are what the actor may target, unchanged, several at once', async () => {
    const subject = await userToken('openid');
    const both = await exchange('api', subject, { audience: ['tree.example.org', 'pool'] });
    expect(claimsOf(both).aud).toEqual(['tree.example.org', 'pool']);
    const refused = await exchange('reader', subject, { audience: 'pool' });
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
  });

  test("are by default the client's, else those of the subject token, but never the wildcard unasked", async () => {
    const subject = await userToken('openid', 'tree');
    expect(claimsOf(await exchange('homely', subject)).aud).toBe('pool');
    expect(claimsOf(await exchange('api', subject)).aud).toBe('tree');
    const { body } = await login('openid');
    expect(await exchange('api', body.access_token)).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    const asked = { audience: 'https://wlcg.cern.ch/jwt/v1/any' };
    expect(claimsOf(await exchange('api', body.access_token, asked)).aud).toBe(asked.audience);
  });
});

describe('groups', () => {
  test('a subject token that asked for groups may be exchanged for a named one', async () => {
    const subject = await userToken('openid wlcg.groups');
    const named = await exchange('api', subject, { scope: 'openid wlcg.groups:/vo/special', audience: 'tree' });
    expect(claimsOf(named)['wlcg.groups']).toEqual(['/vo/special', '/vo']);
  });

  test('one that did not, may not', async () => {
    const subject = await userToken('openid');
    const named = await exchange('api', subject, { scope: 'openid wlcg.groups:/vo/special', audience: 'tree' });
    expect(named.body.scope).toBe('openid');
    expect(claimsOf(named)).not.toHaveProperty('wlcg.groups');
  });
});

describe('who acts (W-TX-2, EG-07)', () => {
  test('actors are nested, the latest outermost, and none is dropped by a further exchange', async () => {
    const subject = await userToken('openid storage.read:/data/open');
    const first = await exchange('api', subject, { audience: 'tree' });
    const second = await exchange('fts', first.body.access_token, { audience: 'tree', scope: 'openid' });
    expect(claimsOf(second).act).toEqual({ sub: 'fts', act: { sub: 'api' } });
    const again = await exchange('fts', second.body.access_token, { audience: 'tree' });
    expect(claimsOf(again).act).toEqual({ sub: 'fts', act: { sub: 'api' } });
  });

  test("an actor token names the actor, if it is the client's own", async () => {
    const subject = await userToken('openid');
    const actor_token = await userToken('openid', 'tree', 'bob');
    const named = { actor_token, actor_token_type: type('access_token'), audience: 'tree' };
    expect(claimsOf(await exchange('portal', subject, named)).act).toEqual({ sub: decode(actor_token).claims.sub });
    expect(await exchange('api', subject, named)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    const half = await exchange('portal', subject, { actor_token, audience: 'tree' });
    expect(half).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  test('may_act keeps the token for one client, also when it is passed on', async () => {
    const subject = await userToken('openid');
    const bound = await exchange('api', subject, { audience: 'tree', may_act: 'fts' });
    expect(claimsOf(bound).may_act).toEqual({ sub: 'fts' });
    expect(await exchange('reader', bound.body.access_token, { audience: 'tree' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: 'only fts may exchange this subject_token' },
    });
    const passed = await exchange('fts', bound.body.access_token, { audience: 'tree' });
    expect(claimsOf(passed).may_act).toEqual({ sub: 'fts' });
  });
});

describe('subject tokens that are refused', () => {
  const refused = async (token: string, fields: Record<string, string> = {}, client = 'api') => {
    const { status, body } = await exchange(client, token, { audience: 'tree', ...fields });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_request' });
    expect(JSON.stringify(body)).not.toContain(token.slice(-40));
  };

  test('no token, one cut short, one signed by nobody, an ID token', async () => {
    const { body } = await login('openid storage.read:/data/open', 'tree');
    const [header, claims] = body.access_token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    await refused('not-a-token-but-forty-characters-of-nonsense');
    await refused(`${header}.${claims}.`);
    await refused(`${none}.${claims}.`);
    await refused(body.id_token);
    await refused(body.id_token, { subject_token_type: type('id_token') });
    await refused(body.access_token, { subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' });
    await refused(body.access_token, { requested_token_type: type('id_token') });
  });

  test('one that has ended, was revoked, or whose user was suspended', async () => {
    const ended = await userToken('openid');
    issuer.clock.advance(3601);
    await refused(ended);
    issuer.clock.set(Date.now());
    const revoked = await userToken('openid');
    await post(issuer, '/revoke', { token: revoked }, { client: 'portal' });
    await refused(revoked);
    const bob = await userToken('openid', 'tree', 'bob');
    await issuer.database.db
      .updateTable('accounts')
      .set({ state: 'suspended' })
      .where('username', '=', 'bob')
      .execute();
    await refused(bob);
    await issuer.database.db.updateTable('accounts').set({ state: 'active' }).where('username', '=', 'bob').execute();
  });

  test("another client's refresh token; one's own gives what a refresh would", async () => {
    const { body } = await login('openid offline_access wlcg.groups storage.read:/data/open', 'tree');
    const fields = { subject_token_type: type('refresh_token') };
    await refused(body.refresh_token, fields);
    const own = await exchange('portal', body.refresh_token, { ...fields, scope: 'storage.read:/data/open/x' });
    expect(claimsOf(own)).toMatchObject({ scope: 'storage.read:/data/open/x', act: { sub: 'portal' } });
    expect(own.body).not.toHaveProperty('refresh_token');
    const wider = await exchange('portal', body.refresh_token, { ...fields, scope: 'wlcg.groups:/vo/special' });
    expect(wider).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
  });
});

test('a client without the grant is told so, and one without a secret is not heard', async () => {
  const subject = await userToken('openid');
  expect(await exchange('robot', subject)).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
  const fields = { grant_type: exchangeGrant, subject_token: subject, subject_token_type: type('access_token') };
  expect(await post(issuer, '/token', { ...fields, client_id: 'api' })).toMatchObject({
    status: 401,
    body: { error: 'invalid_client' },
  });
});

test('the issue log names the parent of the new token', async () => {
  const subject = await userToken('openid storage.read:/data/open');
  const { jti } = claimsOf(await exchange('api', subject, { audience: 'tree' }));
  const row = await eventually(() =>
    issuer.database.db.selectFrom('issue_log').selectAll().where('jti', '=', jti).executeTakeFirst(),
  );
  expect(row).toMatchObject({ parent_jti: decode(subject).claims.jti, exchange_rule: null, client_id: 'api' });
});

describe('exchange rules (policy-semantics 6)', () => {
  const rule = (more: object) => ({
    exchangeRules: [{ id: 'jupyter-data', origin: { client: 'portal' }, target: { client: 'api' }, ...more }],
  });

  test("widen up to their scopes, within the user's own rights, until the subject token ends, and each use is in the issue log", async () => {
    await issuer.apply(exchangeLake(rule({ scopes: ['storage.read:/data'] })), { prune: true });
    const subject = await userToken('openid profile', 'tree', 'bob');
    issuer.clock.advance(100);
    const wide = await exchange('api', subject, { scope: 'openid storage.read:/data/open', audience: 'tree' });
    const { jti, exp, scope } = claimsOf(wide);
    expect({ scope, exp }).toEqual({ scope: 'openid storage.read:/data/open', exp: decode(subject).claims.exp });
    for (const [beyond, reason] of [
      ['storage.read:/other', 'ceiling'],
      ['storage.read:/data/emb', 'embargoed'],
      ['storage.modify:/data/open', 'ceiling'],
    ]) {
      const { body } = await exchange('api', subject, { scope: beyond ?? '', audience: 'tree' });
      expect(body.error_description).toBe(`${beyond} refused: ${reason}`);
    }
    const row = await eventually(() =>
      issuer.database.db.selectFrom('issue_log').selectAll().where('jti', '=', jti).executeTakeFirst(),
    );
    expect(row).toMatchObject({ exchange_rule: 'jupyter-data', parent_jti: decode(subject).claims.jti });
    const within = await exchange('api', subject, { scope: 'openid', audience: 'tree' });
    const plain = await eventually(() =>
      issuer.database.db.selectFrom('issue_log').selectAll().where('jti', '=', claimsOf(within).jti).executeTakeFirst(),
    );
    expect(plain.exchange_rule).toBeNull();
  });

  test('what a rule added is not in the refresh token that comes of the rest', async () => {
    const rules = [
      { id: 'fts-data', origin: { client: 'portal' }, target: { client: 'fts' }, scopes: ['storage.read:/data'] },
    ];
    await issuer.apply(exchangeLake({ exchangeRules: rules }), { prune: true });
    const subject = await userToken('openid storage.read:/data/open');
    const scope = 'openid offline_access storage.read:/data';
    const kept = await exchange('fts', subject, { scope, audience: 'tree' });
    expect(kept.body.scope).toBe('openid offline_access storage.read:/data');
    const fields = { grant_type: 'refresh_token', refresh_token: kept.body.refresh_token };
    const later = await post(issuer, '/token', fields, { client: 'fts' });
    expect(later.body.scope).toBe('openid offline_access storage.read:/data/open');
  });

  test('a token that a rule made wider gives nobody a refresh token, nor does what is exchanged from it', async () => {
    await issuer.apply(exchangeLake(rule({ scopes: ['storage.read:/data'] })), { prune: true });
    const subject = await userToken('openid');
    const wide = await exchange('api', subject, { scope: 'openid storage.read:/data/open', audience: 'tree' });
    expect(claimsOf(wide).widened).toBe(true);
    const passed = await exchange('reader', wide.body.access_token, { audience: 'tree' });
    for (const { body } of [wide, passed]) {
      const scope = 'storage.read:/data/open offline_access';
      const kept = await exchange('fts', body.access_token, { scope, audience: 'tree' });
      expect(kept.body.scope).toBe('storage.read:/data/open');
      expect(kept.body).not.toHaveProperty('refresh_token');
      const fields = { requested_token_type: type('refresh_token'), audience: 'tree' };
      expect((await exchange('fts', body.access_token, fields)).body.error).toBe('invalid_request');
    }
    const plain = await exchange('api', subject, { scope: 'openid', audience: 'tree' });
    expect(claimsOf(plain)).not.toHaveProperty('widened');
  });

  test('of another origin, or denied, they let nothing through', async () => {
    await issuer.apply(exchangeLake(rule({ effect: 'deny' })), { prune: true });
    const subject = await userToken('openid');
    expect(await exchange('api', subject, { audience: 'tree' })).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: 'exchange rule jupyter-data does not let this client exchange the subject_token',
      },
    });
    expect((await exchange('reader', subject, { audience: 'tree', scope: 'openid' })).body.error).toBe('invalid_scope');
    expect((await exchange('fts', subject, { audience: 'tree' })).status).toBe(200);
  });

  test('limit what is passed on, also in the refresh token that comes of it', async () => {
    const only = ['openid', 'offline_access', 'storage.read:/data/open'];
    const rules = [{ id: 'few', origin: 'any', target: { client: 'fts' }, only, scopes: ['storage.read:/'] }];
    await issuer.apply(exchangeLake({ exchangeRules: rules }), { prune: true });
    const subject = await userToken('openid profile storage.read:/data');
    const scope = 'openid offline_access storage.read:/data/open';
    const kept = await exchange('fts', subject, { scope, audience: 'tree' });
    expect(kept.body.scope).toBe(scope);
    const fields = { grant_type: 'refresh_token', refresh_token: kept.body.refresh_token };
    expect((await post(issuer, '/token', fields, { client: 'fts' })).body.scope).toBe(scope);
    for (const beyond of ['storage.read:/other', 'storage.read:/data', 'profile']) {
      const { body } = await exchange('fts', subject, { scope: `openid ${beyond}`, audience: 'tree' });
      expect([body.error, body.scope]).toEqual(
        beyond === 'profile' ? [undefined, 'openid'] : ['invalid_scope', undefined],
      );
    }
  });

  test('withhold scopes', async () => {
    await issuer.apply(exchangeLake(rule({ withheld: ['storage.read:/data/open'] })), { prune: true });
    const subject = await userToken('openid storage.read:/data/open storage.read:/other');
    const { body } = await exchange('api', subject, { audience: 'tree' });
    expect(body.scope).toBe('openid storage.read:/other');
  });
});
