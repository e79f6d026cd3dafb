/** The life of clients over the API: owners within limits, grants apart, two secrets, requests, suspension, applications (issue: people, groups and the pages they use, section 2). */
import { sql } from 'kysely';
import { createApplications } from '../../src/clients/create-applications.ts';
import { createSecretCheck } from '../../src/clients/secret.ts';
import { createApplicationStore } from '../../src/storage/applications.ts';
import { createClientUses } from '../../src/storage/client-uses.ts';
import { apiLake, type Call, callerWith, userToken } from '../support/api.ts';
import { authorize, callback, login, pkce } from '../support/code-flow.ts';
import { basic, eventually, type JsonAnswer, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { callRegistration } from '../support/registration.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let lake: string;
let admin: Call;
let reader: Call;
let alice: Call;
let bob: Call;

const people = 'people:read people:write';

beforeAll(async () => {
  lake = (await apiLake())
    .replace(/allow: \w+/, 'allow: users')
    .replace(
      'scopes: ["policy:read", "policy:write", ',
      'scopes: ["people:read", "people:write", "policy:read", "policy:write", ',
    );
  issuer = await startIssuer({ lake, config: { trustedProxies: ['127.0.0.1', '::1'] } });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  const caller = async (username: string) =>
    callerWith(issuer, await userToken(issuer, username, `policy:read ${people}`));
  [admin, reader, alice, bob] = (await Promise.all(['admin', 'rita', 'alice', 'bob'].map(caller))) as [
    Call,
    Call,
    Call,
    Call,
  ];
});
afterAll(() => issuer?.close());

const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code';
const redirect_uri = 'https://tool.example/cb';
const web = { name: 'Tool', redirectUris: [redirect_uri], grantTypes: ['authorization_code', 'refresh_token'] };

interface Made {
  readonly id: string;
  readonly secret: string;
}

async function make(definition: object = web, by = alice): Promise<Made> {
  // Only so many may be made within an hour.
  await sql`UPDATE clients SET registered_at = registered_at - interval '2 hours' WHERE registered_at IS NOT NULL`.execute(
    issuer.database.db,
  );
  const { status, body } = await by('POST', '/clients', { body: { definition } });
  expect([status, body.detail]).toEqual([201, undefined]);
  return { id: body.client.clientId, secret: body.clientSecret };
}

const at = (id: string, more = '') => `/clients/${encodeURIComponent(id)}${more}`;
const service = () => make({ name: 'Robot', grantTypes: [], scopes: [] });

/** A service of alice's that an administrator granted client credentials. */
async function grantedService(): Promise<Made> {
  const made = await service();
  const granted = { grantTypes: ['client_credentials'], scopes: ['policy:read'] };
  expect((await admin('PUT', at(made.id, '/granted'), { body: { granted } })).status).toBe(200);
  return made;
}

const credentials = ({ id, secret }: Made, fields: Record<string, string> = {}) =>
  post(
    issuer,
    '/token',
    { grant_type: 'client_credentials', ...fields },
    { headers: { authorization: basic(id, secret) } },
  );

describe('an owner', () => {
  test('makes a client within the limits of dynamic registration, and sees it', async () => {
    const { id, secret } = await make();
    expect(secret).toMatch(/^[\w-]{43}$/);
    const { body } = await alice('GET', at(id));
    expect(body).toMatchObject({
      origin: 'registration',
      owners: [{ username: 'alice', usable: true }],
      own: { name: 'Tool', optionalGroups: false },
      granted: {},
      secrets: [{ slot: 'present', createdAt: '2026-11-22T12:00:00Z', endsAt: null }],
    });
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(JSON.stringify(body)).not.toContain('sha256:');
    expect((await bob('GET', at(id))).status).toBe(404);
    const listed = await bob('GET', '/clients?limit=1000');
    expect(listed.body.items).toEqual([]);
  });

  test.each([
    ['scopes', { scopes: ['openid', 'storage.read:/'] }],
    ['grantTypes', { grantTypes: ['authorization_code', 'client_credentials'] }],
    ['redirectUris', { redirectUris: ['http://elsewhere.example/cb'] }],
    ['jwksUri', { jwksUri: 'https://127.0.0.1/keys' }],
    ['privileged', { privileged: true }],
    ['audiences', { audiences: ['https://dcache.example'] }],
    ['policyMode', { policyMode: 'expand' }],
    ['introspection', { introspection: true }],
  ])('DC-23, W-SEC-2: cannot give a client more by `%s`', async (field, wanted) => {
    const refused = await alice('POST', '/clients', { body: { definition: { ...web, ...wanted } } });
    expect([refused.status, refused.body.errors[0].pointer]).toEqual([422, `/${field}`]);
    const { id } = await make();
    const changed = await alice('PATCH', at(id), { body: { definition: wanted } });
    expect([changed.status, changed.body.errors[0].pointer]).toEqual([422, `/${field}`]);
  });

  test('EG-20: chooses no id, no other owners and no grants, and grants nothing; nor does a reader', async () => {
    for (const more of [{ clientId: 'mine' }, { owners: ['bob'] }, { granted: { scopes: ['storage.read:/'] } }]) {
      expect((await alice('POST', '/clients', { body: { definition: web, ...more } })).status).toBe(403);
    }
    const { id } = await make();
    const granted = { scopes: ['storage.read:/'] };
    for (const by of [alice, reader]) {
      expect((await by('PUT', at(id, '/granted'), { body: { granted } })).status).toBe(403);
    }
    expect((await reader('PATCH', at(id), { body: { definition: { name: 'Mine' } } })).status).toBe(403);
    expect((await reader('POST', at(id, '/secrets'), { body: {} })).status).toBe(403);
    expect((await alice('PUT', at(id, '/owners'), { body: { owners: ['bob'] } })).status).toBe(403);
    expect((await alice('POST', at(id, '/suspend'), { body: { reason: 'x' } })).status).toBe(403);
  });

  test('changes it, and what administrators granted stays; so does an update by the client itself', async () => {
    const { body: registered } = await callRegistration(
      issuer,
      { redirect_uris: [redirect_uri], scope: 'openid profile' },
      { token: await userToken(issuer, 'alice', 'policy:read') },
    );
    const id = registered.client_id;
    await admin('PUT', at(id, '/granted'), { body: { granted: { scopes: ['storage.read:/cta'] } } });
    const changed = await alice('PATCH', at(id), { body: { definition: { scopes: ['openid'], name: 'Renamed' } } });
    expect(changed.body).toMatchObject({
      own: { scopes: ['openid'], name: 'Renamed' },
      granted: { scopes: ['storage.read:/cta'] },
      effective: { scopes: ['openid', 'storage.read:/cta'] },
    });
    const updated = await callRegistration(
      issuer,
      { client_id: id, redirect_uris: [redirect_uri], scope: 'openid storage.read:/' },
      { method: 'PUT', path: registered.registration_client_uri, token: registered.registration_access_token },
    );
    expect(updated.body.scope).toBe('openid storage.read:/cta');
  });

  test('makes twenty an hour at most', async () => {
    const made = [];
    for (let count = 0; count < 21; count += 1) made.push(await bob('POST', '/clients', { body: { definition: web } }));
    expect(made.at(-1)).toMatchObject({ status: 409, body: { detail: expect.stringContaining('within an hour') } });
    expect(made[0]?.status).toBe(201);
  });

  test('makes none where the lake file lets nobody register', async () => {
    await issuer.apply(lake.replace('@ISSUER@', issuer.url).replace('allow: users', 'allow: nobody'));
    expect((await alice('POST', '/clients', { body: { definition: web } })).status).toBe(403);
    await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  });

  test('does not change a client of the lake file, but its secret', async () => {
    await admin('PUT', at('portal', '/owners'), { body: { owners: ['alice'] } });
    expect((await alice('PATCH', at('portal'), { body: { definition: { name: 'Mine' } } })).status).toBe(403);
    expect((await alice('DELETE', at('portal'))).status).toBe(403);
    const added = await alice('POST', at('portal', '/secrets'), { body: {} });
    expect(added.status).toBe(201);
    expect((await alice('DELETE', at('portal', '/secrets/present'))).status).toBe(200);
    expect((await login(issuer, { scope: 'openid' })).status).toBe(200);
    await issuer.apply(lake.replace('@ISSUER@', issuer.url));
    expect((await admin('GET', at('portal'))).body.owners).toMatchObject([{ username: 'alice' }]);
  });
});

describe('two secrets', () => {
  /** Whether each of these ways takes the secret. */
  async function uses({ id, secret }: Made): Promise<Record<string, boolean>> {
    const fields = { grant_type: 'client_credentials' };
    const inBody = { client_id: id, client_secret: secret };
    const headers = { authorization: basic(id, secret) };
    // Two `grant_type` are wrong in a way that only the library answers: after the client proved who it is.
    const viaLibrary = { grant_type: 'refresh_token', refresh_token: 'none' };
    const answers = {
      header: await post(issuer, '/token', fields, { headers }),
      body: await post(issuer, '/token', { ...fields, ...inBody }),
      library: await post(issuer, '/token', viaLibrary, { headers }),
      libraryBody: await post(issuer, '/token', { ...viaLibrary, ...inBody }),
      introspection: await post(issuer, '/introspect', { token: 'x' }, { headers }),
      introspectionBody: await post(issuer, '/introspect', { token: 'x', ...inBody }),
      revocation: await post(issuer, '/revoke', { token: 'x' }, { headers }),
    };
    return Object.fromEntries(
      Object.entries(answers).map(([way, { status, body }]) => [
        way,
        status !== 401 && body.error !== 'invalid_client',
      ]),
    );
  }
  const everywhere = (value: boolean) => ({
    ...{ header: value, body: value, library: value, libraryBody: value },
    ...{ introspection: value, introspectionBody: value, revocation: value },
  });

  test('are valid together everywhere until the first one ends by its date', async () => {
    const made = await grantedService();
    await admin('PUT', at(made.id, '/granted'), {
      body: { granted: { grantTypes: ['client_credentials', 'refresh_token'], scopes: ['policy:read'] } },
    });
    const { status, body } = await alice('POST', at(made.id, '/secrets'), { body: { overlapDays: 2 } });
    expect(status).toBe(201);
    const next = { id: made.id, secret: body.clientSecret };
    expect(body.client.secrets).toMatchObject([
      { slot: 'present', endsAt: null },
      { slot: 'previous', endsAt: '2026-11-24T12:00:00Z' },
    ]);
    expect(await uses(made)).toEqual(everywhere(true));
    expect(await uses(next)).toEqual(everywhere(true));
    issuer.clock.advance(2 * 86_400);
    await issuer.app.refresh();
    expect(await uses(made)).toEqual(everywhere(false));
    expect(await uses(next)).toEqual(everywhere(true));
    issuer.clock.set('2026-11-22T12:00:00Z');
  });

  test('are ended one by one, and never both', async () => {
    const made = await grantedService();
    expect((await alice('DELETE', at(made.id, '/secrets/present'))).status).toBe(409);
    const next = {
      id: made.id,
      secret: (await alice('POST', at(made.id, '/secrets'), { body: {} })).body.clientSecret,
    };
    expect((await alice('POST', at(made.id, '/secrets'), { body: {} })).status).toBe(409);
    await alice('DELETE', at(made.id, '/secrets/previous'));
    expect([(await credentials(made)).status, (await credentials(next)).status]).toEqual([401, 200]);
    const third = await alice('POST', at(made.id, '/secrets'), { body: { overlapDays: 0 } });
    expect((await credentials(next)).status).toBe(401);
    expect((await credentials({ id: made.id, secret: third.body.clientSecret })).status).toBe(200);
  });

  test('one that was made in error goes, and the one before stays without end', async () => {
    const made = await grantedService();
    const { body } = await alice('POST', at(made.id, '/secrets'), { body: {} });
    const after = await alice('DELETE', at(made.id, '/secrets/present'));
    expect(after.body.secrets).toMatchObject([{ slot: 'present', endsAt: null }]);
    expect((await credentials(made)).status).toBe(200);
    expect((await credentials({ id: made.id, secret: body.clientSecret })).status).toBe(401);
  });

  test('W-SEC-1: neither is in the database, the audit log or the log', async () => {
    const made = await grantedService();
    const { body } = await alice('POST', at(made.id, '/secrets'), { body: {} });
    const { db } = issuer.database;
    const rows = await db.selectFrom('clients').selectAll().where('client_id', '=', made.id).execute();
    const audit = await db.selectFrom('audit_log').selectAll().where('object_id', '=', made.id).execute();
    const text = JSON.stringify([rows, audit, issuer.logLines()]);
    expect(text).not.toContain(made.secret);
    expect(text).not.toContain(body.clientSecret);
    expect(audit.map(({ action }) => action)).toContain('client.secret-added');
  });

  test('the registration of the client takes either as its present one', async () => {
    const { body: registered } = await callRegistration(
      issuer,
      { redirect_uris: [redirect_uri] },
      { token: await userToken(issuer, 'alice', 'policy:read') },
    );
    const id = registered.client_id;
    const next = (await alice('POST', at(id, '/secrets'), { body: {} })).body.clientSecret;
    for (const [client_secret, status] of [
      [registered.client_secret, 200],
      [next, 200],
      ['wrong', 400],
    ]) {
      const metadata = { client_id: id, client_secret, redirect_uris: [redirect_uri] };
      const to = {
        method: 'PUT',
        path: registered.registration_client_uri,
        token: registered.registration_access_token,
      };
      expect((await callRegistration(issuer, metadata, to)).status).toBe(status);
    }
  });

  test('each shows the day of its last use', async () => {
    const made = await grantedService();
    const { body } = await alice('POST', at(made.id, '/secrets'), { body: {} });
    const { db } = issuer.database;
    const uses = createClientUses(db, (error) => {
      throw error;
    });
    const check = createSecretCheck(issuer.clock, uses.recordSecret);
    const { secret_hash: secretHash } = await db
      .selectFrom('clients')
      .select('secret_hash')
      .where('client_id', '=', made.id)
      .executeTakeFirstOrThrow();
    const holder = { clientId: made.id, secretHash, previousSecret: null };
    expect([check(holder, body.clientSecret), check(holder, 'wrong')]).toEqual([true, false]);
    await uses.close();
    expect((await alice('GET', at(made.id))).body.secrets).toMatchObject([
      { slot: 'present', lastUsedOn: '2026-11-22' },
      { slot: 'previous', lastUsedOn: null },
    ]);
  });
});

describe('requests for more', () => {
  const wanted = { scopes: ['policy:read', 'storage.read:/magic'], grantTypes: ['client_credentials'] };
  const ask = (id: string, asked: object = wanted, by = alice) =>
    by('POST', at(id, '/requests'), { body: { asked, note: 'nightly copies' } });

  test('are granted in part, and the token carries what was granted', async () => {
    const made = await service();
    const { status, body: request } = await ask(made.id);
    expect([status, request.state, request.askedBy]).toEqual([201, 'waiting', 'alice']);
    expect((await alice('POST', `/client-requests/${request.id}/approve`, { body: {} })).status).toBe(403);
    expect((await reader('POST', `/client-requests/${request.id}/approve`, { body: {} })).status).toBe(403);
    const queue = await reader('GET', `/client-requests?state=waiting&clientId=${made.id}`);
    expect(queue.body.items).toMatchObject([{ id: request.id, note: 'nightly copies' }]);
    const granted = { scopes: ['policy:read', 'storage.modify:/'], grantTypes: ['client_credentials'] };
    const approved = await admin('POST', `/client-requests/${request.id}/approve`, { body: { granted } });
    expect(approved.body).toMatchObject({
      state: 'approved',
      decidedBy: 'user:admin',
      approved: { scopes: ['policy:read'], grantTypes: ['client_credentials'] },
    });
    const { body } = await credentials(made, { scope: 'policy:read' });
    expect(body.scope).toBe('policy:read');
    expect((await credentials(made, { scope: 'storage.modify:/' })).body.error).toBe('invalid_scope');
    expect((await admin('POST', `/client-requests/${request.id}/refuse`, { body: { reason: 'late' } })).status).toBe(
      409,
    );
  });

  test('are refused with a reason, which the owner reads and is sent', async () => {
    await issuer.database.db
      .updateTable('accounts')
      .set({ email: 'alice@example.org' })
      .where('username', '=', 'alice')
      .execute();
    const made = await service();
    const { body: request } = await ask(made.id);
    await admin('POST', `/client-requests/${request.id}/refuse`, { body: { reason: 'ask your group first' } });
    const seen = await alice('GET', `/client-requests/${request.id}`);
    expect(seen.body).toMatchObject({ state: 'refused', reason: 'ask your group first', approved: null });
    expect((await credentials(made)).status).toBe(400);
    const mails = await issuer.database.db
      .selectFrom('outbox')
      .selectAll()
      .where('kind', '=', 'client.refused')
      .execute();
    expect(mails.at(-1)).toMatchObject({
      recipient: 'alice@example.org',
      data: { reason: 'ask your group first', client: 'Robot' },
    });
    const { body: audit } = await admin('GET', '/audit?action=client.request-refused&limit=1');
    expect(audit.items).toMatchObject([
      { actor: 'user:admin', reason: 'ask your group first', detail: { client: made.id } },
    ]);
  });

  test.each([
    ['what is no scope', { scopes: ['storage.read'] }, 400],
    ['nothing', {}, 422],
    ['what it has', { scopes: [] }, 422],
    ['a grant type that there is not', { grantTypes: ['password'] }, 400],
  ])('are refused at once for %s', async (_name, asked, status) => {
    const { id } = await service();
    expect((await ask(id, asked)).status).toBe(status);
  });

  test('client credentials are not for public clients', async () => {
    const { id } = await make({ tokenEndpointAuthMethod: 'none', grantTypes: [deviceCode] });
    expect((await ask(id, { grantTypes: ['client_credentials'] })).status).toBe(422);
  });

  test('are withdrawn by owners, not seen by others, and five wait at most', async () => {
    const { id } = await service();
    const made: JsonAnswer[] = [];
    for (let count = 0; count < 6; count += 1) made.push(await ask(id, { scopes: [`storage.read:/cta/${count}`] }));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 409]);
    const request = made[0]?.body.id;
    expect((await bob('GET', `/client-requests/${request}`)).status).toBe(404);
    expect((await bob('POST', `/client-requests/${request}/withdraw`, { body: {} })).status).toBe(404);
    expect((await ask(id, wanted, bob)).status).toBe(404);
    expect((await alice('POST', `/client-requests/${request}/withdraw`, { body: {} })).body.state).toBe('withdrawn');
    const first = await admin('GET', `/client-requests?clientId=${id}&limit=2`);
    const rest = await admin('GET', `/client-requests?clientId=${id}&limit=9&cursor=${first.body.next}`);
    const ids = [...first.body.items, ...rest.body.items].map((one: { id: string }) => one.id);
    expect(ids.sort()).toEqual(
      made
        .slice(0, 5)
        .map(({ body }) => body.id)
        .sort(),
    );
  });
});

