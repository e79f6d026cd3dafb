/** The paths of INDIGO IAM that scripts call (docs/integration/indigo-scripts.md), in its JSON. */
import { login } from '../support/code-flow.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { scimToken, startScimIssuer } from '../support/scim.ts';

const alice = '5a1e0000-0000-4000-8000-000000000001';
const bob = '5a1e0000-0000-4000-8000-000000000002';
let issuer: TestIssuer;
let reads: string;
let writes: string;

beforeAll(async () => {
  issuer = await startScimIssuer();
  reads = await scimToken(issuer, 'sync', 'iam:admin.read');
  writes = await scimToken(issuer, 'provisioner', 'iam:admin.read iam:admin.write');
});
afterAll(() => issuer.close());

async function call(method: string, path: string, token: string | null = reads, body?: unknown) {
  const response = await fetch(new URL(path, issuer.url), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
  });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`${method} ${path}: ${text}`);
  const answer = { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  if (response.status >= 400) expect(answer.body).toEqual({ error: expect.any(String) });
  return answer;
}

const found = async (path: string) => {
  const { status, body } = await call('GET', path);
  expect(status).toBe(200);
  return body.Resources.map(({ userName, displayName }: Record<string, string>) => userName ?? displayName);
};

test('accounts are searched by any part of their names, in pages', async () => {
  expect(await found('iam/account/search?filter=EXAMPLE&sortBy=email&sortDirection=desc')).toEqual([
    'dana',
    'bob',
    'alice',
    'admin',
  ]);
  const page = await call('GET', 'iam/account/search?count=2&startIndex=3');
  expect(page.body).toMatchObject({ totalResults: 4, itemsPerPage: 2, startIndex: 3 });
  expect(Object.keys(page.body.Resources[0])).not.toContain('urn:indigo-dc:scim:schemas:IndigoUser');
});

test('accounts are found by mail address, username, id and group', async () => {
  const { body } = await call('GET', 'scim/Groups?filter=displayName%20eq%20%22escape/ska%22');
  const ska = body.Resources[0].id;
  expect(await found('iam/account/find/byemail?email=BOB@example.org')).toEqual(['bob']);
  expect(await found('iam/account/find/byusername?username=bob')).toEqual(['bob']);
  expect(await found(`iam/account/find/byuuid/${bob}`)).toEqual(['bob']);
  expect(await found(`iam/account/find/bygroup/${ska}`)).toEqual(['bob']);
  expect(await found(`iam/account/find/notingroup/${ska}?filter=ali`)).toEqual(['alice']);
  expect(await found('iam/account/find/byusername?username=%22%20or%20id%20pr')).toEqual([]);
  expect((await call('GET', 'iam/account/find/byemail')).status).toBe(400);
});

test('labels are set, found and removed, with their prefixes', async () => {
  const path = `iam/account/${alice}/labels`;
  const label = { prefix: 'cern.ch', name: 'unit', value: 'IT' };
  expect((await call('PUT', path, writes, label)).status).toBe(200);
  expect((await call('PUT', path, writes, { name: 'plain', value: 'x' })).status).toBe(200);
  expect((await call('GET', path)).body).toEqual(expect.arrayContaining([label, { name: 'plain', value: 'x' }]));
  expect(await found('iam/account/find/bylabel?name=unit&value=IT')).toEqual(['alice']);
  expect(await found('iam/account/find/bylabel?name=unit&value=EP')).toEqual([]);
  expect((await call('DELETE', `${path}?prefix=cern.ch&name=unit`, writes)).status).toBe(204);
  expect((await call('GET', path)).body).toEqual([{ name: 'plain', value: 'x' }]);
});

