import fc from 'fast-check';
import { sql } from 'kysely';
import { authorize, callback, login, pkce, portal } from '../support/code-flow.ts';
import { createDpopKey } from '../support/dpop.ts';
import { basic, formOf, post } from '../support/http.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { callRegistration, oidcAgent, type RegistrationCall } from '../support/registration.ts';
import { runs } from '../support/runs.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
/** Of alice, for this issuer. */
let initial: string;

const allowing = async (allow: string) =>
  (await exampleLake()).replace('registration: { allow: users }', `registration: { allow: ${allow} }`);

beforeAll(async () => {
  issuer = await startIssuer({ lake: await allowing('anyone'), config: { trustedProxies: ['127.0.0.1', '::1'] } });
  initial = (await login(issuer, { scope: 'openid' })).body.access_token;
});
afterAll(() => issuer?.close());

const call = (metadata: unknown, options: RegistrationCall = {}) => callRegistration(issuer, metadata, options);

/** Each from an address of its own. */
let addresses = 0;
const register = (metadata: unknown, options: RegistrationCall = {}) => {
  addresses += 1;
  const address = `198.51.${addresses >> 8}.${addresses & 255}`;
  return call(metadata, { headers: { 'x-forwarded-for': address }, ...options });
};

const web = { redirect_uris: ['https://rp.example/cb'] };
const stored = async (clientId: string) => {
  const { db } = issuer.database;
  return db.selectFrom('clients').selectAll().where('client_id', '=', clientId).executeTakeFirstOrThrow();
};

describe('who may register', () => {
  beforeEach(async () => issuer.apply(await allowing('users')));
  afterAll(async () => issuer.apply(await allowing('anyone')));

  test('DC-21: by default nobody, and the metadata names no endpoint', async () => {
    await issuer.apply(await allowing('nobody'));
    const answer = await call(web);
    expect([answer.status, answer.body.error]).toEqual([403, 'access_denied']);
    const metadata = await (await fetch(new URL('.well-known/openid-configuration', issuer.url))).json();
    expect(metadata).not.toHaveProperty('registration_endpoint');
  });

  test('users: the metadata names the endpoint, which asks for an access token of a user', async () => {
    const metadata = await (await fetch(new URL('.well-known/openid-configuration', issuer.url))).json();
    expect(metadata).toMatchObject({ registration_endpoint: `${issuer.url}register` });
    const answer = await call(web);
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="sluice"']);
  });

  test('users: a token that is none, of a client, or of a service that acts for the user is refused', async () => {
    const exchanged = await post(
      issuer,
      '/token',
      {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: initial,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        audience: 'https://wlcg.cern.ch/jwt/v1/any',
        scope: 'openid',
      },
      { client: 'jupyter' },
    );
    expect(exchanged.status).toBe(200);
    const { body: ofClient } = await post(
      issuer,
      '/token',
      { grant_type: 'client_credentials', scope: 'scim:read' },
      { client: 'rucio' },
    );
    for (const token of ['nonsense', ofClient.access_token, exchanged.body.access_token]) {
      const answer = await call(web, { token });
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="sluice", error="invalid_token"',
      ]);
    }
  });

  test('users: a token that is bound to a key is no bearer token (RFC 9449 section 7.2)', async () => {
    const key = await createDpopKey();
    const { code = '' } = callback(await authorize(issuer, new UserAgent(), { scope: 'openid' }));
    const { body } = await post(
      issuer,
      '/token',
      { grant_type: 'authorization_code', code, redirect_uri: portal.redirect_uri },
      { client: 'portal', headers: { dpop: await key.proof('POST', `${issuer.url}token`) } },
    );
    expect(body.token_type).toBe('DPoP');
    expect((await call(web, { token: body.access_token })).status).toBe(401);
  });

  test('users: who owns the client is recorded', async () => {
    const { body } = await call(web, { token: initial });
    const row = await stored(body.client_id);
    const { id } = await issuer.database.db
      .selectFrom('accounts')
      .select('id')
      .where('username', '=', 'alice')
      .executeTakeFirstOrThrow();
    const owners = await issuer.database.db
      .selectFrom('client_owners')
      .select('account_id')
      .where('client_id', '=', body.client_id)
      .execute();
    expect(row).toMatchObject({ declared: false, registered_by: id });
    expect(owners).toEqual([{ account_id: id }]);
  });

  test('anyone: without a token, and twenty times an hour from one address', async () => {
    await issuer.apply(await allowing('anyone'));
    const statuses = [];
    for (let count = 0; count < 21; count += 1) statuses.push(await call({ ...web, client_name: `c${count}` }));
    expect(statuses.slice(0, 20).map(({ status }) => status)).toEqual(Array(20).fill(201));
    expect(statuses[20]).toMatchObject({ status: 429 });
    expect(Number(statuses[20]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await stored(statuses[0]?.body.client_id)).registered_by).toBeNull();
  });

  test('anyone: what is refused counts for nothing', async () => {
    await issuer.apply(await allowing('anyone'));
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    for (let count = 0; count < 25; count += 1) expect((await call({}, { headers })).status).toBe(400);
    expect((await call(web, { headers })).status).toBe(201);
  });

  test('anyone: a token that is no good is refused all the same', async () => {
    await issuer.apply(await allowing('anyone'));
    expect((await call(web, { token: 'nonsense' })).status).toBe(401);
  });
});