describe('a suspended client', () => {
  test('RT-12: gets nothing in any flow, keeps no refresh token, and comes back', async () => {
    const made = await make({ ...web, grantTypes: ['authorization_code', 'refresh_token', deviceCode] });
    expect(
      await admin('PUT', at(made.id, '/granted'), {
        body: { granted: { grantTypes: ['client_credentials'], scopes: ['policy:read'] } },
      }),
    ).toMatchObject({ status: 200 });
    const parameters = {
      client_id: made.id,
      redirect_uri,
      scope: 'openid offline_access',
      prompt: 'consent',
      ...pkce.parameters,
    };
    const agent = new UserAgent();
    const code = async () => callback(await authorize(issuer, agent, parameters)).code ?? '';
    const headers = { authorization: basic(made.id, made.secret) };
    const exchange = async (with_: string) =>
      post(
        issuer,
        '/token',
        { grant_type: 'authorization_code', code: with_, redirect_uri, code_verifier: pkce.verifier },
        { headers },
      );
    const first = await exchange(await code());
    const pending = await code();
    const refresh = () =>
      post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: first.body.refresh_token }, { headers });
    const introspect = () => post(issuer, '/introspect', { token: first.body.access_token }, { client: 'monitor' });
    expect((await introspect()).body.active).toBe(true);
    expect(await credentials(made, { scope: 'policy:read' })).toMatchObject({ status: 200 });

    expect((await alice('POST', at(made.id, '/suspend'), { body: { reason: 'x' } })).status).toBe(403);
    const suspended = await admin('POST', at(made.id, '/suspend'), { body: { reason: 'leaked' } });
    expect(suspended.body).toMatchObject({
      state: 'suspended',
      suspension: { by: 'administrator', because: 'leaked' },
    });
    const answers = [
      await credentials(made, { scope: 'policy:read' }),
      await refresh(),
      await exchange(pending),
      await post(issuer, '/device_authorization', { scope: 'openid' }, { headers }),
      await post(issuer, '/introspect', { token: 'x' }, { headers }),
    ];
    for (const { status } of answers) expect(status).toBeGreaterThanOrEqual(400);
    expect((await authorize(issuer, agent, parameters)).location).toBeNull();
    expect((await introspect()).body.active).toBe(false);

    expect((await alice('POST', at(made.id, '/restore'), { body: {} })).status).toBe(403);
    expect((await admin('POST', at(made.id, '/restore'), { body: { reason: 'new secret' } })).body.state).toBe(
      'active',
    );
    expect((await credentials(made, { scope: 'policy:read' })).status).toBe(200);
    expect((await refresh()).body.error).toBe('invalid_grant');
  });

  test('DC-25: is not brought back by its registration access token', async () => {
    const { body: registered } = await callRegistration(
      issuer,
      { redirect_uris: [redirect_uri] },
      { token: await userToken(issuer, 'alice', 'policy:read') },
    );
    const id = registered.client_id;
    await admin('POST', at(id, '/suspend'), { body: { reason: 'leaked' } });
    const to = { path: registered.registration_client_uri, token: registered.registration_access_token };
    const metadata = { client_id: id, redirect_uris: [redirect_uri] };
    expect((await callRegistration(issuer, metadata, { ...to, method: 'PUT' })).status).toBe(401);
    expect((await alice('PATCH', at(id), { body: { definition: { name: 'Renamed' } } })).body.state).toBe('suspended');
  });
});

