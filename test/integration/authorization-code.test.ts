import { createRemoteJWKSet, jwtVerify } from 'jose';
import { authorize, authorizeUrl, callback, login, pkce, portal, redeem } from '../support/code-flow.ts';
import { clientCredentials, decode, post } from '../support/http.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

const audience = 'https://localhost:8444';
const sfa = 'https://refeds.org/profile/sfa';
const alice = '5a1e0000-0000-4000-8000-000000000001';

let issuer: TestIssuer;
let agent: UserAgent;

beforeAll(async () => {
  issuer = await startIssuer({ realTime: true });
});
afterAll(() => issuer?.close());
beforeEach(async () => {
  agent = new UserAgent();
  await issuer.database.db.deleteFrom('consents').execute();
});

describe('a login through a portal', () => {
  test('gives an access token of the profile and an ID token with groups (W-ID-1 to W-ID-4)', async () => {
    const scope = 'openid profile email wlcg.groups:/escape/cta storage.read:/cta/open';
    const { status, body } = await login(issuer, { scope, audience, nonce: 'n-1', max_age: '600' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope });
    expect(body.refresh_token).toBeUndefined();
    const { header, claims } = decode(body.access_token);
    expect(header).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    expect(claims).toMatchObject({
      sub: alice,
      aud: audience,
      scope,
      client_id: 'portal',
      'wlcg.groups': ['/escape/cta', '/escape'],
      acr: sfa,
      eduperson_assurance: expect.arrayContaining(['https://refeds.org/assurance']),
    });
    expect(claims).not.toHaveProperty('email');
    const keys = createRemoteJWKSet(new URL('jwk', issuer.url));
    const { payload } = await jwtVerify(body.id_token, keys, { issuer: issuer.url, audience: 'portal' });
    expect(payload).toMatchObject({
      sub: alice,
      nonce: 'n-1',
      acr: sfa,
      auth_time: expect.any(Number),
      jti: expect.any(String),
      name: 'Alice Example',
      preferred_username: 'alice',
      email: 'alice@example.org',
      'wlcg.ver': '1.0',
      'wlcg.groups': ['/escape/cta', '/escape'],
    });
    expect(payload).not.toHaveProperty('scope');
  });

  test('tells a client nothing of the user that it is not registered for, by scope or by claim', async () => {
    const rucio = { client_id: 'rucio', redirect_uri: 'https://rucio.example.org/auth/oidc_code' };
    const claims = JSON.stringify({ id_token: { email: { essential: true } } });
    const scope = 'openid profile email offline_access';
    const page = await authorize(issuer, new UserAgent(), { ...rucio, audience: 'rucio', scope, claims });
    const { redirect_uri } = rucio;
    const { body } = await redeem(issuer, callback(page).code, { redirect_uri }, 'rucio');
    expect(body.scope).toBe('openid profile offline_access');
    expect(decode(body.id_token).claims).toMatchObject({ name: 'Alice Example' });
    expect(decode(body.id_token).claims).not.toHaveProperty('email');
    const fields = { grant_type: 'refresh_token', refresh_token: body.refresh_token };
    const again = await post(issuer, '/token', fields, { client: 'rucio' });
    expect(decode(again.body.id_token).claims).not.toHaveProperty('email');
  });

  test('keeps the order of the scopes of the request (W-GRP-10)', async () => {
    const scope = 'storage.read:/magic wlcg.groups openid offline_access storage.read:/cta/open profile';
    const { body } = await login(issuer, { scope, audience });
    expect(body.scope).toBe(scope);
    const refreshed = await refresh(body.refresh_token);
    expect(refreshed.body.scope).toBe(scope);
  });

  test('leaves out what was unticked, what is unknown and groups not held, and says so (W-GRANT-3)', async () => {
    const scope = 'openid storage.read:/magic storage.read:/cta/open wlcg.groups:/escape/ska something';
    const { body } = await login(issuer, { scope, audience }, { untick: ['storage.read:/magic'] });
    expect(body.scope).toBe('openid storage.read:/cta/open');
  });

  test('an embargo admits its party and nobody else', async () => {
    const scope = 'openid storage.read:/cta/restricted/p17';
    expect((await login(issuer, { scope, audience })).body.scope).toBe(scope);
    const page = await authorize(issuer, agent, { scope, audience }, { username: 'bob' });
    expect(page.html).toContain('storage.read:/cta/restricted/p17');
    expect(page.html).not.toMatch(/CTA proposal 17|\/escape\/cta\/p17/);
  });

  test('a remembered consent is not asked again, a wider request is (OpenID Connect Core 3.1.2.4)', async () => {
    const scope = 'openid storage.read:/cta/open';
    await login(issuer, { scope, audience }, { agent });
    const again = await agent.follow(await agent.get(authorizeUrl(issuer, { scope, audience })));
    expect(callback(again).code).toBeDefined();
    const wider = await agent.follow(
      await agent.get(authorizeUrl(issuer, { scope: `${scope} storage.read:/magic`, audience })),
    );
    expect(wider.html).toContain('storage.read:/magic');
  });
});

