/** A rule that asks for a second factor holds wherever a token is obtained or a role is used, not only at the login (RFC 9470). */
import { apiLake } from '../support/api.ts';
import { authorize, authorizeUrl, callback, login, redeem } from '../support/code-flow.ts';
import { clientCredentials, decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { forgetFactors, setUpCodes, signIn } from '../support/second-factor.ts';
import { UserAgent } from '../support/user-agent.ts';

const mfa = 'https://refeds.org/profile/mfa';
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const modify = 'storage.modify:/lofar';
const offline = { scope: `openid offline_access ${modify}`, prompt: 'consent' };

let issuer: TestIssuer;
let lake: string;

beforeAll(async () => {
  const people = '"people:read", "people:write", "scim:read", ';
  const written = (await apiLake())
    .replace(/(- clientId: portal[\s\S]*?scopes: \[)/, `$1${people}`)
    .replace(
      '\nclients:',
      '\n  - { username: robo, kind: service, password: robo-demo-password, groups: [/escape] }\n\nclients:',
    )
    .replace(
      '\nstorages:',
      `\n  - { clientId: sci, clientSecret: sci-demo-secret, redirectUris: ["http://localhost:9000/callback"], scopes: [openid, "storage.modify:/"], tokenProfile: scitokens }\n\nstorages:`,
    )
    .replace('\ngrants:', '\ngrants:\n  - { id: all-modify, subject: "group:/escape", actions: [modify], path: / }');
  issuer = await startIssuer({ lake: written });
  lake = written.replace('@ISSUER@', issuer.url);
  await issuer.apply(lake);
});
afterAll(() => issuer?.close());

afterEach(async () => {
  await forgetFactors(issuer);
  await rule(null);
});

const rule = (secondFactor: string | null) =>
  issuer.apply(secondFactor === null ? lake : `${lake}\nsecondFactor: ${secondFactor}\n`, { prune: true });

const refresh = (token: string, fields: Record<string, string> = {}, client = 'portal') =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: token, ...fields }, { client });

const exchanged = (token: string, fields: Record<string, string> = {}) =>
  post(
    issuer,
    '/token',
    {
      ...{ grant_type: exchange, audience: 'rucio', subject_token: token },
      ...{ subject_token_type: 'urn:ietf:params:oauth:token-type:access_token', ...fields },
    },
    { client: 'rucio' },
  );

/** A browser that has proved two factors. */
async function twoFactors(username = 'alice'): Promise<UserAgent> {
  const first = new UserAgent();
  await signIn(issuer, first, username);
  const { app } = await setUpCodes(issuer, first);
  const agent = new UserAgent();
  const page = await signIn(issuer, agent, username);
  await agent.submit(page, '/code', { code: app.code() });
  issuer.clock.advance(30);
  return agent;
}

async function tokens(username: string, parameters: Record<string, string> = offline, agent = new UserAgent()) {
  const { body } = await login(issuer, parameters, { username, agent });
  if (body.access_token === undefined) throw new Error(JSON.stringify(body));
  return body as Record<string, string>;
}

const tooLittle = (error: string, named: string) => ({
  status: 400,
  body: {
    error,
    error_description: expect.stringMatching(
      new RegExp(`expected a new login with a second factor \\(rule: ${named}\\)$`),
    ),
  },
});

describe('a refresh', () => {
  test.each([
    ['{ clients: [portal] }', 'alice', 'client portal'],
    ['{ scopes: ["storage.modify:/"] }', 'alice', 'scope storage\\.modify:/'],
    ['{ roles: [admin] }', 'admin', 'role admin'],
    ['{ roles: [group-manager] }', 'dana', 'role group-manager'],
    ['{ everybody: true }', 'alice', 'everybody'],
  ])(
    'of a chain of one factor is refused under %s for %s, and the token is not lost',
    async (text, username, named) => {
      const { refresh_token: token = '' } = await tokens(username);
      await rule(text);
      expect(await refresh(token)).toMatchObject(tooLittle('invalid_grant', named));
      await rule(null);
      expect((await refresh(token)).status).toBe(200);
    },
  );

  test('of a chain of two factors goes on', async () => {
    const { refresh_token: token = '' } = await tokens('alice', offline, await twoFactors());
    await rule('{ clients: [portal], scopes: ["storage.modify:/"], everybody: true }');
    const { status, body } = await refresh(token);
    expect([status, decode(body.access_token).claims.acr]).toEqual([200, mfa]);
  });

  test('for less than the rule is about goes on', async () => {
    const { refresh_token: token = '' } = await tokens('alice');
    await rule('{ scopes: ["storage.modify:/"], clients: [rucio], roles: [admin] }');
    expect((await refresh(token, { scope: 'openid' })).body.scope).toBe('openid');
  });

  test('counts the roles of now', async () => {
    await rule('{ roles: [reader] }');
    const { refresh_token: token = '' } = await tokens('alice');
    await issuer.database.db
      .updateTable('accounts')
      .set({ roles: ['reader'] })
      .where('username', '=', 'alice')
      .execute();
    expect(await refresh(token)).toMatchObject(tooLittle('invalid_grant', 'role reader'));
  });

  test('of a service account goes on: it is asked at logins', async () => {
    const { refresh_token: token = '' } = await tokens('robo');
    await rule('{ everybody: true, clients: [portal] }');
    expect((await refresh(token)).status).toBe(200);
  });
});

