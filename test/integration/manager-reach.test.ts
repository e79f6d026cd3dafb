/** A manager reaches the groups below their own, and nothing of a neighbour, through no form and no interface (EG-05). */
import { apiLake, type Call, callerWith, userToken } from '../support/api.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MemberAgent, signIn } from '../support/member-agent.ts';
import { pageRoutes } from '../support/page-routes.ts';
import type { Page } from '../support/user-agent.ts';

let issuer: TestIssuer;
let manager: MemberAgent;
let call: Call;
let token: string;
let csrf: string;
/** Of the neighbour's group, and of the manager's own. */
let [theirs, own, request, invitation, bob, mike] = ['', '', '', '', '', ''];

const csrfOf = (page: Page) => /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';

beforeAll(async () => {
  const lake = (await apiLake())
    .replace(/(- clientId: portal[\s\S]*?scopes: \[)/, '$1"people:read", "people:write", "scim:read", "scim:write", ')
    .replace(
      '\nclients:',
      `
  - { username: mary, password: mary-demo-password, groups: [/escape], manages: [/escape/atlas] }
  - { username: mike, password: mike-demo-password, groups: [/escape, /escape/cms], manages: [/escape/cms] }

clients:`,
    );
  issuer = await startIssuer({ lake });
  await issuer.apply(lake.replace('@ISSUER@', issuer.url));
  const { db } = issuer.database;
  const groupId = async (path: string) =>
    (await db.selectFrom('groups').select('id').where('path', '=', path).executeTakeFirstOrThrow()).id;
  [theirs, own] = [await groupId('/escape/cms'), await groupId('/escape/atlas')];
  const accounts = await db.selectFrom('accounts').select(['id', 'username']).execute();
  [bob = '', mike = ''] = ['bob', 'mike'].map((name) => accounts.find(({ username }) => username === name)?.id ?? '');

  const asking = await signIn(issuer, 'bob');
  const place = `groups/directory/${theirs}`;
  await asking.send(await asking.open(place), place, { note: 'please' });
  const neighbour = await signIn(issuer, 'mike');
  await neighbour.send(await neighbour.open(`manage/group/${theirs}`), '/invitation', { uses: '2', days: '3' });
  request = (await db.selectFrom('group_requests').select('id').executeTakeFirstOrThrow()).id;
  invitation = (await db.selectFrom('group_invitations').select('id').executeTakeFirstOrThrow()).id;

  manager = await signIn(issuer, 'mary');
  csrf = csrfOf(await manager.open('account'));
  token = await userToken(issuer, 'mary', 'people:read people:write scim:read scim:write');
  call = callerWith(issuer, token);
});
afterAll(() => issuer?.close());

async function state() {
  const { db } = issuer.database;
  const tables = ['groups', 'memberships', 'group_managers', 'group_requests', 'group_invitations', 'outbox'] as const;
  return Promise.all(
    tables.map((table) =>
      db
        .selectFrom(table as 'groups')
        .selectAll()
        .execute(),
    ),
  );
}

async function post(path: string, fields: Record<string, string>): Promise<number> {
  const body = new URLSearchParams({ csrf, ...fields });
  const from = new URL('account', issuer.url);
  return (await manager.agent.request(new URL(path, issuer.url), 'POST', body, from)).status;
}

const fields = () => ({
  ...{ username: 'mary', account: mike, managers: 'mary', newPath: '/escape/atlas/stolen', confirm: 'yes' },
  ...{ description: 'mine', reason: 'x', uses: '9', days: '9', until: '', from: '', invitation },
});

test('the request and the invitation of the neighbour are there, and the manager manages', async () => {
  expect([request, invitation].every((id) => id.length > 0)).toBe(true);
  expect(await post(`manage/group/${own}`, { description: 'ours' })).toBe(303);
  expect(await post(`manage/group/${own}/member`, { username: 'mary', from: '', until: '' })).toBe(303);
});

const forms = pageRoutes().filter(({ method, template }) => method === 'POST' && template.startsWith('/manage/'));

test.each(forms.filter(({ template }) => !template.includes('/registrations/')).map(({ template }) => template))(
  'the form %s does nothing to the group of the neighbour',
  async (template) => {
    const before = await state();
    const status = await post(template.slice(1).replace(':group', theirs).replace(':request', request), fields());
    expect([status, [403, 404].includes(status)]).toEqual([status, true]);
    expect(await state()).toEqual(before);
  },
);

test.each([
  ['a group below theirs', 'manage', { path: '/escape/cms/evil' }],
  ['a group above', 'manage', { path: '/escape/evil' }],
  ['a group by a path that leaves', 'manage', { path: '/escape/atlas/../cms/evil' }],
])('no form makes %s', async (_what, path, changes) => {
  const before = await state();
  expect(await post(path, changes)).toBeGreaterThanOrEqual(400);
  expect(await state()).toEqual(before);
});

test.each(['/escape/cms/atlas', '/escape/atlas2', '/escape/cms'])(
  'the own group is not moved to %s, out of the own subtree',
  async (newPath) => {
    const before = await state();
    expect(await post(`manage/group/${own}/preview`, { newPath })).toBeGreaterThanOrEqual(400);
    expect(await post(`manage/group/${own}/move`, { newPath })).toBeGreaterThanOrEqual(400);
    expect((await call('POST', `/groups/${own}/move`, { body: { path: newPath } })).status).toBeGreaterThanOrEqual(400);
    expect(await state()).toEqual(before);
  },
);

test('no call of the API reaches the group of the neighbour', async () => {
  const before = await state();
  const calls = [
    ['GET', `/groups/${theirs}/members`],
    ['POST', '/groups', { path: '/escape/cms/evil' }],
    ['POST', `/groups/${theirs}/move`, { path: '/escape/atlas/stolen' }],
    ['DELETE', `/groups/${theirs}`],
    ['PUT', `/groups/${theirs}/members/${bob}`, {}],
    ['DELETE', `/groups/${theirs}/members/${mike}?reason=x`],
    ['POST', `/group-requests/${request}/approve`, {}],
    ['POST', `/group-requests/${request}/refuse`, { reason: 'x' }],
  ] as const;
  const answers = [];
  for (const [method, path, body] of calls) {
    const { status } = await call(method, path, body && { body });
    answers.push([method, path, [403, 404].includes(status) ? 'refused' : status]);
  }
  expect(answers).toEqual(calls.map(([method, path]) => [method, path, 'refused']));
  const listed = await call('GET', '/group-requests');
  expect(JSON.stringify(listed.body)).not.toContain(request);
  expect(await state()).toEqual(before);
});

test('nor does any of SCIM and of INDIGO IAM', async () => {
  const before = await state();
  const add = { Operations: [{ op: 'add', path: 'members', value: [{ value: bob }] }] };
  const calls = [
    ['PATCH', `scim/Groups/${theirs}`, add],
    ['DELETE', `scim/Groups/${theirs}`],
    ['POST', `iam/account/${bob}/groups/${theirs}`],
    ['DELETE', `iam/account/${mike}/groups/${theirs}`],
    ['POST', `iam/group_requests/${request}/approve`],
    ['POST', `iam/group_requests/${request}/reject?motivation=x`],
  ] as const;
  for (const [method, path, body] of calls) {
    const answer = await fetch(new URL(path, issuer.url), {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect([method, path, answer.status, [403, 404].includes(answer.status)]).toEqual([
      ...[method, path, answer.status, true],
    ]);
  }
  expect(await state()).toEqual(before);
});

test('who has an account is not told to who manages nothing of theirs', async () => {
  const place = `manage/group/${theirs}/member`;
  const answers = await Promise.all(
    ['bob', 'nobody-of-this-name'].map((username) => post(place, { username, from: '', until: '' })),
  );
  expect(answers).toEqual([403, 403]);
});
