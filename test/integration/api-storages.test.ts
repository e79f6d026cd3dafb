/** Storages and the namespace over the API (issue: the policy, section 2). */
import { type Call, callerWith, clientToken, startApiIssuer, userToken } from '../support/api.ts';
import { clientCredentials } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let bot: Call;
let eye: Call;
let bob: Call;
let manager: Call;

beforeAll(async () => {
  issuer = await startApiIssuer();
  bot = callerWith(issuer, await clientToken(issuer, 'rules-bot', 'policy:read policy:write'));
  eye = callerWith(issuer, await clientToken(issuer, 'rules-eye', 'policy:read'));
  bob = callerWith(issuer, await userToken(issuer, 'bob'));
  manager = callerWith(issuer, await userToken(issuer, 'max'));
});
afterAll(() => issuer?.close());

const fields = { audience: 'https://new.example.org', matching: 'segment', mounts: [{ path: '/data', at: '/magic' }] };
const whole = { name: 'NEW', aliases: [], kind: 'storage', ...fields };

describe('a storage', () => {
  test('is registered, changed and removed; its ETag is a digest', async () => {
    const made = await bot('PUT', '/storages/NEW', { body: fields });
    expect([made.status, made.body]).toEqual([
      201,
      { storage: whole, policyVersion: expect.any(Number), warnings: expect.any(Array) },
    ]);
    expect(made.headers.get('sluice-policy-version')).toBe(String(made.body.policyVersion));
    const read = await eye('GET', '/storages/NEW');
    const etag = read.headers.get('etag') ?? '';
    expect([read.status, read.body, etag]).toEqual([200, whole, made.headers.get('etag')]);
    expect((await eye('GET', '/storages/NEW', { headers: { 'if-none-match': etag } })).status).toBe(304);

    const asked = { scope: 'storage.read:/data/x', audience: fields.audience };
    expect((await clientCredentials(issuer, 'catalogue', asked)).body.scope).toBe(asked.scope);

    const changed = await bot('PUT', '/storages/NEW', {
      headers: { 'if-match': etag },
      body: { ...fields, aliases: ['new.example.org'] },
    });
    expect([changed.status, changed.body.storage.aliases]).toEqual([200, ['new.example.org']]);
    expect(changed.headers.get('etag')).not.toBe(etag);
    const late = await bot('PUT', '/storages/NEW', { headers: { 'if-match': etag }, body: fields });
    expect(late.status).toBe(412);
    expect((await bot('DELETE', '/storages/NEW', { headers: { 'if-match': etag } })).status).toBe(412);
    const removed = await bot('DELETE', '/storages/NEW');
    expect([removed.status, removed.body.removed.name]).toEqual([200, 'NEW']);
    expect((await bot('DELETE', '/storages/NEW')).status).toBe(404);
    expect((await clientCredentials(issuer, 'catalogue', asked)).status).toBe(400);
  });

  test('that does not exist is not changed by a write with If-Match', async () => {
    const answer = await bot('PUT', '/storages/ABSENT', { headers: { 'if-match': '"x"' }, body: fields });
    expect(answer.status).toBe(412);
    expect((await eye('GET', '/storages/ABSENT')).status).toBe(404);
  });

  test.each([
    ['an audience that another one has', { audience: 'rucio' }],
    [
      'mounts within one another',
      {
        mounts: [
          { path: '/a', at: '/' },
          { path: '/a/b', at: '/x' },
        ],
      },
    ],
    ['a service with mounts', { kind: 'service' }],
  ])('with %s is 422', async (_name, more) => {
    const { status, body } = await bot('PUT', '/storages/ODD', { body: { ...fields, ...more } });
    expect([status, body.type]).toEqual([422, 'urn:sluice:problem:refused-by-policy']);
  });

  test('is written by administrators only', async () => {
    expect((await eye('PUT', '/storages/NEW', { body: fields })).status).toBe(403);
    expect((await manager('PUT', '/storages/NEW', { body: fields })).status).toBe(403);
    expect((await manager('GET', '/storages/FAIR-ROOT')).status).toBe(200);
    expect((await bob('GET', '/storages/FAIR-ROOT')).status).toBe(404);
    expect((await bob('GET', '/storages')).body.items).toEqual([]);
  });

  test('stands in a list that comes in pieces', async () => {
    const all = (await eye('GET', '/storages')).body.items;
    expect(all.length).toBeGreaterThan(10);
    const first = await eye('GET', '/storages?limit=5');
    const rest = await eye('GET', `/storages?limit=1000&cursor=${first.body.next}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(all);
  });
});

describe('the namespace', () => {
  test('gains and loses paths', async () => {
    const added = await bot('POST', '/namespace', { body: { path: '//ska//new/' } });
    expect([added.status, added.body.path]).toEqual([200, '/ska/new']);
    expect((await bot('POST', '/namespace', { body: { path: '/ska/new' } })).status).toBe(200);
    expect((await eye('GET', '/namespace?under=/ska')).body.items).toEqual(['/ska', '/ska/new', '/ska/scratch']);
    const removed = await bot('DELETE', '/namespace?path=/ska/new');
    expect([removed.status, removed.body.path, removed.headers.get('sluice-policy-version')]).toEqual([
      200,
      '/ska/new',
      String(removed.body.policyVersion),
    ]);
    expect((await bot('DELETE', '/namespace?path=/ska/new')).status).toBe(404);
    expect((await bot('DELETE', '/namespace')).status).toBe(400);
  });

  test('comes in pieces', async () => {
    const all = (await eye('GET', '/namespace')).body.items;
    const first = await eye('GET', '/namespace?limit=4');
    const rest = await eye('GET', `/namespace?cursor=${first.body.next}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(all);
  });

  test('is written by administrators only', async () => {
    expect((await manager('POST', '/namespace', { body: { path: '/cta/new' } })).status).toBe(403);
    expect((await eye('DELETE', '/namespace?path=/ska')).status).toBe(403);
    expect((await bob('GET', '/namespace')).body.items).toEqual([]);
  });
});
