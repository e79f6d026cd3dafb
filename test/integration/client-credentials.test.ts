import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import { basic, clientCredentials, decode, eventually, post } from '../support/http.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';

const storage = 'https://localhost:8444';
const segment = 'https://lxwp2dlds1.gsi.de:443';
const read = (path: string, audience = storage) => ({ audience, scope: `storage.read:${path}` });

let issuer: TestIssuer;
let assertionKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  assertionKey = privateKey;
  const jwk = { ...(await exportJWK(publicKey)), kid: 'test-1', alg: 'ES256', use: 'sig' };
  const more = `
  - { clientId: robot, tokenEndpointAuthMethod: private_key_jwt, jwks: { keys: [${JSON.stringify(jwk)}] }, grantTypes: [client_credentials], scopes: ["storage.read:/", "scim:read"] }
  - { clientId: "host:se.example.org", clientSecret: "colon:secret-demo-secret", grantTypes: [client_credentials], scopes: [host.auth] }
  - { clientId: exact, clientSecret: exact-demo-secret, grantTypes: [client_credentials], scopes: ["storage.read:/"], policyMode: strict }
  - { clientId: small, clientSecret: small-demo-secret, grantTypes: [client_credentials], scopes: ["storage.read:/"], accessTokenSigningAlg: ES256, audiences: ["${storage}"] }
`;
  const lake = (await exampleLake())
    .replace('\nstorages:', `${more}\nstorages:`)
    .replace(
      '  - { id: catalogue-read,',
      `  - { id: exact-read, subject: "client:exact", actions: [read], path: /magic }\n  - { id: small-read, subject: "client:small", actions: [read], path: / }\n  - { id: robot-read, subject: "client:robot", actions: [read], path: / }\n  - { id: catalogue-read,`,
    );
  issuer = await startIssuer({ lake });
});
afterAll(() => issuer.close());

describe('a token', () => {
  test('has the header and claims of the profile, and the keys of the issuer verify it (W-ISS-3, W-CLM, W-AT)', async () => {
    const { status, body, headers } = await clientCredentials(issuer, 'catalogue', read('/cta/open'));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'storage.read:/cta/open',
    });
    const { header, claims } = decode(body.access_token);
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) });
    const iat = issuer.clock.now() / 1000;
    expect(claims).toEqual({
      iss: issuer.url,
      sub: 'catalogue',
      aud: storage,
      iat,
      nbf: iat - 60,
      exp: iat + 3600,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      scope: 'storage.read:/cta/open',
      client_id: 'catalogue',
      'wlcg.ver': '1.0',
    });
    const keys = createRemoteJWKSet(new URL('jwk', issuer.url));
    await expect(
      jwtVerify(body.access_token, keys, {
        issuer: issuer.url,
        audience: storage,
        currentDate: new Date(issuer.clock.now()),
      }),
    ).resolves.toBeDefined();
  });

  test('is signed with ES256 for a client that asks for it (W-ISS-2)', async () => {
    const { body } = await clientCredentials(issuer, 'small', read('/magic'));
    expect(decode(body.access_token).header.alg).toBe('ES256');
    await expect(
      jwtVerify(body.access_token, createRemoteJWKSet(new URL('jwk', issuer.url)), {
        currentDate: new Date(issuer.clock.now()),
      }),
    ).resolves.toBeDefined();
  });

  test('is valid everywhere when no audience was asked (W-AUD-5)', async () => {
    const { body } = await clientCredentials(issuer, 'rucio', { scope: 'fts' });
    expect(decode(body.access_token).claims.aud).toBe('https://wlcg.cern.ch/jwt/v1/any');
  });

  test('keeps the order of the request and offline_access, and comes without a refresh token (W-GRP-10)', async () => {
    const scope = 'storage.modify:/ska storage.read:/magic offline_access';
    const { body } = await clientCredentials(issuer, 'fts', { audience: storage, scope });
    expect(body.scope).toBe(scope);
    expect(body.refresh_token).toBeUndefined();
  });

  test('carries no groups for a client (W-GRP-11)', async () => {
    const { body } = await clientCredentials(issuer, 'rucio', {
      audience: storage,
      scope: 'storage.read:/magic wlcg.groups',
    });
    expect(decode(body.access_token).claims).not.toHaveProperty(['wlcg.groups']);
    expect(body.scope).toBe('storage.read:/magic');
  });

  test('lives as long as its client’s setting says', async () => {
    const { body } = await clientCredentials(issuer, 'rucio', { audience: storage, scope: 'storage.read:/magic' });
    expect(body.expires_in).toBe(14_400);
  });

  test('without scope has the client’s scopes that open no storage; a client with storage scopes only must name one', async () => {
    expect((await clientCredentials(issuer, 'host:se.example.org', {})).status).toBe(401);
    const answer = await post(
      issuer,
      '/token',
      { grant_type: 'client_credentials' },
      { headers: { authorization: basic('host:se.example.org', 'colon:secret-demo-secret') } },
    );
    expect(answer.body.scope).toBe('host.auth');
    expect((await clientCredentials(issuer, 'catalogue', {})).body.error).toBe('invalid_scope');
  });
});

