/** Bulk revocation and the audit log over the API, and what the protocol says of the tokens afterwards (issue: tokens as every lake service asks for them, section 4). */
import { type Call, callerWith, clientToken, startApiIssuer, userToken } from '../support/api.ts';
import { login } from '../support/code-flow.ts';
import { decode, post } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let bot: Call;
let admin: Call;
let rita: Call;
let bob: Call;

beforeAll(async () => {
  issuer = await startApiIssuer();
  bot = callerWith(issuer, await clientToken(issuer, 'rules-bot', 'policy:read policy:write'));
  [admin, rita, bob] = (await Promise.all(
    ['admin', 'rita', 'bob'].map(async (username) => callerWith(issuer, await userToken(issuer, username))),
  )) as [Call, Call, Call];
});
afterAll(() => issuer?.close());

const scope = 'openid offline_access storage.read:/magic';
const tokensOf = async (username: string) =>
  (await login(issuer, { scope, prompt: 'consent' }, { username })).body as Record<
    'access_token' | 'refresh_token',
    string
  >;
const isActive = async (token: string) =>
  (await post(issuer, '/introspect', { token }, { client: 'rucio' })).body.active;
const refresh = (refresh_token: string) =>
  post(issuer, '/token', { grant_type: 'refresh_token', refresh_token }, { client: 'portal' });

test('one call ends the tokens of a user everywhere, leaves those of others, and says what offline verifiers still take', async () => {
  const [alice, other] = [await tokensOf('alice'), await tokensOf('bob')];
  const refreshed = (await refresh(alice.refresh_token)).body;
  expect(await isActive(refreshed.access_token)).toBe(true);

  const { status, body } = await admin('POST', '/revocations', { body: { user: 'alice', reason: 'laptop stolen' } });

  expect([status, body]).toEqual([
    200,
    {
      at: '2026-11-22T12:00:00Z',
      refreshChains: 1,
      accessTokens: { count: 2, lastExpiry: '2026-11-22T13:00:00Z' },
    },
  ]);
  expect(Math.max(...[alice, refreshed].map(({ access_token }) => decode(access_token).claims.exp))).toBe(
    Date.parse(body.accessTokens.lastExpiry) / 1000,
  );
  for (const token of [alice.access_token, refreshed.access_token, refreshed.refresh_token]) {
    expect(await isActive(token)).toBe(false);
  }
  expect((await refresh(refreshed.refresh_token)).body.error).toBe('invalid_grant');
  const headers = { authorization: `Bearer ${alice.access_token}` };
  expect((await fetch(new URL('userinfo', issuer.url), { headers })).status).toBe(401);
  expect(await isActive(other.access_token)).toBe(true);
  expect((await refresh(other.refresh_token)).status).toBe(200);
});

test('a user whose tokens were revoked logs in again as before', async () => {
  await admin('POST', '/revocations', { body: { user: 'alice', reason: 'laptop stolen' } });

  const { access_token, refresh_token } = await tokensOf('alice');
  expect(await isActive(access_token)).toBe(true);
  expect((await refresh(refresh_token)).status).toBe(200);
});

test('each call stands in the audit log, which administrators and readers read in pieces', async () => {
  const body = { client: 'portal', issuedBefore: '2026-11-22T11:00:00+01:00', reason: 'third' };
  await bot('POST', '/revocations', { body });

  const first = await rita('GET', '/audit?limit=1&action=tokens.revoked');
  expect(first.body).toEqual({
    items: [
      {
        id: expect.any(String),
        at: '2026-11-22T12:00:00Z',
        action: 'tokens.revoked',
        actor: 'client:rules-bot',
        address: '127.0.0.1',
        reason: 'third',
        object: null,
        detail: {
          selection: { client: 'portal', issuedBefore: '2026-11-22T10:00:00.000Z' },
          refreshChains: 0,
          accessTokens: { count: 0, lastExpiry: null },
        },
      },
    ],
    next: expect.any(String),
  });
  const next = await rita('GET', `/audit?limit=1&cursor=${first.body.next}`);
  expect(next.body.items).toMatchObject([{ actor: 'user:admin', reason: 'laptop stolen' }]);
  expect((await rita('GET', '/audit?action=none')).body).toEqual({ items: [], next: null });
  const made = Buffer.from(JSON.stringify(['audit', 'x'])).toString('base64url');
  expect((await rita('GET', `/audit?cursor=${made}`)).body.items).toEqual([]);
});

test('nobody but administrators revokes, and nobody but they and readers reads the audit log', async () => {
  const body = { user: 'alice', reason: 'r' };
  for (const caller of [rita, bob]) expect((await caller('POST', '/revocations', { body })).status).toBe(403);
  expect((await bob('GET', '/audit')).status).toBe(403);
});

test.each([
  ['nothing', {}, 422, '', 'expected at least one of'],
  ['a group that does not exist', { group: '/escape/none' }, 422, '/group', 'group `/escape/none` not known'],
  ['an instant that is none', { issuedBefore: 'yesterday' }, 400, '/issuedBefore', 'expected an instant with its zone'],
  ['no reason', { user: 'alice', reason: undefined }, 400, '/reason', ''],
])('a call with %s is refused', async (_, body, status, pointer, message) => {
  const answer = await admin('POST', '/revocations', { body: { reason: 'r', ...body } });

  expect(answer.status).toBe(status);
  expect(answer.body.errors).toContainEqual({ in: 'body', pointer, message: expect.stringContaining(message) });
});