describe('administrators', () => {
  test('search, filter and page', async () => {
    const { id } = await make({ ...web, name: 'Needle in a haystack' });
    const find = async (query: string) =>
      (await reader('GET', `/clients?limit=1000&${query}`)).body.items.map((one: { clientId: string }) => one.clientId);
    expect(await find('search=NEEDLE')).toEqual([id]);
    expect(await find('search=%25')).toEqual([]);
    expect(await find('search=ali&origin=registration')).toContain(id);
    expect(await find('origin=lake-file')).toContain('portal');
    expect(await find('withoutOwner=true')).not.toContain(id);
    const { db } = issuer.database;
    await db.updateTable('accounts').set({ state: 'suspended' }).where('username', '=', 'alice').execute();
    expect(await find('withoutOwner=true')).toContain(id);
    await db.updateTable('accounts').set({ state: 'active' }).where('username', '=', 'alice').execute();
    const all = await find('');
    const pieces: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await reader('GET', `/clients?limit=7${cursor}`);
      pieces.push(...body.items.map((one: { clientId: string }) => one.clientId));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(pieces).toEqual(all);
  });

  test('make, change and delete clients with all that the lake file may say', async () => {
    const definition = { grantTypes: ['client_credentials'], scopes: ['storage.read:/'], privileged: true };
    const made = await admin('POST', '/clients', {
      body: { clientId: 'host:new.example.org', definition, owners: ['bob'] },
    });
    expect(made.body.client).toMatchObject({ origin: 'administrator', owners: [{ username: 'bob' }], own: definition });
    expect((await admin('POST', '/clients', { body: { clientId: 'host:new.example.org', definition } })).status).toBe(
      409,
    );
    const id = 'host:new.example.org';
    expect(
      (await bob('PATCH', at(id), { body: { definition: { name: 'N', redirectUris: [redirect_uri] } } })).body,
    ).toMatchObject({
      own: { ...definition, name: 'N' },
    });
    const changed = await admin('PATCH', at(id), {
      body: { definition: { accessTokenLifetimeSeconds: 900 }, reset: ['privileged'] },
    });
    expect(changed.body.own).not.toHaveProperty('privileged');
    const wrong = await admin('PATCH', at(id), { body: { definition: { accessTokenLifetimeSeconds: 400 } } });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/accessTokenLifetimeSeconds']);
    expect((await reader('DELETE', at(id))).status).toBe(403);
    expect((await admin('DELETE', `${at(id)}?reason=gone`)).status).toBe(200);
    expect((await admin('GET', at(id))).status).toBe(404);
    const { body: audit } = await admin('GET', '/audit?action=client.deleted&limit=1');
    expect(audit.items).toMatchObject([{ actor: 'user:admin', reason: 'gone', detail: { client: id } }]);
  });

  test('what they say of the scopes of a registered client outlasts its owner’s edits', async () => {
    const { id } = await make();
    await admin('PATCH', at(id), { body: { definition: { scopes: ['openid', 'storage.read:/cta'] } } });
    const { body } = await alice('PATCH', at(id), { body: { definition: { scopes: ['profile'] } } });
    expect(body).toMatchObject({ own: { scopes: ['profile'] }, granted: { scopes: ['storage.read:/cta'] } });
  });
});