describe('oidc-agent', () => {
  test.each(['register', 'iam/api/client-registration', '/register'])('registers at /%s', async (path) => {
    const url = `${issuer.url}${path}`;
    const { status, body, headers } = await register(oidcAgent, { path: url });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      client_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      client_id_issued_at: issuer.clock.now() / 1000,
      client_secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      client_secret_expires_at: 0,
      registration_access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      registration_client_uri: `${issuer.url}register/${body.client_id}`,
      client_name: 'oidc-agent:escape',
      application_type: 'native',
      redirect_uris: oidcAgent.redirect_uris,
      grant_types: oidcAgent.grant_types,
      response_types: ['code'],
      scope: 'openid profile offline_access wlcg.groups',
      subject_type: 'public',
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
    });
    expect(JSON.stringify(await stored(body.client_id))).not.toContain(body.client_secret);
    expect(JSON.stringify(await stored(body.client_id))).not.toContain(body.registration_access_token);
  });

  test('logs a user in at any port of the machine, and refreshes', async () => {
    const { body } = await register(oidcAgent);
    const headers = { authorization: basic(body.client_id, body.client_secret) };
    const redirect_uri = 'http://localhost:38211';
    const page = await authorize(issuer, new UserAgent(), {
      client_id: body.client_id,
      redirect_uri,
      scope: 'openid offline_access wlcg.groups',
      ...pkce.parameters,
    });
    const { code = '' } = callback(page);
    const fields = { grant_type: 'authorization_code', code, redirect_uri, code_verifier: pkce.verifier };
    const tokens = await post(issuer, '/token', fields, { headers });
    expect(tokens).toMatchObject({ status: 200, body: { scope: 'openid offline_access wlcg.groups' } });
    const refreshed = await post(
      issuer,
      '/token',
      { grant_type: 'refresh_token', refresh_token: tokens.body.refresh_token, scope: 'openid' },
      { headers },
    );
    expect(refreshed).toMatchObject({ status: 200, body: { scope: 'openid' } });
  });

  test('begins a device flow', async () => {
    const { body } = await register(oidcAgent);
    const headers = { authorization: basic(body.client_id, body.client_secret) };
    const begun = await post(issuer, '/devicecode', { scope: 'openid offline_access' }, { headers });
    expect(begun).toMatchObject({ status: 200, body: { device_code: expect.any(String) } });
  });

  test('deletes its client', async () => {
    const { body } = await register(oidcAgent);
    const path = body.registration_client_uri;
    const token = body.registration_access_token;
    expect((await call(undefined, { method: 'DELETE', path, token })).status).toBe(204);
    expect((await call(undefined, { method: 'GET', path, token })).status).toBe(401);
  });
});