describe('the policy decides', () => {
  test.each([
    [
      'below an embargo',
      'catalogue',
      read('/cta/restricted/p17/run1'),
      'storage.read:/cta/restricted/p17/run1 refused: embargoed',
    ],
    ['above an embargo', 'catalogue', read('/cta'), 'storage.read:/cta refused: embargoed-part'],
    ['outside the client’s scopes', 'monitor', read('/magic'), 'storage.read:/magic refused: client-scope'],
    [
      'for another action',
      'catalogue',
      { audience: storage, scope: 'storage.modify:/magic' },
      'storage.modify:/magic refused: client-scope',
    ],
    ['without a path', 'catalogue', { audience: storage, scope: 'storage.read' }, 'storage.read refused: malformed'],
    [
      'with a path that climbs',
      'catalogue',
      read('/cta/open/../restricted'),
      'storage.read:/cta/open/../restricted refused: malformed',
    ],
    ['with an encoded path', 'catalogue', read('/cta/%2e%2e/x'), 'storage.read:/cta/%2e%2e/x refused: malformed'],
    [
      'at a service that is no storage',
      'catalogue',
      read('/magic', 'rucio'),
      'storage.read:/magic refused: outside-storage',
    ],
  ])('%s is refused and says why', async (_name, client, fields, description) => {
    const { status, body } = await clientCredentials(issuer, client, fields);
    expect([status, body]).toEqual([400, { error: 'invalid_scope', error_description: description }]);
  });

  test('double slashes are collapsed, the exempt part of an embargo is open', async () => {
    const path = '/escape/fair_root//cta//restricted/p17/calib/';
    const { body } = await clientCredentials(issuer, 'catalogue', read(path, segment));
    expect(body.scope).toBe('storage.read:/escape/fair_root/cta/restricted/p17/calib');
  });

  test('a party of the embargo is admitted, for tokens as long as the embargo lets that party have', async () => {
    const below = await clientCredentials(issuer, 'rucio', read('/cta/restricted/p17'));
    expect(below.body).toMatchObject({ scope: 'storage.read:/cta/restricted/p17', expires_in: 3600 });
    const above = await clientCredentials(issuer, 'rucio', read('/'));
    expect(above.body).toMatchObject({ scope: 'storage.read:/', expires_in: 3600 });
    const apart = await clientCredentials(issuer, 'rucio', read('/magic'));
    expect(apart.body.expires_in).toBe(14_400);
  });

  test('a strict client gets all or nothing', async () => {
    const scope = 'storage.read:/escape/fair_root/magic storage.read:/escape/fair_root/lofar';
    const { body } = await clientCredentials(issuer, 'exact', { audience: segment, scope });
    expect(body).toEqual({
      error: 'invalid_scope',
      error_description:
        'storage.read:/escape/fair_root/magic refused: all-or-nothing; storage.read:/escape/fair_root/lofar refused: no-grant',
    });
  });

  test('a release needs no job: the scope is refused until the date and issued from it on (ST-25)', async () => {
    const now = issuer.clock.now();
    issuer.clock.set('2027-05-31T23:59:59Z');
    expect((await clientCredentials(issuer, 'catalogue', read('/cta/restricted/p17'))).status).toBe(400);
    issuer.clock.set('2027-06-01T00:00:00Z');
    expect((await clientCredentials(issuer, 'catalogue', read('/cta/restricted/p17'))).status).toBe(200);
    issuer.clock.set(now);
  });
});

describe('a token that would be too large (policy-semantics 2.2)', () => {
  test('is refused, and each scope is named as it was asked', async () => {
    const long = Array.from({ length: 20 }, (_, index) => `storage.read:/${'x'.repeat(300)}${index}`);
    const scopes = ['storage.read:/magic/', ...long, 'nothing'];
    const sent = { audience: storage, scope: scopes.join(' ') };
    const { status, body } = await clientCredentials(issuer, 'catalogue', sent);
    expect([status, body.error]).toEqual([400, 'invalid_scope']);
    expect(body.error_description).toBe('storage.read:/magic/ refused: too-many');
    const row = await eventually(async () =>
      issuer.database.db.selectFrom('issue_log').selectAll().where('requested', '=', sent.scope).executeTakeFirst(),
    );
    expect(row).toMatchObject({ event: 'refused', jti: null, issued: '', expires_at: null });
    const reasonOf = (scope: string) => ({ scope, reason: scope === 'nothing' ? 'client-scope' : 'too-many' });
    expect(row.refused).toEqual(scopes.map(reasonOf));
  });
});

