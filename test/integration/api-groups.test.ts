/** Groups over the JSON interface: made, filled, moved and emptied by a script; others are refused, and hostile input is a problem. */
import { decodeJwt } from 'jose';
import type { Call } from '../support/api.ts';
import { login } from '../support/code-flow.ts';
import { post } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { peopleClient, peopleUser, startPeopleIssuer } from '../support/people-api.ts';

let issuer: TestIssuer;
let bob: Call;
let script: Call;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  [bob, script] = [await peopleUser(issuer, 'bob'), await peopleClient(issuer)];
});
afterAll(() => issuer?.close());

const accountOf = async (username: string) =>
  (await script('GET', `/accounts?username=${username}`)).body.items[0].id as string;

test('a script makes a group, adds a member until a day, moves the group, and takes all of it back', async () => {
  const made = await script('POST', '/groups', { body: { path: '/escape/shifts', description: 'Night shifts' } });
  expect(made).toMatchObject({ status: 201, body: { path: '/escape/shifts', isDefault: false } });
  const place = `/groups/${made.body.id}`;
  expect(made.headers.get('location')).toBe(`${issuer.url}api/v1${place}`);
  expect((await script('POST', '/groups', { body: { path: '/escape/shifts' } })).status).toBe(409);
  expect((await script('GET', '/groups?search=NIGHT')).body.items).toMatchObject([{ id: made.body.id }]);

  const member = `${place}/members/${await accountOf('bob')}`;
  const set = await script('PUT', member, { body: { until: '2027-06-01T00:00:00Z', reason: 'shifts in May' } });
  expect(set).toMatchObject({ status: 200, body: { username: 'bob', until: '2027-06-01T00:00:00Z' } });
  expect((await script('GET', `${place}/members`)).body.items).toEqual([set.body]);
  expect(
    (await script('PUT', member, { body: { from: '2027-06-02T00:00:00Z', until: '2027-06-01T00:00:00Z' } })).status,
  ).toBe(422);

  const moved = await script('POST', `${place}/move`, { body: { path: '/escape/nights' } });
  expect(moved.body).toMatchObject({ id: made.body.id, path: '/escape/nights' });
  expect((await script('DELETE', `${member}?reason=over`)).body).toEqual({ tokensOut: 0, latestExpiry: null });
  expect((await script('DELETE', member)).status).toBe(404);
  expect((await script('DELETE', place)).body).toEqual({ removed: made.body.id });
  expect((await script('GET', place)).status).toBe(404);
});

test('a member without a role reads the directory, but neither members nor requests of others, and writes nothing', async () => {
  const [first] = (await bob('GET', '/groups?limit=1')).body.items;
  expect(first.path).toMatch(/^\/escape/);
  expect((await bob('GET', `/groups/${first.id}/members`)).status).toBe(403);
  expect((await bob('POST', '/groups', { body: { path: '/escape/mine' } })).status).toBe(403);
  expect((await bob('GET', '/group-requests')).body.items).toEqual([]);
  const unknown = '5a1e0000-0000-4000-8000-00000000ffff';
  expect((await script('POST', `/group-requests/${unknown}/approve`, { body: {} })).status).toBe(404);
  expect((await script('GET', `/groups/${unknown}`)).status).toBe(404);
  expect((await script('GET', '/groups/x')).status).toBe(404);
  for (const path of ['/groups?under=..', '/groups?cursor=%00', '/group-requests?state=x']) {
    expect((await script('GET', path)).status).toBe(400);
  }
});

test('a script describes a group, names its managers, and learns what a move would change', async () => {
  const { id } = (await script('POST', '/groups', { body: { path: '/escape/analysis' } })).body;
  const place = `/groups/${id}`;
  const change = { description: 'Who analyses', labels: { 'cern.ch/unit': 'EP' }, reason: 'as agreed' };
  const changed = await script('PATCH', place, { body: change });
  expect(changed.body).toMatchObject({ description: 'Who analyses', labels: change.labels, path: '/escape/analysis' });
  expect((await script('PATCH', place, { body: { description: null } })).body).toMatchObject({ description: null });
  expect((await script('PATCH', place, { body: { path: '/escape/x' } })).status).toBe(400);
  expect((await bob('PATCH', place, { body: { description: 'mine' } })).status).toBe(403);

  expect((await script('PUT', `${place}/managers`, { body: { managers: ['bob', 'nobody'] } })).status).toBe(422);
  const named = await script('PUT', `${place}/managers`, { body: { managers: ['bob'] } });
  expect(named.body).toEqual({ managers: ['bob'] });
  expect((await bob('GET', `${place}/managers`)).body).toEqual({ managers: ['bob'] });
  await bob('PUT', `${place}/members/${await accountOf('bob')}`, { body: { reason: 'myself' } });
  expect((await bob('GET', `${place}/history`)).body.items).toMatchObject([{ change: 'added', reason: 'myself' }]);

  const preview = await script('GET', `${place}/move?path=/escape/analysts`);
  const moved = { from: '/escape/analysis', to: '/escape/analysts' };
  expect(preview.body).toEqual({ groups: [moved], groupCount: 1, rules: [] });
  expect((await script('GET', `${place}/move?path=/elsewhere`)).status).toBe(422);
  expect((await bob('GET', `${place}/move?path=/escape/analysts`)).status).toBe(403);
});