describe('what a registered client may have', () => {
  const scopeOf = async (scope: string) => (await register({ ...web, scope })).body.scope;

  test.each([
    'storage.read:/',
    'storage.create:/a storage.modify:/a storage.stage:/a storage.poll:/a',
    'compute.read compute.create compute.modify compute.cancel',
    'wlcg.groups:/escape wlcg.capabilityset:/escape wlcg.capabilityset',
    'scim:read scim:write host.auth fts policy:read policy:write iam:admin.read registration',
  ])('not %s: left out, and 201', async (scope) => {
    expect(await scopeOf(`openid ${scope}`)).toBe('openid');
  });

  test('all that may be had when it asks for nothing', async () => {
    expect((await register(web)).body.scope).toBe('openid profile email offline_access wlcg.groups wlcg aarc');
  });

  test('DC-23: no grant type without a user present', async () => {
    const grants = [
      'client_credentials',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'urn:openid:params:grant-type:ciba',
      'implicit',
      'password',
    ];
    const mixed = await register({ ...web, grant_types: ['authorization_code', ...grants] });
    expect(mixed).toMatchObject({ status: 201, body: { grant_types: ['authorization_code'] } });
    const none = await register({ ...web, grant_types: grants });
    expect(none).toMatchObject({ status: 400, body: { error: 'invalid_client_metadata' } });
  });

  test('W-SEC-2: no token with storage, compute or an optional group', async () => {
    const { body } = await register({ ...web, scope: 'openid wlcg.groups' });
    const ask = (scope: string) =>
      authorize(issuer, new UserAgent(), {
        client_id: body.client_id,
        redirect_uri: 'https://rp.example/cb',
        scope,
        ...pkce.parameters,
      });
    const storage = await ask('storage.read:/cta/open');
    expect([storage.location, storage.html]).toEqual([null, expect.stringContaining('cannot get this access')]);
    const { code = '' } = callback(
      await ask('openid wlcg.groups:/escape/cta wlcg.groups:/escape/cta/p17 compute.create'),
    );
    const tokens = await post(
      issuer,
      '/token',
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: 'https://rp.example/cb',
        code_verifier: pkce.verifier,
      },
      { headers: { authorization: basic(body.client_id, body.client_secret) } },
    );
    expect(tokens).toMatchObject({ status: 200, body: { scope: 'openid wlcg.groups:/escape/cta' } });
  });

  test('a public client has no secret', async () => {
    const { body } = await register({ ...web, token_endpoint_auth_method: 'none' });
    expect(body).not.toHaveProperty('client_secret');
    expect(body).not.toHaveProperty('client_secret_expires_at');
  });
});

describe('redirect URIs', () => {
  const attempt = async (uri: unknown) => (await register({ redirect_uris: [uri] })).body.error;

  test.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'http://rp.example/cb',
    'https://rp.example/cb#x',
    'https://*.rp.example/cb',
    'https://rp.example/*',
    'https://user@rp.example/cb',
    'https://localhost/cb',
    'https:rp.example/cb',
    'https:///rp.example/cb',
    'https://rp.example\\@evil.example/',
    '//rp.example/cb',
    '/cb',
    'com:/cb',
    'http://localhost.evil.example/cb',
    'http://127.0.0.1.evil.example/',
    'urn:ietf:wg:oauth:2.0:oob',
    '',
    7,
    null,
  ])('%p is no redirect', async (uri) => {
    expect(await attempt(uri)).toBe('invalid_redirect_uri');
  });

  test.each(['http://127.0.0.1/cb', 'http://[::1]:7000/', 'https://rp.example:8443/cb?x=y', 'org.example.app:/cb'])(
    '%s is one',
    async (uri) => {
      expect(await attempt(uri)).toBeUndefined();
    },
  );

  test('DH-07: one of 50 000 characters is refused at once', async () => {
    const begun = performance.now();
    expect(await attempt(`https://rp.example/${'a'.repeat(50_000)}`)).toBe('invalid_redirect_uri');
    expect(performance.now() - begun).toBeLessThan(500);
  });

  test('the code flow needs one', async () => {
    expect((await register({})).body.error).toBe('invalid_redirect_uri');
  });
});

describe('addresses that the server would call', () => {
  test.each([
    ['DC-02', 'jwks_uri', 'http://169.254.169.254/latest/meta-data'],
    ['DC-02', 'jwks_uri', 'https://127.0.0.1:5432/'],
    ['DC-02', 'jwks_uri', 'https://[::ffff:127.0.0.1]/'],
    ['DC-02', 'jwks_uri', 'https://localhost/jwks'],
    ['DC-04', 'sector_identifier_uri', 'https://10.0.0.1/x.json'],
    ['DC-06', 'policy_uri', 'javascript:alert(1)'],
    ['DC-06', 'logo_uri', 'data:image/svg+xml,x'],
    ['DC-07', 'initiate_login_uri', 'data:text/html,x'],
    ['DC-08', 'backchannel_logout_uri', 'https://192.168.0.1/logout'],
    ['DC-09', 'request_uris', 'file:///etc/passwd'],
    ['DC-09', 'request_uris', ['https://rp.example/request']],
  ])('%s: %s %p is refused', async (_id, member, value) => {
    const answer = await register({ ...web, [member]: value });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_client_metadata']);
    expect(JSON.stringify(answer.body)).not.toContain(String(value));
  });
});

