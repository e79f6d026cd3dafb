/** What becomes of registered clients: administrators allow them more, their keys are fetched with care, unused ones end. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createUseRecord } from '../../src/app/registration.ts';
import { clientCommand } from '../../src/cli/client.ts';
import { apiLake, type Call, callerWith, clientToken, userToken } from '../support/api.ts';
import { authorize, callback, pkce } from '../support/code-flow.ts';
import { runCommand } from '../support/command.ts';
import { basic, type JsonAnswer, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { insertRefreshChain } from '../support/refresh-chain.ts';
import { callRegistration } from '../support/registration.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let lake: string;
let admin: Call;
let reader: Call;

beforeAll(async () => {
  lake = (await apiLake())
    .replace('allow: users', 'allow: anyone')
    .replace('"policy:write", openid', '"policy:write", "people:write", openid');
  issuer = await startIssuer({ lake, config: { trustedProxies: ['127.0.0.1', '::1'] } });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  admin = callerWith(issuer, await userToken(issuer, 'admin'));
  reader = callerWith(issuer, await clientToken(issuer, 'rules-eye', 'policy:read'));
});
afterAll(() => issuer?.close());

const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code';
const redirect_uri = 'https://rp.example/cb';
let addresses = 0;
async function register(more: object = {}): Promise<JsonAnswer['body']> {
  addresses += 1;
  const headers = { 'x-forwarded-for': `198.51.100.${addresses}` };
  const { status, body } = await callRegistration(issuer, { redirect_uris: [redirect_uri], ...more }, { headers });
  expect(status).toBe(201);
  return body;
}

/** The scope that alice gets through the client, or null when the issuer gives none. */
async function scopeFor(client: JsonAnswer['body'], scope: string): Promise<string | null> {
  const parameters = { client_id: client.client_id, redirect_uri, scope, ...pkce.parameters };
  const page = await authorize(issuer, new UserAgent(), parameters);
  if (page.location === null) return null;
  const { code = '' } = callback(page);
  const { body } = await post(
    issuer,
    '/token',
    { grant_type: 'authorization_code', code, redirect_uri, code_verifier: pkce.verifier },
    { headers: { authorization: basic(client.client_id, client.client_secret) } },
  );
  return body.scope;
}

const allow = (client: JsonAnswer['body'], body: object, by = admin) =>
  by('POST', `/registered-clients/${client.client_id}/allowance`, { body: { reason: 'asked by alice', ...body } });