test('a member asks and takes it back, and a manager invites by a link that is shown once', async () => {
  const { id: group } = (await script('POST', '/groups', { body: { path: '/escape/club' } })).body;
  expect((await script('POST', '/group-requests', { body: { group } })).status).toBe(403);
  const asked = await bob('POST', '/group-requests', { body: { group, note: 'please' } });
  expect(asked).toMatchObject({ status: 201, body: { state: 'pending', note: 'please', groupPath: '/escape/club' } });
  expect((await bob('POST', '/group-requests', { body: { group } })).status).toBe(409);
  const place = `/group-requests/${asked.body.id}`;
  expect((await script('DELETE', place)).status).toBe(404);
  expect((await bob('DELETE', place)).body).toMatchObject({ state: 'withdrawn' });
  expect((await bob('GET', '/group-requests?own=true')).body.items[0]).toMatchObject({ id: asked.body.id });
  expect((await bob('GET', place)).body.state).toBe('withdrawn');

  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const at = `/groups/${group}/invitations`;
  expect((await bob('POST', at, { body: { expiresAt } })).status).toBe(403);
  expect((await script('POST', at, { body: { expiresAt: '2099-01-01T00:00:00Z' } })).status).toBe(422);
  const made = await script('POST', at, { body: { expiresAt, uses: 5 } });
  expect(made).toMatchObject({ status: 201, body: { link: expect.stringContaining('/invitation/') } });
  const listed = await script('GET', `/group-invitations?group=${group}`);
  expect(listed.body.items).toMatchObject([{ id: made.body.id, uses: 5, used: 0, groupPath: '/escape/club' }]);
  expect(JSON.stringify(listed.body)).not.toContain(made.body.link.split('/').at(-1));
  expect((await bob('DELETE', `/group-invitations/${made.body.id}`)).status).toBe(404);
  expect((await script('DELETE', `/group-invitations/${made.body.id}`)).body).toEqual({ revoked: made.body.id });
  expect((await script('GET', `/group-invitations?group=${group}`)).body.items).toEqual([]);
  const admin = await peopleUser(issuer, 'admin');
  const trail = (await admin('GET', `/audit?objectKind=group&objectId=${group}`)).body.items;
  const said = trail.map(({ action, actor, address }: Record<string, string>) => [action, actor, address]);
  expect(said).toEqual([
    ['group.invitation-revoked', 'client:rules-bot', '127.0.0.1'],
    ['group.invited', 'client:rules-bot', '127.0.0.1'],
    ['group-request.withdrawn', 'user:bob', '127.0.0.1'],
    ['group-request.asked', 'user:bob', '127.0.0.1'],
    ['group.created', 'client:rules-bot', '127.0.0.1'],
  ]);
});

test('a chain of refresh tokens goes on under the new name of a group, and not beyond it', async () => {
  const scope = 'openid offline_access wlcg.groups:/escape/ska';
  const { refresh_token: first = '' } = (await login(issuer, { scope }, { username: 'bob' })).body;
  const { items } = (await script('GET', '/groups?search=/escape/ska')).body;
  await script('POST', `/groups/${items[0].id}/move`, { body: { path: '/escape/skao' } });
  const refresh = (token: string) =>
    post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: token }, { client: 'portal' });
  const { status, body } = await refresh(first);
  expect([status, decodeJwt(body.access_token)['wlcg.groups']]).toEqual([200, ['/escape/skao', '/escape']]);
  await script('DELETE', `/groups/${items[0].id}/members/${await accountOf('bob')}`);
  const after = await refresh(body.refresh_token ?? first);
  expect(decodeJwt(after.body.access_token)['wlcg.groups']).toEqual(['/escape']);
});

test('an approval that cannot be carried out leaves the request waiting, and nobody is told', async () => {
  const { db } = issuer.database;
  const { id: groupId } = (await script('POST', '/groups', { body: { path: '/escape/asked' } })).body;
  const account = await accountOf('bob');
  const { id } = await db
    .insertInto('group_requests')
    .values({
      account_id: account,
      group_id: groupId,
      kind: 'join',
      created_at: new Date(),
      expires_at: new Date(Date.now() + 1e9),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const backwards = { from: '2027-06-02T00:00:00Z', until: '2027-06-01T00:00:00Z' };
  expect((await script('POST', `/group-requests/${id}/approve`, { body: backwards })).status).toBe(422);
  const waiting = await db.selectFrom('group_requests').select('state').where('id', '=', id).executeTakeFirst();
  expect([waiting, (await script('GET', `/groups/${groupId}/members`)).body.items]).toEqual([{ state: 'pending' }, []]);
  expect(await db.selectFrom('outbox').select('id').where('kind', '=', 'group.approved').execute()).toEqual([]);

  const decided = await Promise.all([1, 2].map(() => script('POST', `/group-requests/${id}/approve`, { body: {} })));
  expect(decided.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  expect((await script('GET', `/groups/${groupId}/members`)).body.items).toMatchObject([{ username: 'bob' }]);
});