describe('management (RFC 7592)', () => {
  /** A client, and calls with its own token. */
  async function registered(metadata: object = web) {
    const { body } = await register(metadata);
    const own = { path: body.registration_client_uri, token: body.registration_access_token };
    return {
      information: body,
      get: (more: RegistrationCall = {}) => call(undefined, { method: 'GET', ...own, ...more }),
      put: (changes: object, more: RegistrationCall = {}) =>
        call({ ...metadata, client_id: body.client_id, ...changes }, { method: 'PUT', ...own, ...more }),
      remove: (more: RegistrationCall = {}) => call(undefined, { method: 'DELETE', ...own, ...more }),
    };
  }

  test('answers what is registered, without the secret, at both paths', async () => {
    const { information, get } = await registered();
    const { client_secret: _, ...rest } = information;
    const path = `${issuer.url}iam/api/client-registration/${information.client_id}`;
    expect(await get()).toMatchObject({ status: 200, body: rest });
    expect((await get({ path })).body).toEqual(rest);
  });

  test('knows nobody with another token, and no other client', async () => {
    const { get, put, remove } = await registered();
    const other = await registered();
    const wrong = [{ token: 'x' }, { token: other.information.registration_access_token }, { token: initial }];
    for (const options of wrong) {
      expect([await get(options), await put({}, options), await remove(options)].map(({ status }) => status)).toEqual([
        401, 401, 401,
      ]);
    }
    expect((await get({ path: `${issuer.url}register/portal` })).status).toBe(401);
    expect((await get()).status).toBe(200);
  });

  test('changes redirects and name at once, and keeps the secret', async () => {
    const { information, put } = await registered();
    const changed = await put({ redirect_uris: ['https://rp.example/other'], client_name: 'Other' });
    expect(changed).toMatchObject({
      status: 200,
      body: { client_name: 'Other', redirect_uris: ['https://rp.example/other'] },
    });
    expect(changed.body).not.toHaveProperty('client_secret');
    const page = await authorize(issuer, new UserAgent(), {
      client_id: information.client_id,
      redirect_uri: 'https://rp.example/cb',
      scope: 'openid',
      ...pkce.parameters,
    });
    expect([page.status, page.location]).toEqual([400, null]);
  });

  test('DC-24: every update goes by the same rules', async () => {
    const { put } = await registered({ ...web, scope: 'openid' });
    expect((await put({ client_id: 'portal' })).body.error).toBe('invalid_client_metadata');
    expect((await put({ client_id: undefined })).body.error).toBe('invalid_client_metadata');
    expect((await put({ client_secret: 'mine' })).body.error).toBe('invalid_client_metadata');
    expect((await put({ redirect_uris: ['javascript:alert(1)'] })).body.error).toBe('invalid_redirect_uri');
    const more = { scope: 'openid email storage.read:/', grant_types: ['authorization_code', 'client_credentials'] };
    expect((await put(more)).body).toMatchObject({ scope: 'openid email', grant_types: ['authorization_code'] });
  });

  test('is read and deleted, but not changed, where nobody may register any more', async () => {
    const { get, put, remove } = await registered();
    await issuer.apply(await allowing('nobody'));
    const statuses = [(await get()).status, (await put({})).status, (await remove()).status];
    await issuer.apply(await allowing('anyone'));
    expect(statuses).toEqual([200, 403, 204]);
  });

  test('what only an administrator sets stays as it is', async () => {
    const { information, put } = await registered({ ...web, scope: 'openid' });
    const definition = {
      ...((await stored(information.client_id)).definition as object),
      scopes: ['openid', 'storage.read:/cta/open'],
      audiences: ['rucio'],
      optionalGroups: true,
      policyMode: 'strict',
    };
    await issuer.database.db
      .updateTable('clients')
      .set({ definition: JSON.stringify(definition) })
      .where('client_id', '=', information.client_id)
      .execute();
    const changed = await put({ scope: 'email', audiences: ['other'], privileged: true, policyMode: 'expand' });
    expect(changed.body.scope).toBe('email storage.read:/cta/open');
    expect((await stored(information.client_id)).definition).toMatchObject({
      audiences: ['rucio'],
      optionalGroups: true,
      policyMode: 'strict',
    });
    expect((await stored(information.client_id)).definition).not.toHaveProperty('privileged');
  });

  test('a client that begins to prove itself by a secret is told a new one', async () => {
    const { information, put } = await registered({ ...web, token_endpoint_auth_method: 'none' });
    const { body } = await put({ token_endpoint_auth_method: 'client_secret_post' });
    expect(body.client_secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await put({ client_secret: body.client_secret })).status).toBe(200);
    expect(information).not.toHaveProperty('client_secret');
  });

  test('DC-25: the token of a suspended client brings nothing back', async () => {
    const { information, get, put, remove } = await registered();
    await issuer.database.db
      .updateTable('clients')
      .set({ state: 'suspended' })
      .where('client_id', '=', information.client_id)
      .execute();
    expect([await get(), await put({}), await remove()].map(({ status }) => status)).toEqual([401, 401, 401]);
    expect((await stored(information.client_id)).state).toBe('suspended');
  });

  test('each change is in the audit log', async () => {
    const { information, put, remove } = await registered();
    await put({ client_name: 'Other' });
    await remove();
    const rows = await issuer.database.db
      .selectFrom('audit_log')
      .select(['action', 'actor'])
      .where(sql<string>`detail ->> 'client'`, '=', information.client_id)
      .orderBy('id')
      .execute();
    expect(rows).toEqual([
      { action: 'client.registered', actor: 'anonymous' },
      { action: 'client.updated', actor: `client:${information.client_id}` },
      { action: 'client.deleted', actor: `client:${information.client_id}` },
    ]);
  });

  test('a pruning apply leaves registered clients alone', async () => {
    const { get } = await registered();
    await issuer.apply(await allowing('anyone'), { prune: true });
    expect((await get()).status).toBe(200);
  });
});