describe('an administrator', () => {
  test('W-SEC-2: allows storage and optional groups, at once, and takes them back', async () => {
    const client = await register();
    const group = 'openid wlcg.groups:/escape/cta/p17';
    expect(await scopeFor(client, 'storage.read:/cta/open')).toBeNull();
    const allowed = await allow(client, { allow: ['storage.read:/cta'], optionalGroups: true });
    expect(allowed).toMatchObject({
      status: 200,
      body: {
        clientId: client.client_id,
        scopes: [...client.scope.split(' '), 'storage.read:/cta'],
        optionalGroups: true,
      },
    });
    expect(await scopeFor(client, group)).toBe(group);
    expect(await scopeFor(client, 'storage.read:/cta/open')).toBe('storage.read:/cta/open');
    await allow(client, { disallow: ['storage.read:/cta'], optionalGroups: false });
    expect(await scopeFor(client, 'storage.read:/cta/open')).toBeNull();
    expect(await scopeFor(client, group)).toBe('openid');
  });

  test('what is allowed outlasts an update by the client', async () => {
    const client = await register({ scope: 'openid' });
    await allow(client, { allow: ['storage.read:/cta/open'] });
    const updated = await callRegistration(
      issuer,
      { client_id: client.client_id, redirect_uris: [redirect_uri], scope: 'openid profile' },
      { method: 'PUT', path: client.registration_client_uri, token: client.registration_access_token },
    );
    expect(updated.body.scope).toBe('openid profile storage.read:/cta/open');
  });

  test('is in the audit log with the reason', async () => {
    const client = await register();
    await allow(client, { allow: ['storage.read:/cta/open'] });
    const { body } = await reader('GET', '/audit?action=client.allowed&limit=1');
    expect(body.items).toMatchObject([
      { actor: 'user:admin', reason: 'asked by alice', detail: { client: client.client_id } },
    ]);
  });

  test('sees the registered clients, without their secrets', async () => {
    const client = await register({ client_name: 'Seen' });
    const { body } = await reader('GET', '/registered-clients?limit=200');
    const shown = body.items.find(({ clientId }: { clientId: string }) => clientId === client.client_id);
    expect(shown).toEqual({
      clientId: client.client_id,
      name: 'Seen',
      state: 'active',
      scopes: client.scope.split(' '),
      optionalGroups: false,
      redirectUris: [redirect_uri],
      registeredAt: '2026-11-22T12:00:00Z',
      registeredBy: null,
      usedOn: null,
    });
  });

  test('is told what is no scope, and which client did not register itself', async () => {
    const client = await register();
    const wrong = await allow(client, { allow: ['storage.read'] });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([400, '/allow/0']);
    expect((await allow({ client_id: 'portal' }, { allow: ['openid'] })).status).toBe(404);
  });

  test('alone may do so', async () => {
    const client = await register();
    const alice = callerWith(issuer, await userToken(issuer, 'alice'));
    expect((await allow(client, { allow: ['storage.read:/'] }, alice)).status).toBe(403);
    expect((await allow(client, { allow: ['storage.read:/'] }, reader)).status).toBe(403);
    expect((await alice('GET', '/registered-clients')).status).toBe(403);
  });

  test('may use the command line', async () => {
    const client = await register({ client_name: 'Tool', scope: 'openid' });
    const run = (...args: string[]) => runCommand(issuer.database.url, clientCommand, args);
    const allowed = await run('allow', client.client_id, '--scope', 'storage.read:/cta', '--reason', 'asked');
    expect(allowed).toMatchObject({ status: 0, stdout: `${client.client_id} may ask for: openid storage.read:/cta\n` });
    const listed = await run('list');
    expect(listed.stdout).toContain(`${client.client_id}\tnever\t-\tTool\topenid storage.read:/cta\n`);
    const taken = await run('disallow', client.client_id, '--scope', 'storage.read:/cta', '--reason', 'no more');
    expect(taken.stdout).toBe(`${client.client_id} may ask for: openid\n`);
    const unknown = await run('allow', 'portal', '--scope', 'openid', '--reason', 'x');
    expect([unknown.status, unknown.stderr]).toEqual([
      1,
      'sluice client: no client `portal` registered itself; others are changed in the lake file\n',
    ]);
    await expect(run('allow', client.client_id, '--scope', 'openid')).rejects.toThrow('expected `--reason`');
  });

  test('may use the command line for every client', async () => {
    const client = await register({ client_name: 'Tool', scope: 'openid' });
    const run = (...args: string[]) => runCommand(issuer.database.url, clientCommand, args);
    const id = client.client_id;
    expect((await run('owners', id, '--owner', 'bob', '--reason', 'his')).stdout).toBe(`${id} is owned by bob\n`);
    expect((await run('suspend', id, '--reason', 'leaked')).stdout).toBe(`${id} is suspended\n`);
    const shown = await run('show', id);
    expect(shown.stdout).toContain('state: suspended (leaked)\nowners: bob\n');
    expect(shown.stdout).toMatch(/secret \(present\): made \S+, last used never, ends never/);
    expect((await run('restore', id, '--reason', 'new secret')).stdout).toBe(`${id} is active\n`);
    await issuer.app.refresh();
    const bob = callerWith(issuer, await userToken(issuer, 'bob', 'people:write'));
    const body = { asked: { scopes: ['storage.read:/cta', 'storage.read:/magic'] }, note: 'plots' };
    const { body: request } = await bob('POST', `/clients/${id}/requests`, { body });
    expect((await run('requests')).stdout).toContain(
      `${request.id}\t${id}\tbob\tstorage.read:/cta storage.read:/magic\tplots\n`,
    );
    const approved = await run('approve', request.id, '--scope', 'storage.read:/cta');
    expect(approved.stdout).toBe(`${id} was granted: storage.read:/cta\n`);
    const again = await run('refuse', request.id, '--reason', 'late');
    expect([again.status, again.stderr]).toEqual([1, 'sluice client: the request does not wait any more\n']);
    await expect(run('suspend', id)).rejects.toThrow('expected `--reason`');
  });
});