test('the lake file says everything about its clients: what was granted goes with the next apply, secrets and owners stay', async () => {
  await admin('PUT', at('monitor', '/owners'), { body: { owners: ['bob'] } });
  const before = (await admin('GET', at('monitor'))).body;
  const granted = { scopes: ['storage.read:/magic'], privileged: true };
  const after = await admin('PUT', at('monitor', '/granted'), { body: { granted } });
  expect(after.body.effective.scopes).toEqual([...before.own.scopes, 'storage.read:/magic']);
  const { body } = await admin('POST', at('monitor', '/secrets'), { body: {} });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  const applied = (await admin('GET', at('monitor'))).body;
  expect(applied).toMatchObject({ granted: {}, owners: [{ username: 'bob' }], origin: 'lake-file' });
  expect(applied.effective).toEqual(before.effective);
  const headers = { authorization: basic('monitor', body.clientSecret) };
  expect((await post(issuer, '/introspect', { token: 'x' }, { headers })).status).toBe(200);
  expect((await post(issuer, '/introspect', { token: 'x' }, { client: 'monitor' })).status).toBe(200);
});

test('an account sees what may act for it, and ends it at once', async () => {
  const { clock, database } = issuer;
  // Tokens are in the log within a fifth of a second; the server waits for its own.
  const logged = () => eventually(async () => ((await isLogged(made.id)) ? true : undefined)).then(() => {});
  const applications = createApplications({ store: createApplicationStore(database.db), clock, logged });
  const made = await make();
  const parameters = {
    client_id: made.id,
    redirect_uri,
    scope: 'openid offline_access profile',
    prompt: 'consent',
    ...pkce.parameters,
  };
  const { code = '' } = callback(await authorize(issuer, new UserAgent(), parameters));
  const headers = { authorization: basic(made.id, made.secret) };
  const { body } = await post(
    issuer,
    '/token',
    { grant_type: 'authorization_code', code, redirect_uri, code_verifier: pkce.verifier },
    { headers },
  );
  const { id } = await issuer.database.db
    .selectFrom('accounts')
    .select('id')
    .where('username', '=', 'alice')
    .executeTakeFirstOrThrow();
  const find = async () => (await applications.list(id)).find(({ clientId }) => clientId === made.id);
  expect(await find()).toMatchObject({ name: 'Tool', scopes: ['offline_access', 'openid', 'profile'], chains: 1 });
  const actor = { kind: 'user', id, username: 'alice', roles: [], mayWrite: true, address: null } as const;
  const other = { ...actor, id: 'somebody-else', username: 'eve' };
  expect(await applications.revoke({ actor: other, reason: null }, id, made.id)).toMatchObject({ ok: false });
  expect(await applications.revoke({ actor, reason: null }, id, made.id)).toMatchObject({ ok: true });
  expect(await find()).toBeUndefined();
  const refreshed = await post(
    issuer,
    '/token',
    { grant_type: 'refresh_token', refresh_token: body.refresh_token },
    { headers },
  );
  expect(refreshed.body.error).toBe('invalid_grant');
  const introspected = await post(issuer, '/introspect', { token: body.access_token }, { client: 'monitor' });
  expect(introspected.body.active).toBe(false);
  expect(await applications.revoke({ actor, reason: null }, id, made.id)).toMatchObject({ ok: false });
});

async function isLogged(client: string): Promise<boolean> {
  const query = issuer.database.db.selectFrom('issue_log').select('jti').where('client_id', '=', client);
  return (await query.where('event', '=', 'issued').execute()).length > 0;
}