describe('hostile input', () => {
  test.each([
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['null', 'null', 400],
    ['a text', '"x"', 400],
    ['deep nesting', `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`, 400],
    ['half a surrogate pair', '{"client_name":"\\ud800","redirect_uris":["https://rp.example/cb"]}', 400],
    ['a control character', '{"client_name":"\\u0000","redirect_uris":["https://rp.example/cb"]}', 400],
    ['too much', JSON.stringify({ client_name: 'x'.repeat(300_000) }), 413],
  ])('%s is refused', async (_what, body, status) => {
    const answer = await register(body);
    expect([answer.status, answer.body.error]).toEqual([status, 'invalid_client_metadata']);
  });

  test('another content type is 415', async () => {
    const response = await fetch(new URL('register', issuer.url), {
      method: 'POST',
      headers: { 'x-forwarded-for': '203.0.113.10' },
      body: formOf({ redirect_uris: 'https://rp.example/cb' }),
    });
    expect(response.status).toBe(415);
  });

  test('another method is 405', async () => {
    expect((await call(undefined, { method: 'GET' })).headers.get('allow')).toBe('POST');
    expect((await call({}, { path: 'register/x', method: 'POST' })).headers.get('allow')).toBe('GET, PUT, DELETE');
  });

  test('DC-28: unknown members and prototypes mean nothing', async () => {
    const hostile =
      '{"redirect_uris":["https://rp.example/cb"],"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"privileged":true,"owners":["bob"]}';
    const { status, body } = await register(hostile);
    expect(status).toBe(201);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
    const { definition } = await stored(body.client_id);
    for (const member of ['privileged', 'owners', 'isAdmin']) expect(definition).not.toHaveProperty(member);
  });

  test.each([
    { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
    { kty: 'RSA', n: '', e: '' },
    { kty: 'OKP', crv: 'nonsense', x: '?' },
  ])('a key that is none makes no fault: $kty', async (key) => {
    const metadata = { ...web, token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key] } };
    const { status, body } = await register(metadata);
    if (status !== 201) {
      expect(status).toBe(400);
      return;
    }
    const page = await fetch(
      new URL(`authorize?${new URLSearchParams({ client_id: body.client_id, response_type: 'code' })}`, issuer.url),
      { redirect: 'manual' },
    );
    const token = await post(issuer, '/token', {
      grant_type: 'refresh_token',
      refresh_token: 'x',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: `eyJhbGciOiJFUzI1NiJ9.${Buffer.from(JSON.stringify({ iss: body.client_id, sub: body.client_id })).toString('base64url')}.AAAA`,
    });
    expect([page.status, token.status].every((code) => code < 500)).toBe(true);
  });

  test('a software statement is refused by its name', async () => {
    const { body } = await register({ ...web, software_statement: 'a.b.c' });
    expect(body.error).toBe('invalid_software_statement');
  });

  test('no JSON whatever is a fault of the server', async () => {
    const member = fc.constantFrom(
      'redirect_uris',
      'grant_types',
      'response_types',
      'scope',
      'client_name',
      'jwks',
      'jwks_uri',
      'token_endpoint_auth_method',
      'backchannel_logout_uri',
      'id_token_signed_response_alg',
      'dpop_bound_access_tokens',
    );
    const nasty = fc.oneof(fc.jsonValue(), fc.webUrl(), fc.string({ unit: 'binary' }), fc.array(fc.webUrl()));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(member, nasty), fc.boolean(), async (metadata, withRedirect) => {
        const { status } = await register({ ...metadata, ...(withRedirect && web) });
        expect([201, 400, 429]).toContain(status);
      }),
      { numRuns: runs(150) },
    );
  });
});