test('a code of before the rule gives no token, and is not used up', async () => {
  const page = await authorize(issuer, new UserAgent(), { scope: `openid ${modify}` });
  await rule('{ clients: [portal] }');
  const { code } = callback(page);
  expect(await redeem(issuer, code)).toMatchObject(tooLittle('invalid_grant', 'client portal'));
  await rule(null);
  expect((await redeem(issuer, code)).status).toBe(200);
});

describe('an exchange', () => {
  test.each([
    ['{ clients: [rucio] }', {}, 'client rucio'],
    [
      '{ scopes: ["storage.modify:/"] }',
      { scope: 'storage.modify:/lofar/x', audience: 'https://localhost:8444' },
      'scope storage\\.modify:/',
    ],
    ['{ everybody: true }', {}, 'everybody'],
  ])('of a token of one factor is refused under %s', async (text, fields, named) => {
    const { access_token: token = '' } = await tokens('alice');
    expect((await exchanged(token, fields)).status).toBe(200);
    await rule(text);
    expect(await exchanged(token, fields)).toMatchObject(tooLittle('invalid_request', named));
  });

  test('of a token of two factors is taken, and so is what the rule is not about', async () => {
    const strong = await tokens('alice', offline, await twoFactors());
    await rule('{ clients: [rucio], scopes: ["storage.modify:/"] }');
    const { status, body } = await exchanged(strong.access_token ?? '');
    expect([status, decode(body.access_token).claims.acr]).toEqual([200, mfa]);
    await rule('{ scopes: ["storage.modify:/"] }');
    await forgetFactors(issuer);
    const weak = await tokens('bob', { scope: 'openid storage.read:/cta/open' });
    expect((await exchanged(weak.access_token ?? '')).status).toBe(200);
  });

  test('of a refresh token of one factor is refused', async () => {
    const login = { scope: 'openid offline_access fts', redirect_uri: 'https://rucio.example.org/auth/oidc_code' };
    const page = await authorize(issuer, new UserAgent(), { ...login, client_id: 'rucio', prompt: 'consent' });
    const { body } = await redeem(issuer, callback(page).code, { redirect_uri: login.redirect_uri }, 'rucio');
    const type = { subject_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' };
    expect((await exchanged(body.refresh_token, type)).status).toBe(200);
    await rule('{ clients: [rucio] }');
    expect(await exchanged(body.refresh_token, type)).toMatchObject(tooLittle('invalid_request', 'client rucio'));
  });
});

describe('the device flow', () => {
  const begin = async () =>
    (await post(issuer, '/devicecode', { client_id: 'cli', scope: `openid ${modify}` })).body as Record<string, string>;
  const poll = (code = '') => post(issuer, '/token', { grant_type: deviceGrant, client_id: 'cli', device_code: code });

  async function confirm(agent: UserAgent, code = '') {
    const entered = await agent.submit(await agent.get(`${issuer.url}device`), '/device', { user_code: code });
    const page = await agent.follow(await agent.submit(entered, '/device', { confirm: 'yes' }));
    if (!page.html.includes('name="password"')) return page;
    const said = { username: 'alice', password: 'alice-demo-password' };
    return agent.follow(await agent.submit(page, '/login', said));
  }

  test.each(['{ clients: [cli] }', '{ scopes: ["storage.modify:/"] }'])(
    'asks for the second factor under %s, also with a session of one',
    async (text) => {
      const agent = new UserAgent();
      await signIn(issuer, agent);
      const { app } = await setUpCodes(issuer, agent);
      await rule(text);
      const { device_code: code, user_code: typed } = await begin();
      const page = await confirm(agent, typed);
      expect(page.url.pathname).toBe('/login/second-factor');
      expect((await poll(code)).body.error).toBe('authorization_pending');
      const consent = await agent.follow(await agent.submit(page, '/code', { code: app.code() }));
      await agent.follow(await agent.submit(consent, '/consent'));
      issuer.clock.advance(10);
      expect(decode((await poll(code)).body.access_token).claims.acr).toBe(mfa);
    },
  );

  test('gives nothing for what was confirmed with one factor before the rule', async () => {
    const agent = new UserAgent();
    const { device_code: code, user_code: typed } = await begin();
    await agent.follow(await agent.submit(await confirm(agent, typed), '/consent'));
    await rule('{ clients: [cli] }');
    expect(await poll(code)).toMatchObject(tooLittle('invalid_grant', 'client cli'));
  });
});

test('without asking, a session of one factor is too little for the rule', async () => {
  const agent = new UserAgent();
  await login(issuer, { scope: 'openid' }, { agent });
  await rule('{ clients: [portal] }');
  const page = await agent.get(authorizeUrl(issuer, { scope: 'openid', prompt: 'none' }));
  expect(callback(page)).toMatchObject({ error: 'login_required' });
});

test('storage scopes in the words of SciTokens count as what they stand for', async () => {
  await rule('{ scopes: ["storage.modify:/"] }');
  const page = await authorize(issuer, new UserAgent(), { client_id: 'sci', scope: 'openid write:/lofar' });
  expect(page.url.pathname).toBe('/login/second-factor');
});

test('clients that act for themselves are not asked', async () => {
  await rule('{ everybody: true, clients: [rules-bot], scopes: ["storage.read:/", "policy:write"] }');
  const { status } = await clientCredentials(issuer, 'rules-bot', { scope: 'policy:write', audience: issuer.url });
  expect(status).toBe(200);
});

test('a token of one factor registers no client in the name of who needs two', async () => {
  const { access_token: token = '' } = await tokens('alice', { scope: 'openid', audience: issuer.url });
  const register = () =>
    fetch(new URL('register', issuer.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ redirect_uris: ['https://app.example/cb'] }),
    });
  expect((await register()).status).toBe(201);
  await rule('{ everybody: true }');
  const refused = await register();
  expect([refused.status, await refused.text()]).toEqual([401, expect.stringContaining('(rule: everybody)')]);
});