describe('audiences', () => {
  test('outside what the client may ask for are invalid_target (W-AUD-6, AU-02)', async () => {
    expect((await clientCredentials(issuer, 'catalogue', read('/magic', 'https://evil.example'))).body.error).toBe(
      'invalid_target',
    );
    expect(
      (await clientCredentials(issuer, 'small', read('/magic', 'https://wlcg.cern.ch/jwt/v1/any'))).body.error,
    ).toBe('invalid_target');
  });

  test('may be named by resource too, as an absolute URI (RFC 8707)', async () => {
    const { body } = await clientCredentials(issuer, 'catalogue', { resource: storage, scope: 'storage.read:/magic' });
    expect(decode(body.access_token).claims.aud).toBe(storage);
    expect(
      (await clientCredentials(issuer, 'catalogue', { resource: 'rucio', scope: 'storage.read:/magic' })).body.error,
    ).toBe('invalid_target');
  });

  test('by alias go into aud unchanged (W-AUD-2)', async () => {
    const { body } = await clientCredentials(issuer, 'catalogue', read('/magic', 'webdav.grid.sara.nl'));
    expect(body.error_description).toBe('storage.read:/magic refused: outside-storage');
    const mounted = '/pnfs/grid.sara.nl/data/escape/disk/rucio/sara_dcache/magic';
    const answer = await clientCredentials(issuer, 'catalogue', read(mounted, 'webdav.grid.sara.nl'));
    expect(decode(answer.body.access_token).claims).toMatchObject({
      aud: 'webdav.grid.sara.nl',
      scope: `storage.read:${mounted}`,
    });
  });
});

describe('client authentication', () => {
  let standing: number;
  /** Assertions are dated by the real time, which the library knows alone. */
  beforeAll(() => {
    standing = issuer.clock.now();
    issuer.clock.set(Date.now());
  });
  afterAll(() => issuer.clock.set(standing));

  const fields = { grant_type: 'client_credentials', ...read('/magic') };
  const asCatalogue = { client_id: 'catalogue', client_secret: 'catalogue-demo-secret' };

  test('works in the header and in the body for the same client', async () => {
    expect((await post(issuer, '/token', fields, { client: 'catalogue' })).status).toBe(200);
    expect((await post(issuer, '/token', { ...fields, ...asCatalogue })).status).toBe(200);
  });

  test.each([
    ['a wrong secret', fields, { authorization: basic('catalogue', 'wrong') }, 401, 'invalid_client'],
    ['an unknown client', fields, { authorization: basic('nobody', 'x') }, 401, 'invalid_client'],
    [
      'a confidential client without a secret (CA-04)',
      { ...fields, client_id: 'catalogue' },
      {},
      401,
      'invalid_client',
    ],
    [
      'header and body together',
      { ...fields, ...asCatalogue },
      { authorization: basic('catalogue') },
      400,
      'invalid_request',
    ],
    [
      'a client_id that is another’s (CA-11)',
      { ...fields, client_id: 'fts' },
      { authorization: basic('catalogue') },
      400,
      'invalid_request',
    ],
    [
      'a grant the client may not use',
      { ...fields, grant_type: 'refresh_token', refresh_token: 'x' },
      { authorization: basic('catalogue') },
      400,
      'unauthorized_client',
    ],
    [
      'the password grant',
      { ...fields, grant_type: 'password' },
      { authorization: basic('catalogue') },
      400,
      'unsupported_grant_type',
    ],
  ])('refuses %s', async (_name, sent, headers, status, error) => {
    const answer = await post(issuer, '/token', sent, { headers: headers as Record<string, string> });
    expect([answer.status, answer.body.error]).toEqual([status, error]);
    if (status === 401 && 'authorization' in headers) expect(answer.headers.get('www-authenticate')).toMatch(/^Basic /);
  });

  const assertion = (change: (jwt: SignJWT) => SignJWT = (jwt) => jwt, aud: string | string[] = issuer.url) => {
    const now = Math.floor(Date.now() / 1000);
    const jwt = new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: 'test-1' })
      .setIssuer('robot')
      .setSubject('robot');
    return change(
      jwt
        .setAudience(aud)
        .setJti(crypto.randomUUID())
        .setIssuedAt(now)
        .setExpirationTime(now + 60),
    ).sign(assertionKey);
  };
  const asRobot = async (client_assertion: string | Promise<string>, more = {}) =>
    post(issuer, '/token', {
      ...fields,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await client_assertion,
      ...more,
    });

  test('by private_key_jwt works once per assertion (RFC 7523)', async () => {
    const once = await assertion();
    expect((await asRobot(once)).body.scope).toBe('storage.read:/magic');
    expect((await asRobot(once)).status).toBeGreaterThanOrEqual(400);
  });

  test('by private_key_jwt refuses assertions for others, without end, and beside a secret (CA-02, CA-06, CA-07, CA-09)', async () => {
    expect((await asRobot(assertion(undefined, 'https://other.example/'))).body.error).toBe('invalid_client');
    expect((await asRobot(assertion(undefined, [issuer.url, 'https://evil.example/']))).body.error).toBe(
      'invalid_client',
    );
    const now = Math.floor(Date.now() / 1000);
    expect((await asRobot(assertion((jwt) => jwt.setExpirationTime(now - 3600)))).body.error).toBe('invalid_client');
    expect((await asRobot(assertion((jwt) => jwt.setExpirationTime(now + 315_000_000)))).body.error).toBe(
      'invalid_client',
    );
    expect((await asRobot(assertion(), { client_secret: 'x' })).status).toBe(400);
  });
});

