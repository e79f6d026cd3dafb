/** Exchange rules over the API (issue: tokens as every lake service asks for them, section 3). */
import { type Call, callerWith, clientToken, startApiIssuer, userToken } from '../support/api.ts';
import type { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let bot: Call;
let eye: Call;
let admin: Call;
let rita: Call;
let max: Call;
let bob: Call;

beforeAll(async () => {
  issuer = await startApiIssuer();
  bot = callerWith(issuer, await clientToken(issuer, 'rules-bot', 'policy:read policy:write'));
  eye = callerWith(issuer, await clientToken(issuer, 'rules-eye', 'policy:read'));
  [admin, rita, max, bob] = (await Promise.all(
    ['admin', 'rita', 'max', 'bob'].map(async (username) => callerWith(issuer, await userToken(issuer, username))),
  )) as [Call, Call, Call, Call];
});
afterAll(() => issuer?.close());

const toBot = { origin: { client: 'portal' }, target: { client: 'rules-bot' }, scopes: ['storage.read://magic//raw/'] };
const ifMatch = (tag: string) => ({ headers: { 'if-match': tag } });

test('a rule is made with every field, says where it is, and is read by readers', async () => {
  const { status, headers, body } = await admin('POST', '/exchange-rules', {
    body: { id: 'movers', ...toBot, until: '2027-01-01T01:00:00+01:00', reason: 'third-party copies' },
  });

  expect(status).toBe(201);
  expect(body).toEqual({
    exchangeRule: {
      id: 'movers',
      description: null,
      effect: 'permit',
      origin: { client: 'portal' },
      target: { client: 'rules-bot' },
      audiences: null,
      scopes: ['storage.read://magic//raw/'],
      originScopes: false,
      only: null,
      withheld: [],
      from: null,
      until: '2027-01-01T00:00:00Z',
      version: 1,
    },
    policyVersion: expect.any(Number),
    warnings: [],
  });
  expect(headers.get('location')).toBe(`${issuer.url}api/v1/exchange-rules/movers`);
  expect(headers.get('etag')).toBe('"v1"');
  for (const reader of [eye, rita]) {
    const read = await reader('GET', '/exchange-rules/movers');
    expect([read.status, read.headers.get('etag'), read.body]).toEqual([200, '"v1"', body.exchangeRule]);
    expect((await reader('GET', '/exchange-rules')).body).toEqual({ items: [body.exchangeRule], next: null });
  }
});

test('a change needs the present version, and the history says who changed what and why', async () => {
  const made = await bot('POST', '/exchange-rules', { body: { ...toBot, reason: 'first' } });
  const { id } = made.body.exchangeRule;
  const body = { effect: 'deny', origin: 'any', target: { scope: 'policy:read' }, reason: 'second' };

  expect((await bot('PUT', `/exchange-rules/${id}`, { body })).status).toBe(428);
  expect((await bot('PUT', `/exchange-rules/${id}`, { body, ...ifMatch('"v7"') })).status).toBe(412);
  const changed = await bot('PUT', `/exchange-rules/${id}`, { body, ...ifMatch('"v1"') });
  expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"v2"']);
  expect(changed.body.exchangeRule).toMatchObject({ effect: 'deny', origin: 'any', scopes: [], version: 2 });
  const removed = await bot('DELETE', `/exchange-rules/${id}?reason=third`, ifMatch('"v2"'));
  expect(removed.body.removed).toMatchObject({ id, effect: 'deny' });

  expect((await eye('GET', `/exchange-rules/${id}`)).status).toBe(404);
  const { items } = (await eye('GET', `/exchange-rules/${id}/history`)).body;
  expect(items).toMatchObject([
    { version: 1, change: 'created', actor: 'client:rules-bot', reason: 'first', record: { effect: 'permit' } },
    { version: 2, change: 'changed', actor: 'client:rules-bot', reason: 'second', record: { target: body.target } },
    { version: 3, change: 'removed', actor: 'client:rules-bot', reason: 'third', record: null },
  ]);
});

test.each([
  [
    'a client that does not exist',
    { target: { client: 'nobody' } },
    422,
    '/target/client',
    'client `nobody` not known',
  ],
  [
    'an end before its beginning',
    { from: '2027-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' },
    422,
    '/until',
    'ends before',
  ],
  ['a refusal that adds scopes', { effect: 'deny' }, 422, '/scopes', 'a rule that denies says nothing of scopes'],
  [
    'a scope with a path that is none',
    { scopes: ['storage.read:/a/../b'] },
    400,
    '/scopes/0',
    'is not a storage scope',
  ],
  ['a regular expression instead of a client', { origin: { regexp: '.*' } }, 400, '/origin', 'expected `any`'],
])('%s is refused at its place', async (_, more, status, pointer, message) => {
  const answer = await bot('POST', '/exchange-rules', { body: { ...toBot, ...more } });

  expect(answer.status).toBe(status);
  expect(answer.body.errors).toContainEqual({ in: 'body', pointer, message: expect.stringContaining(message) });
});

test('nobody but administrators writes rules, and nobody but they and readers sees them', async () => {
  await bot('POST', '/exchange-rules', { body: { id: 'kept', ...toBot } });

  for (const [caller, status] of [
    [rita, 403],
    [max, 403],
    [bob, 403],
    [eye, 403],
  ] as const) {
    expect((await caller('POST', '/exchange-rules', { body: toBot })).status).toBe(status);
  }
  expect((await rita('DELETE', '/exchange-rules/kept', ifMatch('"v1"'))).status).toBe(403);
  for (const stranger of [max, bob]) {
    expect((await stranger('GET', '/exchange-rules/kept')).status).toBe(404);
    expect((await stranger('GET', '/exchange-rules/kept/history')).status).toBe(404);
    expect((await stranger('GET', '/exchange-rules')).body.items).toEqual([]);
  }
  expect((await bot('POST', '/exchange-rules', { body: { id: 'kept', ...toBot } })).status).toBe(409);
});