test('certificates, keys and upstream identities are shown, and found by', async () => {
  const { db } = issuer.database;
  const subject = 'CN=Alice Example,O=CERN,DC=ch';
  await db.insertInto('certificates').values({ account_id: alice, subject_dn: subject, label: 'grid' }).execute();
  await db
    .insertInto('ssh_keys')
    .values({ account_id: alice, fingerprint: 'SHA256:abc', key: 'ssh-ed25519 AAAA' })
    .execute();
  await db
    .insertInto('identities')
    .values({ account_id: alice, issuer: 'https://idp.example.org', subject: 'a-1' })
    .execute();
  const { body } = await call(
    'GET',
    `iam/account/find/bycertsubject?certificateSubject=${encodeURIComponent(subject)}`,
  );
  expect(body).toMatchObject({
    totalResults: 1,
    Resources: [
      {
        id: alice,
        'urn:indigo-dc:scim:schemas:IndigoUser': {
          certificates: [{ subjectDn: subject, display: 'grid', primary: true }],
          sshKeys: [{ value: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:abc' }],
          oidcIds: [{ issuer: 'https://idp.example.org', subject: 'a-1' }],
        },
      },
    ],
  });
  const filter =
    'urn:indigo-dc:scim:schemas:IndigoUser:oidcIds[issuer eq "https://idp.example.org" and subject eq "a-1"]';
  expect(await found(`scim/Users?filter=${encodeURIComponent(filter)}`)).toEqual(['alice']);
  expect(await found('iam/account/find/bycertsubject?certificateSubject=CN%3DMallory')).toEqual([]);
});

test('an end is set and taken away', async () => {
  const path = `iam/account/${bob}/endTime`;
  expect((await call('PUT', path, writes, { endTime: '2030-01-01T00:00:00Z' })).status).toBe(200);
  const { body } = await call('GET', `scim/Users/${bob}`);
  expect(body['urn:indigo-dc:scim:schemas:IndigoUser'].endTime).toBe('2030-01-01T00:00:00.000Z');
  expect((await call('PUT', path, writes, { endTime: 'soon' })).status).toBe(400);
  expect((await call('PUT', path, writes, { endTime: null })).status).toBe(200);
});

test('an account joins a group and leaves it', async () => {
  const { body } = await call('GET', 'iam/group/search?filter=ska');
  const [{ id }] = body.Resources;
  expect((await call('POST', `iam/account/${alice}/groups/${id}`, writes)).status).toBe(201);
  expect(await found(`iam/account/find/bygroup/${id}`)).toEqual(['alice', 'bob']);
  expect((await call('DELETE', `iam/account/${alice}/groups/${id}`, writes)).status).toBe(204);
  expect(await found(`iam/account/find/bygroup/${id}`)).toEqual(['bob']);
});

test('grants are shown as scope policies, and not written as such', async () => {
  const { body } = await call('GET', 'iam/scope_policies');
  expect(body).toContainEqual({
    id: expect.any(Number),
    description: expect.any(String),
    rule: 'PERMIT',
    matchingPolicy: 'PATH',
    group: { uuid: expect.any(String), name: expect.stringMatching(/^escape/), location: expect.any(String) },
    scopes: expect.arrayContaining([expect.stringMatching(/^storage\.read:\//)]),
  });
  expect((await call('GET', `iam/scope_policies/${body[0].id}`)).body).toEqual(body[0]);
  const refused = await call('POST', 'iam/scope_policies', writes, {});
  expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

test('an embargo denies everybody, and admits its parties of now; one that begins later is not shown', async () => {
  const { db } = issuer.database;
  const party = (subject: string, more: object = {}) => ({ subject, role: 'pi', actions: ['read'], ...more });
  const parties = [
    party('user:bob'),
    party('group:/escape/ska'),
    party('client:rucio'),
    party('user:alice', { until: '2000-01-01T00:00:00Z' }),
  ];
  const common = { actions: ['read', 'stage'], parties: JSON.stringify(parties), path: '/policy-test' };
  const [end, later] = ['2099-01-01T00:00:00Z', '2098-01-01T00:00:00Z'].map((text) => new Date(text));
  await db
    .insertInto('embargoes')
    .values([
      { ...common, id: 'shown', ends_at: end },
      { ...common, id: 'later', starts_at: later, ends_at: end },
      { ...common, id: 'partly', exempt: ['/policy-test/open'], ends_at: end },
    ])
    .execute();
  const { body } = await call('GET', 'iam/scope_policies');
  const mine = body.filter(({ scopes }: { scopes: string[] }) =>
    scopes.some((scope) => scope.endsWith('/policy-test')),
  );
  const scopes = ['storage.read:/policy-test'];
  const shared = { id: expect.any(Number), description: 'shown, until 2099-01-01T00:00:00.000Z' };
  expect(mine).toEqual([
    { ...shared, rule: 'DENY', matchingPolicy: 'PATH', scopes: [...scopes, 'storage.stage:/policy-test'] },
    expect.objectContaining({ ...shared, rule: 'PERMIT', account: expect.objectContaining({ uuid: bob }), scopes }),
    expect.objectContaining({
      ...shared,
      rule: 'PERMIT',
      group: expect.objectContaining({ name: 'escape/ska' }),
      scopes,
    }),
  ]);
  expect(new Set(mine.map(({ id }: { id: number }) => id)).size).toBe(3);
  await db.deleteFrom('embargoes').where('path', '=', '/policy-test').execute();
});

test('clients are listed, made, changed and removed in the fields of INDIGO, without a secret that was not just made', async () => {
  const listed = await call('GET', 'iam/api/clients?count=100');
  const rucio = listed.body.Resources.find((client: { client_id: string }) => client.client_id === 'rucio');
  expect(rucio).toMatchObject({
    client_name: 'Rucio',
    scope: expect.stringContaining('openid profile offline_access'),
    token_endpoint_auth_method: 'client_secret_basic',
    access_token_validity_seconds: 14_400,
    reuse_refresh_token: true,
    active: true,
    dynamically_registered: false,
  });
  expect(JSON.stringify(listed.body)).not.toMatch(/secret"|sha256/);
  expect((await call('GET', 'iam/api/search/clients?search=RUCI')).body.Resources).toHaveLength(1);

  const made = await call('POST', 'iam/api/clients', writes, {
    client_name: 'Probe',
    grant_types: ['client_credentials'],
    scope: 'openid compute.read',
    access_token_validity_seconds: 1200,
  });
  expect(made).toMatchObject({ status: 201, body: { client_name: 'Probe', client_secret: expect.any(String) } });
  const path = `iam/api/clients/${made.body.client_id}`;
  const changed = await call('PUT', path, writes, { ...made.body, client_name: 'Probe 2' });
  expect(changed.body).toMatchObject({ client_name: 'Probe 2', scope: 'openid compute.read' });
  expect((await call('PATCH', `${path}/disable`, writes)).status).toBe(200);
  expect((await call('GET', path)).body.active).toBe(false);
  expect((await call('POST', 'iam/api/clients', writes, { grant_types: ['magic'] })).status).toBe(400);
  expect((await call('DELETE', path, writes)).status).toBe(204);
  expect((await call('GET', path)).status).toBe(404);
});

test('group requests are seen by administrators, and by everybody else their own', async () => {
  const { db } = issuer.database;
  const { id } = await db.selectFrom('groups').select('id').where('path', '=', '/escape/ska').executeTakeFirstOrThrow();
  const now = new Date(issuer.clock.now());
  const request = { group_id: id, kind: 'join', note: 'SKA shifts', created_at: now, expires_at: now };
  await db
    .insertInto('group_requests')
    .values([
      { ...request, account_id: alice },
      { ...request, account_id: '5a1e0000-0000-4000-8000-000000000003', state: 'refused', answer: 'not now' },
    ])
    .execute();
  const all = await call('GET', 'iam/group_requests');
  expect(all.body).toMatchObject({
    totalResults: 2,
    Resources: [
      { username: 'alice', groupName: 'escape/ska', status: 'PENDING', notes: 'SKA shifts', userUuid: alice },
      { username: 'dana', status: 'REJECTED', motivation: 'not now' },
    ],
  });
  expect((await call('GET', 'iam/group_requests?status=PENDING')).body.totalResults).toBe(1);
  expect((await call('GET', 'iam/group_requests/search?notes=shift&username=dan')).body.totalResults).toBe(1);
  const { body } = await login(issuer, { scope: 'openid profile' });
  const own = await call('GET', 'iam/group_requests', body.access_token);
  expect(own.body.Resources).toMatchObject([{ username: 'alice' }]);
  const [mine, others] = all.body.Resources;
  expect((await call('GET', `iam/group_requests/${mine.uuid}`, body.access_token)).status).toBe(200);
  expect((await call('GET', `iam/group_requests/${others.uuid}`, body.access_token)).status).toBe(404);
});

test.each([
  ['nobody', 'GET', 'iam/account/search', null, 401],
  ['a reader that writes', 'PUT', `iam/account/${alice}/endTime`, 'reads', 403],
  ['a reader that makes clients', 'POST', 'iam/api/clients', 'reads', 403],
  ['a path that has no equivalent', 'GET', 'iam/aup/nowhere', 'reads', 404],
  ['another method', 'POST', 'iam/account/search', 'reads', 405],
])('%s is refused with the right status', async (_who, method, path, who, status) => {
  const answer = await call(method, path, who === null ? null : reads, method === 'GET' ? undefined : {});
  expect(answer.status).toBe(status);
  if (status === 401 || status === 403) expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
});

describe('IVOA GMS', () => {
  const ask = async (query: string, token: string | null) => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(new URL(`gms/search${query}`, issuer.url), { headers });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  test('names the groups of the owner of the token, or those of them that are asked for', async () => {
    const { body } = await login(issuer, { scope: 'openid profile' });
    const token = body.access_token;
    const all = await ask('', token);
    expect(all).toEqual({
      status: 200,
      type: 'text/plain; charset=utf-8',
      text: 'escape\nescape/cta\nescape/cta/p17\n',
    });
    expect((await ask('?group=escape/cta', token)).text).toBe('escape/cta\n');
    expect(await ask('?group=escape/ska', token)).toMatchObject({ status: 200, text: '' });
    expect((await ask('?group=escape/ska&group=/escape', token)).text).toBe('escape\n');
  });

  test('answers nobody without a token', async () => {
    expect((await ask('', null)).status).toBe(401);
    expect((await ask('', 'x.y.z')).status).toBe(401);
  });

  test('tells what it can do without a token', async () => {
    const response = await fetch(new URL('gms/capabilities', issuer.url));
    expect(response.headers.get('content-type')).toMatch(/^text\/xml/);
    expect(await response.text()).toContain(`${issuer.url}gms/search`);
    expect((await fetch(new URL('gms/availability', issuer.url))).status).toBe(200);
  });
});

test('a user reads the clients that are their own, and a client that acts for itself has none', async () => {
  const { access_token: token } = (await login(issuer, { scope: 'openid profile' })).body;
  expect((await call('GET', 'iam/account/me/clients', token)).body).toMatchObject({ totalResults: 0, Resources: [] });
  await issuer.database.db
    .insertInto('client_owners')
    .values({ client_id: 'portal', account_id: alice, position: 0 })
    .execute();
  const { body } = await call('GET', 'iam/account/me/clients', token);
  expect(body.Resources.map((client: { client_id: string }) => client.client_id)).toEqual(['portal']);
  expect(JSON.stringify(body)).not.toContain('secret_hash');
  expect((await call('GET', 'iam/account/me/clients', reads)).status).toBe(404);
  expect((await call('GET', 'iam/account/me/clients', null)).status).toBe(401);
});