describe('the short way and the library’s answer alike', () => {
  test.each([
    ['characters that no scope may have (RFC 6749 section 3.3)', 'storage.read:/magic é'],
    ['a quotation mark', 'storage.read:/magic "x'],
    ['spaces only', '  '],
    ['an empty scope', ''],
    ['a scope that is refused', 'storage.read:/cta/restricted/p17'],
    ['words, unknown ones too', 'fts nothing scim:read'],
  ])('%s', async (_name, scope) => {
    const sent = { grant_type: 'client_credentials', audience: storage, scope };
    const answers = await Promise.all(
      // The short way leaves every request with this parameter to the library, for which an empty one is none.
      [{}, { client_assertion: '' }].map((more) =>
        post(issuer, '/token', { ...sent, ...more }, { headers: { authorization: basic('rucio') } }),
      ),
    );
    const [short, library] = answers.map(({ status, body: { access_token: _, ...body } }) => ({ status, body }));
    expect(short).toEqual(library);
  });
});

describe('what is kept of a request', () => {
  test('the issue log has what was asked, issued and refused, and why (policy-semantics 8)', async () => {
    const { body } = await clientCredentials(issuer, 'catalogue', read('/lofar'));
    const { jti } = decode(body.access_token).claims;
    const row = await eventually(async () =>
      issuer.database.db.selectFrom('issue_log').selectAll().where('jti', '=', jti).executeTakeFirst(),
    );
    expect(row).toMatchObject({
      event: 'issued',
      subject: 'catalogue',
      client_id: 'catalogue',
      flow: 'client_credentials',
      audience: [storage],
      requested: 'storage.read:/lofar',
      issued: 'storage.read:/lofar',
      because: ['catalogue-read'],
      address: '127.0.0.1',
    });
  });

  test('no secret, token or assertion is logged', async () => {
    const { body } = await clientCredentials(issuer, 'catalogue', read('/lofar'));
    const text = JSON.stringify(issuer.logLines());
    expect(text).toContain('"route":"/token"');
    for (const secret of ['catalogue-demo-secret', basic('catalogue').slice(6), body.access_token])
      expect(text).not.toContain(secret);
  });

  test('a change of the lake holds for the next request', async () => {
    expect((await clientCredentials(issuer, 'catalogue', read('/lsst'))).status).toBe(200);
    await issuer.database.db
      .updateTable('clients')
      .set({ state: 'suspended' })
      .where('client_id', '=', 'catalogue')
      .execute();
    const gone = await eventually(async () => {
      const answer = await clientCredentials(issuer, 'catalogue', read('/lsst'));
      return answer.status === 401 ? answer : undefined;
    });
    expect(gone.body.error).toBe('invalid_client');
    await issuer.database.db
      .updateTable('clients')
      .set({ state: 'active' })
      .where('client_id', '=', 'catalogue')
      .execute();
    await eventually(async () =>
      (await clientCredentials(issuer, 'catalogue', read('/lsst'))).status === 200 ? true : undefined,
    );
  });
});
