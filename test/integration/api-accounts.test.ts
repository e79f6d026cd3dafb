/** Accounts over the API, and what the protocol says of their tokens afterwards. */
import type { Call } from '../support/api.ts';
import { login } from '../support/code-flow.ts';
import { decode, eventually, post } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { peopleClient, peopleUser, startPeopleIssuer } from '../support/people-api.ts';

let issuer: TestIssuer;
let admin: Call;
let rita: Call;
let bob: Call;
let script: Call;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  [admin, rita, bob, script] = [
    await peopleUser(issuer, 'admin'),
    await peopleUser(issuer, 'rita'),
    await peopleUser(issuer, 'bob'),
    await peopleClient(issuer),
  ];
});
afterAll(() => issuer?.close());

const idOf = async (username: string) =>
  (await admin('GET', `/accounts?username=${username}`)).body.items[0].id as string;
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

test('a script makes an account, changes it by its ETag, and removes it for ever', async () => {
  const made = await script('POST', '/accounts', {
    body: { username: 'nina', name: 'Nina', email: 'nina@uni.example' },
  });
  expect(made.status).toBe(201);
  const { id } = made.body;
  expect(made.headers.get('location')).toBe(`${issuer.url}api/v1/accounts/${id}`);
  const tag = made.headers.get('etag') as string;
  const changed = await script('PATCH', `/accounts/${id}`, { body: { name: 'Nina N.' }, headers: { 'if-match': tag } });
  expect(changed).toMatchObject({ status: 200, body: { name: 'Nina N.', email: 'nina@uni.example' } });
  const stale = await script('PATCH', `/accounts/${id}`, { body: { name: 'X' }, headers: { 'if-match': tag } });
  expect(stale.status).toBe(412);
  const ends = { affiliation: 'Home', endsAt: '2030-01-01T00:00:00Z' };
  expect((await script('PATCH', `/accounts/${id}`, { body: ends })).body).toMatchObject(ends);
  const taken = await script('PATCH', `/accounts/${id}`, { body: { affiliation: null, endsAt: null, labels: null } });
  expect(taken).toMatchObject({ status: 200, body: { affiliation: null, endsAt: null, name: 'Nina N.' } });
  expect((await script('GET', '/accounts?search=nina%20n')).body.items).toMatchObject([{ username: 'nina' }]);
  expect((await script('DELETE', `/accounts/${id}?reason=left`)).body).toEqual({ removed: id });
  expect((await script('GET', `/accounts/${id}`)).status).toBe(404);
  expect((await script('POST', '/accounts', { body: { username: 'nina' } })).status).toBe(409);
});

test('an owner takes away what it may change of a service account, and not its end', async () => {
  const robot = {
    username: 'owned-robot',
    kind: 'service',
    owners: ['bob'],
    affiliation: 'Lab',
    endsAt: '2030-01-01T00:00:00Z',
  };
  const { id } = (await script('POST', '/accounts', { body: robot })).body;
  expect((await bob('PATCH', `/accounts/${id}`, { body: { affiliation: null } })).body).toMatchObject({
    affiliation: null,
  });
  for (const body of [{ endsAt: null }, { embargoPaths: ['/x'] }, { roles: ['admin'] }]) {
    expect((await bob('PATCH', `/accounts/${id}`, { body })).status).toBe(403);
  }
  expect((await script('GET', `/accounts/${id}`)).body).toMatchObject({ endsAt: '2030-01-01T00:00:00Z', roles: [] });
});

test('what an account may be is checked, and each fault names its field', async () => {
  const { status, body } = await admin('POST', '/accounts', { body: { username: 'a b', endsAt: 'soon', nick: 1 } });
  expect(status).toBe(400);
  expect(body.errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
    '/endsAt',
    '/nick',
    '/username',
  ]);
  const mail = await admin('POST', '/accounts', { body: { username: 'ok', email: 'nothing' } });
  expect(mail).toMatchObject({ status: 422, body: { errors: [{ pointer: '/email' }] } });
});

test('readers see everybody and change nobody, and others see only themselves', async () => {
  const [bobId, aliceId] = [await idOf('bob'), await idOf('alice')];
  expect((await rita('GET', `/accounts/${aliceId}`)).body).toMatchObject({ username: 'alice' });
  expect((await rita('POST', `/accounts/${aliceId}/suspend`, { body: { reason: 'no' } })).status).toBe(403);
  expect((await bob('GET', `/accounts/${bobId}`)).body).toMatchObject({ username: 'bob' });
  expect((await bob('GET', `/accounts/${aliceId}`)).status).toBe(404);
  expect((await bob('GET', '/accounts')).status).toBe(403);
  expect((await bob('GET', '/accounts?username=alice')).body).toEqual({ items: [], next: null });
  expect((await bob('PATCH', `/accounts/${bobId}`, { body: { roles: ['admin'] } })).status).toBe(403);
  expect((await bob('POST', `/accounts/${aliceId}/suspend`, { body: { reason: 'no' } })).status).toBe(403);
});

test('a suspension ends sessions, chains, consents and tokens at once, and a restoration brings none of them back', async () => {
  const id = await idOf('alice');
  const { access_token, refresh_token } = await tokensOf('alice');
  expect(await isActive(access_token)).toBe(true);
  const { jti } = decode(access_token).claims;
  const { db } = issuer.database;
  await eventually(() => db.selectFrom('issue_log').select('jti').where('jti', '=', jti).executeTakeFirst());
  const suspended = await admin('POST', `/accounts/${id}/suspend`, { body: { reason: 'left the project' } });
  expect(suspended).toMatchObject({ status: 200, body: { state: 'suspended', suspendedBecause: 'left the project' } });
  expect(await isActive(access_token)).toBe(false);
  expect((await refresh(refresh_token)).status).toBe(400);
  const left = await db.selectFrom('consents').select('client_id').where('account_id', '=', id).execute();
  expect(left).toEqual([]);
  expect((await admin('POST', `/accounts/${id}/suspend`, { body: { reason: 'again' } })).status).toBe(409);
  expect(await admin('POST', `/accounts/${id}/restore`, { body: { reason: 'back' } })).toMatchObject({
    body: { state: 'active' },
  });
  for (const token of [access_token, refresh_token]) expect(await isActive(token)).toBe(false);
  expect((await refresh(refresh_token)).status).toBe(400);
  expect((await tokensOf('alice')).access_token).toBeTruthy();
});
