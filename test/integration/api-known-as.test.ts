/** Identities, certificates and SSH keys of accounts over the API: who may what, what is kept of it, and whom it is told. */
import type { Call } from '../support/api.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { peopleClient, peopleUser, startPeopleIssuer } from '../support/people-api.ts';

const alice = '/accounts/5a1e0000-0000-4000-8000-000000000001';
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGef6r3vWD49e5HpteyP6fy3/Z+oIG2f8y7ULwdkxgmn alice@laptop';
const identity = { issuer: 'https://idp.example.org', subject: 'a-1' };
const query = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();

let issuer: TestIssuer;
let admin: Call;
let rita: Call;
let bob: Call;
let script: Call;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  [admin, rita, bob] = [
    await peopleUser(issuer, 'admin'),
    await peopleUser(issuer, 'rita'),
    await peopleUser(issuer, 'bob'),
  ];
  script = await peopleClient(issuer);
});
afterAll(() => issuer?.close());

const idOf = async (username: string): Promise<string> =>
  (await admin('GET', `/accounts?username=${username}`)).body.items[0].id;

test('an administrator adds and removes each kind: audited with the reason, and told by mail', async () => {
  const linked = await admin('POST', `${alice}/identities`, { body: { ...identity, reason: 'INC-1' } });
  expect(linked).toMatchObject({ status: 201, body: { items: [{ ...identity, lastUsedAt: null, declared: false }] } });
  const certified = await admin('POST', `${alice}/certificates`, {
    body: { subject: 'CN=Alice,DC=example', label: 'grid' },
  });
  expect(certified.body.items).toMatchObject([
    { subject: 'CN=Alice,DC=example', issuer: '', label: 'grid', pem: null },
  ]);
  const added = await admin('POST', `${alice}/ssh-keys`, { body: { key } });
  const [{ fingerprint }] = added.body.items;
  expect(added.body.items).toMatchObject([{ label: 'alice@laptop', key: key.split(' ').slice(0, 2).join(' ') }]);
  expect((await rita('GET', `${alice}/ssh-keys`)).body).toEqual(added.body);
  expect((await rita('GET', `${alice}/identities`)).body).toEqual(linked.body);

  const removed = [
    await admin('DELETE', `${alice}/identities?${query({ ...identity, reason: 'INC-2' })}`),
    await admin('DELETE', `${alice}/certificates?${query({ subject: 'CN=Alice,DC=example' })}`),
    await admin('DELETE', `${alice}/ssh-keys?${query({ fingerprint })}`),
  ];
  expect(removed.map(({ status, body }) => [status, body.items])).toEqual(removed.map(() => [200, []]));
  expect((await admin('DELETE', `${alice}/ssh-keys?${query({ fingerprint })}`)).status).toBe(404);

  const { db } = issuer.database;
  const entries = await db.selectFrom('audit_log').select(['action', 'actor', 'reason']).orderBy('id').execute();
  expect(entries.filter(({ action }) => /^(identity|certificate|ssh-key)/.test(action))).toEqual([
    { action: 'identity.linked', actor: 'user:admin', reason: 'INC-1' },
    { action: 'certificate.added', actor: 'user:admin', reason: null },
    { action: 'ssh-key.added', actor: 'user:admin', reason: null },
    { action: 'identity.unlinked', actor: 'user:admin', reason: 'INC-2' },
    { action: 'certificate.removed', actor: 'user:admin', reason: null },
    { action: 'ssh-key.removed', actor: 'user:admin', reason: null },
  ]);
  const mails = await db.selectFrom('outbox').select(['recipient', 'data']).orderBy('id').execute();
  expect(mails).toHaveLength(6);
  expect(mails[0]).toMatchObject({ recipient: 'alice@example.org', data: { what: 'identity-linked', address: null } });
});

test("what is another's is refused without its name, and what cannot be read with the field", async () => {
  const owner = await idOf('bob');
  expect((await admin('POST', `/accounts/${owner}/ssh-keys`, { body: { key } })).status).toBe(201);
  const taken = await admin('POST', `${alice}/ssh-keys`, { body: { key } });
  expect(taken.status).toBe(409);
  expect(JSON.stringify(taken.body)).not.toContain('bob');
  for (const [path, body, pointer] of [
    ['ssh-keys', { key: 'ssh-rsa AAAA' }, '/key'],
    ['certificates', { subject: 'Alice' }, '/subject'],
    ['certificates', {}, '/subject'],
    ['identities', { issuer: 'idp', subject: 'x' }, '/issuer'],
  ] as const) {
    const refused = await admin('POST', `${alice}/${path}`, { body });
    expect([refused.status, refused.body.errors]).toMatchObject([422, [{ pointer }]]);
  }
});

test('readers and people change nothing, not even of themselves; others see nothing', async () => {
  expect((await rita('POST', `${alice}/identities`, { body: identity })).status).toBe(403);
  expect((await bob('GET', `${alice}/identities`)).status).toBe(404);
  const own = `/accounts/${await idOf('bob')}`;
  expect((await bob('GET', `${own}/ssh-keys`)).body.items).toHaveLength(1);
  expect((await bob('POST', `${own}/identities`, { body: identity })).status).toBe(403);
});

test('the last way in stays', async () => {
  const made = await admin('POST', '/accounts', { body: { username: 'upstreamer' } });
  const path = `/accounts/${made.body.id}/identities`;
  const only = { ...identity, subject: 'only' };
  expect((await admin('POST', path, { body: only })).status).toBe(201);
  expect((await admin('DELETE', `${path}?${query(only)}`)).status).toBe(409);
});

test('a script adds to ordinary accounts without a mail, and to none with roles (EG-18)', async () => {
  const { db } = issuer.database;
  const mails = async () => (await db.selectFrom('outbox').select('id').execute()).length;
  const before = await mails();
  const certificate = { subject: 'CN=Script,DC=example' };
  expect((await script('POST', `${alice}/certificates`, { body: certificate })).status).toBe(201);
  expect(await mails()).toBe(before);
  const privileged = `/accounts/${await idOf('admin')}`;
  for (const [path, body] of [
    ['identities', { ...identity, subject: 'eve' }],
    ['certificates', { subject: 'CN=Eve,DC=example' }],
    ['ssh-keys', { key }],
  ] as const) {
    expect((await script('POST', `${privileged}/${path}`, { body })).status).toBe(403);
    expect((await script('GET', `${privileged}/${path}`)).body.items).toEqual([]);
  }
});

test('an owner removes keys of a service account, and adds none without a proof', async () => {
  const made = await admin('POST', '/accounts', { body: { username: 'robot', kind: 'service', owners: ['bob'] } });
  const path = `/accounts/${made.body.id}/certificates`;
  const certificate = { subject: 'CN=Robot,DC=example' };
  expect((await bob('POST', path, { body: certificate })).status).toBe(403);
  expect((await admin('POST', path, { body: certificate })).status).toBe(201);
  expect((await bob('DELETE', `${path}?${query(certificate)}`)).body).toEqual({ items: [] });
});

test('no administrator does without an own second factor by this', async () => {
  const own = await idOf('admin');
  const refused = await admin('DELETE', `/accounts/${own}/factors?reason=lost`);
  expect([refused.status, refused.body.detail]).toEqual([403, expect.stringContaining('by another administrator')]);
});