describe('where roles are used', () => {
  const scope = 'openid people:read people:write policy:read scim:read';
  const paths = ['api/v1/accounts', 'api/v1/grants', 'scim/Users', 'iam/account/search', 'gms/search'];
  const ask = (path: string, token: string) =>
    fetch(new URL(path, issuer.url), { headers: { authorization: `Bearer ${token}` } });

  test.each([
    ['admin', '{ roles: [admin] }', 'role admin'],
    ['rita', '{ roles: [reader] }', 'role reader'],
    ['dana', '{ roles: [group-manager] }', 'role group-manager'],
  ])('a token of one factor of %s is not enough under %s', async (username, text, named) => {
    const { access_token: token = '' } = await tokens(username, { scope, audience: issuer.url });
    await rule(text);
    for (const path of paths) {
      const answer = await ask(path, token);
      expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([
        ...[path, 401],
        `Bearer realm="sluice", error="insufficient_user_authentication", acr_values="${mfa}"`,
      ]);
      expect(await answer.text()).toContain(named);
    }
  });

  test('one of two factors is, and so is that of somebody without the role', async () => {
    const { access_token: strong = '' } = await tokens(
      'admin',
      { scope, audience: issuer.url },
      await twoFactors('admin'),
    );
    const { access_token: weak = '' } = await tokens('alice', { scope, audience: issuer.url });
    await rule('{ roles: [admin, reader, group-manager] }');
    for (const path of paths) expect([path, (await ask(path, strong)).status]).toEqual([path, 200]);
    expect((await ask('gms/search', weak)).status).toBe(200);
    expect((await ask('api/v1/accounts', weak)).status).not.toBe(401);
  });

  test('a session of one factor of a manager is too little for the API, as it is for pages', async () => {
    const agent = new UserAgent();
    await signIn(issuer, agent, 'dana');
    await rule('{ roles: [group-manager] }');
    const page = await agent.get(`${issuer.url}account`);
    expect(page.location?.pathname).toBe('/login/second-factor');
    const answer = await agent.get(`${issuer.url}api/v1/groups`);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="sluice", error="insufficient_user_authentication", acr_values="${mfa}"`,
    ]);
  });
});

test('a service that insists on one factor where a rule asks for two does not send its user around for ever', async () => {
  const first = new UserAgent();
  await signIn(issuer, first);
  const { app } = await setUpCodes(issuer, first);
  await rule('{ clients: [portal] }');
  const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'https://refeds.org/profile/sfa' } } });
  const agent = new UserAgent();
  const page = await agent.follow(await agent.get(authorizeUrl(issuer, { scope: 'openid', claims })));
  const login = { username: 'alice', password: 'alice-demo-password' };
  const asked = await agent.follow(await agent.submit(page, '/login', login));
  expect(asked.url.pathname).toBe('/login/second-factor');
  const after = await agent.follow(await agent.submit(asked, '/code', { code: app.code() }));
  expect(callback(after)).toMatchObject({ error: 'unmet_authentication_requirements' });
});