describe('prompt, max_age and hints', () => {
  const scope = 'openid';

  test('prompt=none without a session is login_required, with one it gives a code', async () => {
    const none = await agent.get(authorizeUrl(issuer, { scope, prompt: 'none' }));
    expect(callback(none)).toMatchObject({ error: 'login_required', state: 'some-state', iss: issuer.url });
    await login(issuer, { scope }, { agent });
    expect(callback(await agent.get(authorizeUrl(issuer, { scope, prompt: 'none' })))).toHaveProperty('code');
  });

  test('prompt=login and max_age=0 ask for the password again (SE-15)', async () => {
    await login(issuer, { scope }, { agent });
    for (const more of [{ prompt: 'login' }, { max_age: '0' }]) {
      const page = await agent.follow(
        await agent.get(authorizeUrl(issuer, { scope, ...more } as Record<string, string>)),
      );
      expect(page.html).toContain('name="password"');
    }
  });

  test('login_hint fills the name in, as text (XI-05)', async () => {
    const hint = '"><img src=x onerror=alert(1)>';
    const page = await agent.follow(await agent.get(authorizeUrl(issuer, { scope, login_hint: hint })));
    expect(page.html).not.toContain('<img src=x');
    expect(page.html).toContain('&lt;img src=x onerror=alert(1)&gt;');
  });
});