describe('keys at an address of the client', () => {
  let keys: Server;
  let served = 0;
  let assertion: (clientId: string, audience: string) => Promise<string>;
  let address: string;

  beforeAll(async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
    keys = createServer((_req, res) => {
      served += 1;
      res.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => {
      keys.listen(0, '127.0.0.1', resolve);
    });
    address = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/jwks`;
    assertion = (clientId, audience) =>
      new SignJWT({ jti: `${clientId}-${Math.random()}` })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey);
  });
  afterAll(
    () =>
      new Promise((resolve) => {
        keys.close(resolve);
      }),
  );

  async function authenticate(at: TestIssuer): Promise<JsonAnswer> {
    return post(at, '/token', {
      grant_type: 'client_credentials',
      scope: 'policy:read',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion('keyed', at.url),
    });
  }

  const keyed = () =>
    `  - { clientId: keyed, tokenEndpointAuthMethod: private_key_jwt, jwksUri: "${address}", grantTypes: [client_credentials], scopes: ["policy:read"] }\n`;
  const withKeyed = async () => (await apiLake()).replace('\nstorages:', `\n${keyed()}\nstorages:`);

  test('DC-02: are not fetched from the own network', async () => {
    const lone = await startIssuer({ lake: await withKeyed(), realTime: true });
    try {
      served = 0;
      expect(await authenticate(lone)).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
      expect(served).toBe(0);
      expect(lone.logLines()).toContainEqual(
        expect.objectContaining({ msg: 'what a client names was not fetched', reason: expect.any(String) }),
      );
    } finally {
      await lone.close();
    }
  });

  test('are fetched from where the operator allows it', async () => {
    const lone = await startIssuer({
      lake: await withKeyed(),
      realTime: true,
      config: { allowPrivateFetch: ['127.0.0.0/8'] },
    });
    try {
      served = 0;
      expect(await authenticate(lone)).toMatchObject({ status: 200, body: { scope: 'policy:read' } });
      expect(served).toBe(1);
    } finally {
      await lone.close();
    }
  });
});

test('every server process knows a client when its registration is answered', async () => {
  const pair = await startIssuer({ lake: lake.replace('@ISSUER@', 'https://issuer.example'), instances: 2 });
  try {
    for (let count = 0; count < 4; count += 1) {
      const metadata = { token_endpoint_auth_method: 'none', grant_types: [deviceCode] };
      const { body } = await callRegistration(pair, metadata);
      const begun = [0, 1].map(() => post(pair, '/devicecode', { client_id: body.client_id, scope: 'openid' }));
      expect((await Promise.all(begun)).map(({ status }) => status)).toEqual([200, 200]);
    }
  } finally {
    await pair.close();
  }
});

describe('a client that nobody uses', () => {
  const day = 86_400_000;
  const isThere = async (clientId: string) => {
    const { db } = issuer.database;
    return (
      (await db.selectFrom('clients').select('client_id').where('client_id', '=', clientId).execute()).length === 1
    );
  };
  /** As if it had been made so many days ago. */
  const age = (clientId: string, days: number) => {
    const then = new Date(issuer.clock.now() - days * day);
    return issuer.database.db
      .updateTable('clients')
      .set({ registered_at: then, updated_at: then })
      .where('client_id', '=', clientId)
      .execute();
  };
  /** One round of the regular work, so many days from now. */
  const purge = async ({ use, daysOn = 0 }: { use?: { clientId: string; daysAgo: number }; daysOn?: number } = {}) => {
    const uses = createUseRecord(issuer.database.db, issuer.url, (error) => {
      throw error;
    });
    const log = uses.watch({ record: () => {} });
    const at = issuer.clock.now() - (use?.daysAgo ?? 0) * day;
    if (use) log.record({ event: 'issued', clientId: use.clientId, at } as never);
    await uses.purge(issuer.clock.now() + daysOn * day);
    await uses.close();
  };
  const stateOf = async (clientId: string) => {
    const { db } = issuer.database;
    const row = await db.selectFrom('clients').select('state').where('client_id', '=', clientId).executeTakeFirst();
    return row?.state ?? 'gone';
  };
  const audited = async (action: string) => (await reader('GET', `/audit?action=${action}&limit=1`)).body.items[0];

  test('is announced, suspended after ninety days and deleted thirty days later, and this stands in the audit log', async () => {
    const { client_id } = await register();
    await age(client_id, 77);
    await purge();
    await purge({ daysOn: 13 });
    expect(await stateOf(client_id)).toBe('active');
    await purge({ daysOn: 14 });
    expect(await stateOf(client_id)).toBe('suspended');
    expect(await audited('client.suspended')).toMatchObject({
      actor: 'system:life-cycle',
      detail: { client: client_id },
    });
    await purge({ daysOn: 43 });
    expect(await isThere(client_id)).toBe(true);
    await purge({ daysOn: 44 });
    expect(await isThere(client_id)).toBe(false);
    expect(await audited('client.expired')).toMatchObject({
      actor: 'system:life-cycle',
      detail: { client: client_id },
    });
  });

  test('has the whole notice, however late the announcement came', async () => {
    const { client_id } = await register();
    await age(client_id, 400);
    await purge();
    await purge({ daysOn: 13 });
    expect(await stateOf(client_id)).toBe('active');
    await purge({ daysOn: 14 });
    expect(await stateOf(client_id)).toBe('suspended');
  });

  test('is announced to its owner once, who restores it when it was suspended all the same', async () => {
    const { db } = issuer.database;
    const token = await userToken(issuer, 'alice', 'policy:read');
    const { body: client } = await callRegistration(issuer, { redirect_uris: [redirect_uri] }, { token });
    await db.updateTable('accounts').set({ email: 'alice@example.org' }).where('username', '=', 'alice').execute();
    await age(client.client_id, 80);
    await Promise.all([purge(), purge()]);
    await purge({ daysOn: 5 });
    const mailsOf = (kind: string) => db.selectFrom('outbox').selectAll().where('kind', '=', kind).execute();
    expect(await mailsOf('client.unused')).toMatchObject([
      { recipient: 'alice@example.org', data: { client: client.client_id, suspendedOn: '2026-12-06' } },
    ]);
    await purge({ daysOn: 14 });
    expect(await mailsOf('client.suspended')).toMatchObject([{ data: { deletedOn: '2027-01-05' } }]);
    const alice = await signedIn(issuer, 'alice');
    const page = await alice.get(`${issuer.url}account/clients/${client.client_id}`);
    expect(page.html).toContain('Nobody used it');
    await alice.submit(page, '/restore');
    expect(await stateOf(client.client_id)).toBe('active');
  });

  test('stays while it has tokens', async () => {
    const { client_id } = await register();
    await age(client_id, 200);
    await purge();
    await purge({ use: { clientId: client_id, daysAgo: 70 }, daysOn: 14 });
    expect(await stateOf(client_id)).toBe('active');
    await purge({ daysOn: 21 });
    expect(await stateOf(client_id)).toBe('suspended');
  });

  test('stays while it has a refresh token', async () => {
    const { client_id } = await register();
    await age(client_id, 200);
    await insertRefreshChain(issuer.database.db, issuer.clock.now(), {
      token: 'family.secret',
      accountId: '5a1e0000-0000-4000-8000-000000000001',
      scope: 'openid',
      clientId: client_id,
    });
    await purge();
    await purge({ daysOn: 14 });
    expect(await stateOf(client_id)).toBe('active');
  });

  test('ends after as many days as the lake file says', async () => {
    const { client_id } = await register();
    const days = 'allow: anyone, unusedDays: 3, noticeDays: 0, graceDays: 0';
    await issuer.apply(lake.replace('@ISSUER@', issuer.url).replace('allow: anyone', days));
    await age(client_id, 4);
    await purge();
    expect(await isThere(client_id)).toBe(false);
    await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  });

  test('of the lake file is suspended only where the lake file says so, and never deleted', async () => {
    const unused = { registered_at: null, created_at: new Date(0), updated_at: new Date(0) };
    await issuer.database.db.updateTable('clients').set(unused).where('client_id', '=', 'portal').execute();
    await purge();
    await purge({ daysOn: 400 });
    expect(await stateOf('portal')).toBe('active');
    const days = 'allow: anyone, noticeDays: 0, administeredUnusedDays: 1000';
    await issuer.apply(lake.replace('@ISSUER@', issuer.url).replace('allow: anyone', days));
    await purge();
    await purge({ daysOn: 400 });
    expect(await stateOf('portal')).toBe('suspended');
    await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  });
});

/** A browser that is signed in. */
async function signedIn(at: TestIssuer, username: string): Promise<UserAgent> {
  const agent = new UserAgent();
  const page = await agent.get(`${at.url}login?to=/account`);
  await agent.submit(page, '/login', { username, password: `${username}-demo-password` });
  return agent;
}
