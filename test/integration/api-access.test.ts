/** Who may call the API: tokens (RFC 6750), logins of browsers, and what neither may do (issue: the policy, section 2). */
import { callApi, callerWith, clientToken, startApiIssuer, userToken } from '../support/api.ts';
import { authorizeUrl, login } from '../support/code-flow.ts';
import { clientCredentials } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let readToken: string;
let writeToken: string;

beforeAll(async () => {
  issuer = await startApiIssuer();
  readToken = await clientToken(issuer, 'rules-eye', 'policy:read');
  writeToken = await clientToken(issuer, 'rules-bot', 'policy:write');
});
afterAll(() => issuer?.close());

const call = (path: string, options: Parameters<typeof callApi>[3] = {}, method = 'GET') =>
  callApi(issuer, method, path, options);
const withHeader = (authorization: string) => call('/grants', { headers: { authorization } });

describe('without a valid token', () => {
  test('nobody is 401 with the way to authenticate, and no error code (RFC 6750 section 3.1)', async () => {
    const { status, headers, body } = await call('/grants');
    expect([status, body.type]).toEqual([401, 'urn:sluice:problem:unauthorized']);
    expect(headers.get('www-authenticate')).toBe('Bearer realm="sluice"');
  });

  test.each([
    'Bearer',
    'Bearer ',
    'Bearer a b',
    'Basic cnVsZXM6Ym90',
    'bearer \u00e4',
    'DPoP abc',
    'Bearer abc, Bearer def',
  ])('the header `%s` is 401', async (header) => {
    expect((await withHeader(header)).status).toBe(401);
  });

  test.each(['abc', 'a.b.c', 'eyJhbGciOiJub25lIn0.e30.'])('the token `%s` is 401 invalid_token', async (token) => {
    const { status, headers } = await call('/grants', { token });
    expect(status).toBe(401);
    expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('a changed token, an expired one and one for another audience are 401', async () => {
    const [header, claims, signature = ''] = readToken.split('.');
    const changed = `${header}.${claims}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    expect((await call('/grants', { token: changed })).status).toBe(401);
    const other = await clientCredentials(issuer, 'rules-bot', { scope: 'policy:read', audience: 'rucio' });
    expect((await call('/grants', { token: other.body.access_token })).status).toBe(401);
    const now = issuer.clock.now();
    issuer.clock.advance(5 * 3600);
    expect((await call('/grants', { token: readToken })).status).toBe(401);
    issuer.clock.set(now);
    expect((await call('/grants', { token: readToken })).status).toBe(200);
  });

  test('a token in the query or a form is none', async () => {
    expect((await call(`/grants?access_token=${readToken}`)).status).toBe(401);
  });

  test('an ID token is none', async () => {
    const { body } = await login(issuer, { scope: 'openid policy:read', audience: issuer.url }, { username: 'rita' });
    expect((await call('/grants', { token: body.id_token })).status).toBe(401);
  });

  test('the refusal comes before the body is looked at', async () => {
    expect((await call('/grants', { body: '{', headers: { 'content-type': 'text/plain' } }, 'POST')).status).toBe(401);
  });
});

describe('a token', () => {
  test('may be for the issuer or for any audience', async () => {
    const wildcard = await clientCredentials(issuer, 'rules-bot', { scope: 'policy:read' });
    expect((await call('/grants', { token: wildcard.body.access_token })).status).toBe(200);
  });

  test('needs the scope of what is done: 403 insufficient_scope', async () => {
    const answers = [
      await call('/grants', { token: writeToken }),
      await call('/grants', { token: readToken, body: {} }, 'POST'),
      await call('/policy/evaluate', { token: writeToken, body: {} }, 'POST'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(answers[0]?.headers.get('www-authenticate')).toContain('scope="policy:read"');
    const { body } = await clientCredentials(issuer, 'rucio', { scope: 'fts', audience: issuer.url });
    expect((await call('/grants', { token: body.access_token })).status).toBe(403);
  });

  test('of a user does what the roles of this moment allow, whatever it was issued for', async () => {
    const token = await userToken(issuer, 'dana');
    const body = { subject: 'user:dana', actions: ['read'], path: '/x' };
    expect((await call('/grants', { token, body }, 'POST')).status).toBe(403);
    const { db } = issuer.database;
    await db
      .updateTable('accounts')
      .set({ roles: ['admin'] })
      .where('username', '=', 'dana')
      .execute();
    expect((await call('/grants', { token, body }, 'POST')).status).toBe(201);
    await db.updateTable('accounts').set({ roles: [] }).where('username', '=', 'dana').execute();
    expect((await call('/grants', { token, body }, 'POST')).status).toBe(403);
  });

  test('of a user whom the client may not act for with that scope has none of it', async () => {
    const token = await userToken(issuer, 'admin', 'policy:read');
    expect((await call('/grants', { token, body: {} }, 'POST')).status).toBe(403);
    expect((await call('/session', { token })).body).toEqual({
      kind: 'account',
      name: 'admin',
      roles: ['admin'],
      scopes: ['policy:read'],
      csrf: null,
    });
  });

  test('of an account that is suspended or has ended is 401', async () => {
    const token = await userToken(issuer, 'rita');
    const { db } = issuer.database;
    const rita = db.updateTable('accounts').where('username', '=', 'rita');
    expect((await call('/grants', { token })).status).toBe(200);
    await rita.set({ state: 'suspended' }).execute();
    expect((await call('/grants', { token })).status).toBe(401);
    await rita.set({ state: 'active', ends_at: new Date(issuer.clock.now()) }).execute();
    expect((await call('/grants', { token })).status).toBe(401);
    await rita.set({ ends_at: null }).execute();
    expect((await call('/grants', { token })).status).toBe(200);
  });

  test('of a client that is suspended, or no more allowed the scope, opens nothing', async () => {
    const { db } = issuer.database;
    const bot = db.updateTable('clients').where('client_id', '=', 'rules-eye');
    const row = await db
      .selectFrom('clients')
      .select('definition')
      .where('client_id', '=', 'rules-eye')
      .executeTakeFirstOrThrow();
    await bot.set({ state: 'suspended' }).execute();
    await issuer.app.refresh();
    expect((await call('/grants', { token: readToken })).status).toBe(401);
    await bot
      .set({ state: 'active', definition: JSON.stringify({ ...(row.definition as object), scopes: ['fts'] }) })
      .execute();
    await issuer.app.refresh();
    expect((await call('/grants', { token: readToken })).status).toBe(403);
    await bot.set({ definition: JSON.stringify(row.definition) }).execute();
    await issuer.app.refresh();
    expect((await call('/grants', { token: readToken })).status).toBe(200);
  });

  test('that was revoked is 401', async () => {
    const { body } = await clientCredentials(issuer, 'rules-bot', { scope: 'policy:read', audience: issuer.url });
    const token = body.access_token;
    expect((await call('/session', { token })).status).toBe(200);
    const fields = new URLSearchParams({ token });
    const authorization = `Basic ${btoa('rules-bot:rules-bot-demo-secret')}`;
    await fetch(new URL('revoke', issuer.url), { method: 'POST', body: fields, headers: { authorization } });
    expect((await call('/session', { token })).status).toBe(401);
  });
});

describe('the login of a browser', () => {
  async function signIn(username: string): Promise<string> {
    const agent = new UserAgent();
    const page = await agent.follow(await agent.get(authorizeUrl(issuer, { scope: 'openid' })));
    await agent.follow(await agent.submit(page, '/login', { username, password: `${username}-demo-password` }));
    return [...agent.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  }
  const grant = { subject: 'user:bob', actions: ['read'], path: '/session' };

  test('reads and writes with the roles of the account, from pages of this server only', async () => {
    const cookie = await signIn('admin');
    const own = { cookie, 'sec-fetch-site': 'same-origin', origin: issuer.url.slice(0, -1) };
    const { body: session } = await call('/session', { headers: own });
    expect(session).toMatchObject({ name: 'admin', roles: ['admin'], csrf: expect.any(String) });
    const csrf = { 'sluice-csrf': session.csrf };
    expect((await call('/grants', { body: grant, headers: { ...own, ...csrf } }, 'POST')).status).toBe(201);
    for (const headers of [
      own,
      { ...own, 'sluice-csrf': '' },
      { ...own, 'sluice-csrf': 'x' },
      { ...own, ...csrf, 'sec-fetch-site': 'cross-site' },
      { ...own, ...csrf, 'sec-fetch-site': 'same-site' },
      { cookie, ...csrf, origin: 'https://evil.example' },
      { cookie, ...csrf, origin: 'null' },
    ]) {
      const { status, body } = await call('/grants', { body: grant, headers }, 'POST');
      expect([status, body.type]).toEqual([403, 'urn:sluice:problem:cross-site']);
    }
    expect((await call('/grants', { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await call('/grants', { headers: { cookie, 'sec-fetch-site': 'none' } })).status).toBe(200);
  });

  test('its token serves no other session', async () => {
    const [one, other] = [await signIn('admin'), await signIn('admin')];
    const { body } = await call('/session', { headers: { cookie: one } });
    const headers = { cookie: other, 'sluice-csrf': body.csrf };
    expect((await call('/grants', { body: grant, headers }, 'POST')).status).toBe(403);
  });

  test('of an account that is suspended is none', async () => {
    const cookie = await signIn('mira');
    const { db } = issuer.database;
    const mira = db.updateTable('accounts').where('username', '=', 'mira');
    expect((await call('/embargoes', { headers: { cookie } })).status).toBe(200);
    await mira.set({ state: 'suspended' }).execute();
    expect((await call('/embargoes', { headers: { cookie } })).status).toBe(401);
    await mira.set({ state: 'active' }).execute();
  });

  test('counts no more beside a token that does not', async () => {
    const headers = { cookie: await signIn('admin'), authorization: 'Bearer abc' };
    expect((await call('/grants', { headers })).status).toBe(401);
  });
});

describe('paths and methods', () => {
  test.each([
    '',
    '/',
    '/nothing',
    '/grants/',
    '/grants/a/b',
    '/embargoes/x/nothing',
    '/openapi',
    '/grants/%',
    '/grants/%ff',
    '/%67rants',
  ])('there is nothing at `%s`: 404 as a problem, whoever asks', async (path) => {
    expect((await call(path)).status).toBe(404);
  });

  test.each([
    ['/grants', 'GET, HEAD, POST'],
    ['/grants/x', 'GET, HEAD, PUT, DELETE'],
    ['/embargoes/x/extend', 'POST'],
    ['/namespace', 'GET, HEAD, POST, DELETE'],
    ['/openapi.json', 'GET, HEAD'],
  ])('%s allows %s and answers 405 to others', async (path, allowed) => {
    for (const method of ['PATCH', 'OPTIONS', 'PROPFIND']) {
      const { status, headers } = await call(path, {}, method);
      expect([status, headers.get('allow')]).toEqual([405, allowed]);
    }
  });

  test('HEAD is GET without a body', async () => {
    const { status, headers, body } = await call('/grants/members-read', { token: readToken }, 'HEAD');
    expect([status, headers.get('etag'), body]).toEqual([200, '"v1"', undefined]);
  });

  test('no other site may read answers: there is no CORS', async () => {
    const headers = { origin: 'https://evil.example', 'access-control-request-method': 'GET' };
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await call('/grants', { token: readToken, headers }, method);
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('everybody may read the document, which names this server', async () => {
    const { status, body } = await call('/openapi.json');
    expect([status, body.openapi, body.servers]).toEqual([200, '3.1.0', [{ url: `${issuer.url}api/v1` }]]);
  });

  test('an issuer with a path has the API below it', async () => {
    const based = await startIssuer({ path: 'vo/' });
    try {
      const { body } = await callApi(based, 'GET', '/openapi.json', {});
      expect(body.servers).toEqual([{ url: `${based.url}api/v1` }]);
    } finally {
      await based.close();
    }
  });

  test('the log and the metrics name the declared path, never what stood in it', async () => {
    const marker = 'a-name-that-nobody-has';
    const bot = callerWith(issuer, readToken);
    await bot('GET', `/grants/${marker}`);
    await bot('GET', `/embargoes/${marker}/history?limit=5`);
    await bot('GET', `/${marker}`);
    const lines = issuer.logLines().filter(({ msg }) => msg === 'request');
    expect(lines).toContainEqual(
      expect.objectContaining({ route: '/api/v1/grants/{id}', status: 404, error: 'not-found', client: 'rules-eye' }),
    );
    expect(JSON.stringify(lines)).not.toContain(marker);
  });
});

test('nothing in this file was a fault', () => {
  expect(issuer.logLines().filter(({ msg }) => msg === 'fault')).toEqual([]);
});