describe('a request that is not in order', () => {
  const scope = 'openid';
  const evil = [
    'https://evil.example/cb',
    'http://localhost:9000/callback/../evil',
    'http://localhost:9000/callback/..;/evil',
  ];

  test.each(evil)('never sends the browser to `%s` (RU-01 to RU-03)', async (redirect_uri) => {
    const page = await agent.get(authorizeUrl(issuer, { scope, redirect_uri }));
    expect([page.status, page.location]).toEqual([400, null]);
    expect(page.headers.get('content-type')).toContain('text/html');
  });

  test('with two redirect_uri goes nowhere (RU-20)', async () => {
    const url = authorizeUrl(issuer, { scope });
    url.searchParams.append('redirect_uri', 'https://evil.example/cb');
    expect(await agent.get(url)).toMatchObject({ status: 400, location: null });
  });

  test.each([
    ['a malformed path scope', { scope: 'openid storage.read:/cta/../x' }, 'invalid_scope'],
    ['a bare storage scope', { scope: 'openid storage.read' }, 'invalid_scope'],
    ['a malformed group', { scope: 'openid wlcg.groups:escape' }, 'invalid_scope'],
    ['an audience that the client may not target', { scope, audience: 'https://evil.example' }, 'invalid_target'],
    ['the implicit flow', { scope, response_type: 'token' }, 'unsupported_response_type'],
    [
      'a plain code challenge (PK-03)',
      { scope, code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' },
      'invalid_request',
    ],
  ])('%s is answered by redirect, before any login', async (_name, parameters, error) => {
    const page = await agent.get(authorizeUrl(issuer, parameters as Record<string, string>));
    expect(
      Object.fromEntries([
        ...(page.location?.searchParams ?? []),
        ...new URLSearchParams(page.location?.hash.slice(1)),
      ]),
    ).toMatchObject({ error, state: 'some-state', iss: issuer.url });
  });

  test.each([
    ['without scope', { scope: '' }, 'invalid_scope', 'no scope was asked for'],
    ['with a relative resource', { scope: 'openid', resource: 'rucio' }, 'invalid_target', expect.any(String)],
    [
      'for a response type that is not built',
      { scope: 'openid', response_type: 'token' },
      'unsupported_response_type',
      expect.any(String),
    ],
  ])('%s comes back to the application with the error', async (_what, parameters, error, error_description) => {
    const page = await new UserAgent().get(authorizeUrl(issuer, parameters));
    const fragment = new URLSearchParams(page.location?.hash.slice(1));
    expect({ ...callback(page), ...Object.fromEntries(fragment) }).toMatchObject({ error, error_description });
  });

  test.each([
    ['a NUL', '{"id_token":{"email":{"value":"\\u0000"}}}'],
    ['half a character', '{"id_token":{"\\ud800":null}}'],
    ['a depth of thousands', `{"id_token":{"email":{"value":${'['.repeat(2100)}${']'.repeat(2100)}}}}`],
  ])('with %s in the claims parameter is refused', async (_what, claims) => {
    const page = await authorize(issuer, new UserAgent(), { scope: 'openid email', claims });
    expect(callback(page)).toMatchObject({ error: 'invalid_request' });
  });

  test('by a client without this grant is unauthorized_client', async () => {
    const service = { client_id: 'fts', client_secret: 'x', redirect_uri: 'https://fts.example.org/cb' };
    const lake = (await exampleLake()).replace(
      'clientSecret: fts-demo-secret',
      `clientSecret: fts-demo-secret\n    redirectUris: ["${service.redirect_uri}"]`,
    );
    await issuer.apply(lake);
    const page = await new UserAgent().get(authorizeUrl(issuer, { ...service, scope: 'openid' }));
    expect(callback(page)).toMatchObject({ error: 'unauthorized_client', state: 'some-state' });
    await issuer.apply(await exampleLake());
  });

  test('takes scopes with spaces to spare', async () => {
    const { body } = await login(issuer, { scope: ' openid  storage.read:/magic ' });
    expect(body.scope).toBe('openid storage.read:/magic');
  });

  test('of which nothing can be given is said before consent, and the application learns why', async () => {
    const agent = new UserAgent();
    const page = await authorize(issuer, agent, { scope: 'compute.read wlcg.groups:/escape/ska' });
    expect(page.html).toContain('cannot get this access');
    const back = await agent.follow(await agent.submit(page, '/cancel'));
    expect(callback(back)).toMatchObject({
      error: 'invalid_scope',
      error_description: 'compute.read refused: client-scope; wlcg.groups:/escape/ska refused: not-member',
    });
  });

  test('a public client needs PKCE with S256, a confidential one does not (W-GRANT-2, PK-01)', async () => {
    const cli = { client_id: 'cli', redirect_uri: 'http://localhost:4242', scope };
    expect(callback(await agent.get(authorizeUrl(issuer, cli)))).toMatchObject({ error: 'invalid_request' });
    const page = await authorize(issuer, agent, { ...cli, ...pkce.parameters });
    const { code } = callback(page);
    const fields = {
      grant_type: 'authorization_code',
      client_id: 'cli',
      redirect_uri: cli.redirect_uri,
      code: code ?? '',
    };
    expect((await post(issuer, '/token', fields)).body.error).toBe('invalid_grant');
    const again = callback(await authorize(issuer, agent, { ...cli, ...pkce.parameters }));
    const answer = await post(issuer, '/token', { ...fields, code: again.code ?? '', code_verifier: pkce.verifier });
    expect(answer.status).toBe(200);
  });
});

describe('a code', () => {
  const fresh = async () => callback(await authorize(issuer, new UserAgent(), { scope: 'openid offline_access' })).code;

  test('is good for one redemption, and its reuse ends what it gave (RFC 6749 section 4.1.2)', async () => {
    const code = await fresh();
    const first = await redeem(issuer, code);
    expect(first.status).toBe(200);
    expect((await redeem(issuer, code)).body.error).toBe('invalid_grant');
    expect((await refresh(first.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('gives one token when redeemed ten times at once', async () => {
    const code = await fresh();
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(issuer, code)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 400)).toBe(true);
  });

  test('is of no use to another client, or with another redirect_uri (CO-03, RU-22)', async () => {
    expect((await redeem(issuer, await fresh(), {}, 'jupyter')).body.error).toBe('invalid_grant');
    expect((await redeem(issuer, await fresh(), { redirect_uri: 'http://localhost:9000/other' })).body.error).toBe(
      'invalid_grant',
    );
    const fields = { grant_type: 'authorization_code', code: (await fresh()) ?? '' };
    expect((await post(issuer, '/token', fields, { client: 'portal' })).status).toBe(400);
  });

  test('may be narrowed to an audience within that of its request, and to no other (W-GRANT-1)', async () => {
    const codeFor = async (more: Record<string, string>) =>
      callback(await authorize(issuer, new UserAgent(), { scope: 'openid storage.read:/magic', ...more })).code;
    const narrowed = await redeem(issuer, await codeFor({}), { audience });
    expect(decode(narrowed.body.access_token).claims).toMatchObject({ aud: audience, scope: narrowed.body.scope });
    const same = await redeem(issuer, await codeFor({ audience }), { audience });
    expect(decode(same.body.access_token).claims.aud).toBe(audience);
    for (const other of ['rucio', 'https://evil.example']) {
      expect((await redeem(issuer, await codeFor({ audience }), { audience: other })).body.error).toBe(
        'invalid_target',
      );
    }
    expect((await redeem(issuer, await codeFor({}), { audience: 'https://evil.example' })).body.error).toBe(
      'invalid_target',
    );
  });

  test('is kept as a hash: the database alone redeems nothing', async () => {
    const code = await fresh();
    const rows = JSON.stringify(await issuer.database.db.selectFrom('artifacts').selectAll().execute());
    expect(code).toBeDefined();
    expect(rows).not.toContain(code);
  });
});

const refresh = (refresh_token: string, fields: Record<string, string> = {}, client = 'portal') =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token, ...fields }, { client });

describe('a refresh token', () => {
  const obtain = async (more = {}) =>
    (await login(issuer, { scope: 'openid offline_access wlcg.groups storage.read:/magic', audience, ...more })).body;

  test('comes with offline_access, also without prompt=consent, and gives new tokens', async () => {
    const first = await obtain();
    const { status, body } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ scope: first.scope, refresh_token: expect.any(String), id_token: expect.any(String) });
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(decode(body.access_token).claims).toMatchObject({
      sub: alice,
      aud: audience,
      acr: sfa,
      'wlcg.groups': ['/escape', '/escape/cta'],
    });
    expect(decode(body.id_token).claims).toMatchObject({
      sub: alice,
      aud: 'portal',
      'wlcg.groups': ['/escape', '/escape/cta'],
    });
  });

  test('comes with offline_access in a pushed request too (RFC 9126)', async () => {
    const parameters = { ...portal, response_type: 'code', scope: 'openid offline_access', state: 's' };
    const { body } = await post(issuer, '/par', parameters, { client: 'portal' });
    const page = await authorize(issuer, new UserAgent(), { request_uri: body.request_uri });
    expect((await redeem(issuer, callback(page).code)).body).toMatchObject({
      scope: 'openid offline_access',
      refresh_token: expect.any(String),
    });
  });

  test('keeps auth_time, nonce and claims asked for one by one in the ID token (OpenID Connect Core 12.2, W-ID-3)', async () => {
    const claims = JSON.stringify({ id_token: { email: null } });
    const first = await obtain({ nonce: 'n-2', max_age: '600', claims });
    const { auth_time } = decode(first.id_token).claims;
    expect(auth_time).toEqual(expect.any(Number));
    const { body } = await refresh(first.refresh_token);
    expect(decode(body.id_token).claims).toMatchObject({ auth_time, nonce: 'n-2', email: 'alice@example.org' });
  });

  test('that was replaced gets the same successor within its grace: an answer that was lost is no theft (RT-01, but for W-REF-3)', async () => {
    const first = await obtain();
    const second = await refresh(first.refresh_token);
    expect((await refresh(first.refresh_token)).body.refresh_token).toBe(second.body.refresh_token);
    expect((await refresh(second.body.refresh_token)).status).toBe(200);
  });

  test('has one successor when used twenty times at once, and everybody gets it (RT-03)', async () => {
    const first = await obtain();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(first.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  });

  test('narrows by path and audience, and never widens (W-REF-2)', async () => {
    const first = await obtain();
    const narrow = await refresh(first.refresh_token, {
      scope: 'storage.read:/magic/run1',
      audience: 'https://lxwp2dlds1.gsi.de:443',
    });
    expect(narrow.body.error_description).toBe('storage.read:/magic/run1 refused: outside-storage');
    const within = await refresh(first.refresh_token, { scope: 'storage.read:/magic/run1' });
    expect(within.body.scope).toBe('storage.read:/magic/run1');
    const wider = await refresh(within.body.refresh_token, { scope: 'storage.read:/' });
    expect(wider.body).toEqual({ error: 'invalid_scope', error_description: 'storage.read:/ refused: ceiling' });
    const malformed = await refresh(within.body.refresh_token, { scope: 'storage.read:/magic/../ska' });
    expect(malformed.body.error_description).toBe('storage.read:/magic/../ska refused: malformed');
    expect((await refresh(within.body.refresh_token)).body.scope).toBe(first.scope);
  });

  test('stays with the data that was consented, whatever their path is elsewhere (policy-semantics 6)', async () => {
    const scope = 'storage.read:/escape/fair_root/magic';
    const { body } = await login(issuer, {
      scope: `${scope} offline_access`,
      audience: 'https://lxwp2dlds1.gsi.de:443',
    });
    const elsewhere = await refresh(body.refresh_token, { scope, audience: 'https://localhost:8444' });
    expect(elsewhere.body).toEqual({ error: 'invalid_scope', error_description: `${scope} refused: ceiling` });
  });

  test('belongs to its client: a stranger neither uses nor ends it (RT-07)', async () => {
    const first = await obtain();
    expect((await refresh(first.refresh_token, {}, 'jupyter')).body.error).toBe('invalid_grant');
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  test('gives nothing once the account is suspended, and less once a membership ended (RT-10)', async () => {
    const { db } = issuer.database;
    const first = await obtain();
    const membership = db.selectFrom('groups').select('id').where('path', '=', '/escape/cta');
    await db
      .updateTable('memberships')
      .set({ ends_at: new Date() })
      .where('account_id', '=', alice)
      .where('group_id', '=', membership)
      .execute();
    const less = await refresh(first.refresh_token);
    expect(decode(less.body.access_token).claims['wlcg.groups']).toEqual(['/escape']);
    await db.updateTable('accounts').set({ state: 'suspended' }).where('id', '=', alice).execute();
    expect((await refresh(less.body.refresh_token)).body.error).toBe('invalid_grant');
    await db.updateTable('accounts').set({ state: 'active' }).where('id', '=', alice).execute();
    await db.updateTable('memberships').set({ ends_at: null }).where('account_id', '=', alice).execute();
  });

  test('is kept as a hash', async () => {
    const first = await obtain();
    const rows = JSON.stringify(await issuer.database.db.selectFrom('refresh_tokens').selectAll().execute());
    expect(rows).not.toContain(first.refresh_token);
  });

  test('is the same again for a client with multi-use tokens', async () => {
    const parameters = {
      client_id: 'rucio',
      redirect_uri: 'https://rucio.example.org/auth/oidc_code',
      scope: 'openid offline_access',
    };
    const { code } = callback(await authorize(issuer, agent, parameters));
    const first = await redeem(issuer, code, { redirect_uri: parameters.redirect_uri }, 'rucio');
    const second = await refresh(first.body.refresh_token, {}, 'rucio');
    expect(second.body.refresh_token).toBe(first.body.refresh_token);
  });
});

describe('userinfo', () => {
  const userinfo = (token: string, options: RequestInit = {}) =>
    fetch(new URL('userinfo', issuer.url), { headers: { authorization: `Bearer ${token}` }, ...options });

  test('answers any access token with openid, whatever its audience, by GET and POST', async () => {
    const { body } = await login(issuer, { scope: 'openid profile wlcg.groups', audience });
    const expected = {
      sub: alice,
      preferred_username: 'alice',
      name: 'Alice Example',
      'wlcg.groups': ['/escape', '/escape/cta'],
      eduperson_assurance: expect.any(Array),
    };
    expect(await (await userinfo(body.access_token)).json()).toEqual(expected);
    expect(await (await userinfo(body.access_token, { method: 'POST' })).json()).toEqual(expected);
    const form = { method: 'POST', headers: {}, body: new URLSearchParams({ access_token: body.access_token }) };
    expect((await userinfo('', form)).status).toBe(200);
  });

  test('refuses ID tokens, refresh tokens, tokens in the query and tokens without openid (AU-03, AU-05, SE-28)', async () => {
    const { body } = await login(issuer, { scope: 'openid offline_access' });
    expect((await userinfo(body.id_token)).status).toBe(401);
    expect((await userinfo(body.refresh_token)).status).toBe(401);
    expect((await fetch(new URL(`userinfo?access_token=${body.access_token}`, issuer.url))).status).toBe(401);
    const service = await clientCredentials(issuer, 'catalogue', { audience, scope: 'storage.read:/magic' });
    const answer = await userinfo(service.body.access_token);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      expect.stringContaining('insufficient_scope'),
    ]);
  });
});

describe('introspection and revocation', () => {
  const introspect = (token: string, client = 'dirac-stand-in') =>
    post(issuer, '/introspect', { token }, { client: client === 'dirac-stand-in' ? 'rucio' : client });

  test('any confidential client sees groups and scopes of a live token (services.md, SKA)', async () => {
    const { body } = await login(issuer, { scope: 'openid wlcg.groups storage.read:/magic', audience });
    expect((await introspect(body.access_token)).body).toMatchObject({
      active: true,
      sub: alice,
      client_id: 'portal',
      scope: 'openid wlcg.groups storage.read:/magic',
      'wlcg.groups': ['/escape', '/escape/cta'],
      aud: audience,
    });
  });

  test('without authentication is 401, by a public client refused (AU-07)', async () => {
    const nobody = await post(issuer, '/introspect', { token: 'x' });
    expect([nobody.status, nobody.body.error]).toEqual([401, 'invalid_client']);
    expect((await post(issuer, '/introspect', { token: 'x', client_id: 'cli' })).body.error).toBe(
      'unauthorized_client',
    );
    expect(
      (await post(issuer, '/introspect', { token: 'x' }, { headers: { authorization: 'Basic eDp5' } })).status,
    ).toBe(401);
  });

  test('a revoked access token is inactive, for introspection and userinfo', async () => {
    const { body } = await login(issuer, { scope: 'openid' });
    const stranger = await post(issuer, '/revoke', { token: body.access_token }, { client: 'rucio' });
    expect(stranger.body.error).toBe('invalid_request');
    expect((await post(issuer, '/revoke', { token: body.access_token }, { client: 'portal' })).status).toBe(200);
    expect((await introspect(body.access_token)).body).toEqual({ active: false });
    const answer = await fetch(new URL('userinfo', issuer.url), {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(answer.status).toBe(401);
  });

  test('what belongs to an account that was suspended is inactive (policy-semantics 7)', async () => {
    const { body } = await login(issuer, { scope: 'openid offline_access' });
    const { db } = issuer.database;
    await db.updateTable('accounts').set({ state: 'suspended' }).where('id', '=', alice).execute();
    const answers = [await introspect(body.access_token, 'portal'), await introspect(body.refresh_token, 'portal')];
    await db.updateTable('accounts').set({ state: 'active' }).where('id', '=', alice).execute();
    expect(answers.map((answer) => answer.body)).toEqual([{ active: false }, { active: false }]);
  });

  test('a revoked refresh token is dead; one that nobody knows is answered 200 (W-REF-4)', async () => {
    const { body } = await login(issuer, { scope: 'openid offline_access' });
    expect((await introspect(body.refresh_token, 'portal')).body).toMatchObject({
      active: true,
      client_id: portal.client_id,
    });
    expect((await introspect(body.refresh_token, 'rucio')).body).toEqual({ active: false });
    expect((await post(issuer, '/revoke', { token: body.refresh_token }, { client: 'portal' })).status).toBe(200);
    expect((await refresh(body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await post(issuer, '/revoke', { token: 'nothing' }, { client: 'portal' })).status).toBe(200);
  });
});
