/** Groups in pages without script: asking and deciding, invitations, members and their ends, moves with their preview. */
import { formOf } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { signedInAgent } from '../support/signed-in-agent.ts';
import { formsOf, type Page, type UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let agents: Record<'admin' | 'mia' | 'bob', UserAgent>;

beforeAll(async () => {
  issuer = await startIssuer();
  const admin = await signedInAgent(issuer, 'admin');
  agents = {
    admin,
    mia: await signedInAgent(issuer, 'alice'),
    bob: await signedInAgent(issuer, 'bob'),
  };
  const made = await submitted(admin, await open('admin/groups', admin), '/admin/groups', {
    path: '/escape/cta-new',
    description: 'New & <big>',
  });
  expect(made.html).toContain('New &amp; &lt;big&gt;');
  await submitted(admin, made, '/managers', { managers: 'alice' });
});
afterAll(() => issuer?.close());

const open = (path: string, agent: UserAgent) => agent.get(new URL(path, issuer.url));
const idOf = async (path: string) => {
  const { db } = issuer.database;
  return (await db.selectFrom('groups').select('id').where('path', '=', path).executeTakeFirstOrThrow()).id;
};
const groupPage = async (path: string) => `manage/group/${await idOf(path)}`;

async function submit(agent: UserAgent, page: Page, action: string, changes: Record<string, string>): Promise<Page> {
  const form = formsOf(page).find(
    (one) => one.action.pathname.endsWith(action) && one.fields.some(([name]) => name === 'csrf'),
  );
  if (form === undefined) throw new Error(`no form for ${action} at ${page.url}: ${page.html}`);
  const kept = form.fields.filter(([name]) => !(name in changes));
  return agent.request(form.action, 'POST', formOf([...kept, ...Object.entries(changes)]), page.url);
}
async function submitted(agent: UserAgent, page: Page, action: string, changes: Record<string, string> = {}) {
  return agent.follow(await submit(agent, page, action, changes));
}

test('a member asks, the manager refuses with a reason and accepts the next one until a day, and only one request waits', async () => {
  const { bob, mia } = agents;
  const place = `groups/directory/${await idOf('/escape/cta-new')}`;
  expect((await open('groups/directory?search=CTA-NEW', bob)).html).toContain('/escape/cta-new');
  const asked = await submitted(bob, await open(place, bob), place, { note: 'for <my> thesis' });
  expect(asked.html).toContain('Your request waits');
  expect((await submit(bob, await open(place, bob), place, {})).status).toBe(409);

  const [row] = await issuer.database.db.selectFrom('group_requests').select('id').execute();
  const waiting = `manage/requests/${row?.id}`;
  expect((await open('manage/requests', mia)).html).toContain('for &lt;my&gt; thesis');
  expect((await open(waiting, bob)).status).toBe(403);
  await submitted(mia, await open(waiting, mia), '/refuse', { reason: 'next year' });
  expect((await open('groups/requests', bob)).html).toContain('next year');

  await submitted(bob, await open(place, bob), place, {});
  const list = await open('manage/requests', mia);
  const href = /href="[^"]*(manage\/requests\/[^"]+)"/.exec(list.html)?.[1] ?? '';
  expect((await submit(mia, await open(href, mia), '/approve', { until: 'someday' })).status).toBe(422);
  const accepted = await submitted(mia, await open(href, mia), '/approve', { until: '2027-06-01T12:00' });
  expect(accepted.html).toContain('The request is accepted.');
  expect((await open('groups', bob)).html).toMatch(/\/escape\/cta-new.*2027-06-01 12:00 UTC/s);
  expect((await open(await groupPage('/escape/cta-new'), mia)).html).toMatch(/>\s*bob\s*</);
});

test('an invitation is shown once, joined by a form, and taken back', async () => {
  const { bob, mia } = agents;
  const here = await groupPage('/escape/cta-new');
  const shown = await submit(mia, await open(here, mia), '/invitation', { uses: '2', days: '1' });
  const link = /(?:https?:\/\/[^<"\s]+)?\/invitation\/[\w-]+/.exec(shown.html)?.[0] ?? '';
  const secret = link.split('/').at(-1);
  expect((await open('manage/invitations', mia)).html).not.toContain(secret);
  const offered = await open(`invitation/${secret}`, bob);
  expect(offered.html).toContain('Join /escape/cta-new?');
  expect((await submitted(bob, offered, `/invitation/${secret}`)).html).toContain('You are a member now.');
  expect((await submit(bob, offered, `/invitation/${secret}`, {})).status).toBe(409);
  await submitted(mia, await open('manage/invitations', mia), '/revoke');
  expect((await open(`invitation/${secret}`, bob)).status).toBe(404);
});

test('of two who accept the last use of an invitation at once, one becomes a member', async () => {
  const { bob, mia, admin } = agents;
  const { db } = issuer.database;
  const here = await groupPage('/escape/cta-new');
  await submitted(mia, await open(here, mia), '/remove-member');
  const shown = await submit(mia, await open(here, mia), '/invitation', { uses: '1', days: '1' });
  const path = /invitation\/[\w-]+/.exec(shown.html)?.[0] ?? '';
  const offers = await Promise.all([bob, admin].map(async (agent) => ({ agent, page: await open(path, agent) })));
  const members = () => db.selectFrom('memberships').select('account_id').execute();
  const before = await members();
  const answers = await Promise.all(offers.map(({ agent, page }) => submitted(agent, page, `/${path}`)));
  expect(answers.filter(({ html }) => html.includes('You are a member now.'))).toHaveLength(1);
  expect(await members()).toHaveLength(before.length + 1);
});

test('a manager sets and ends memberships, and sees no group above its own', async () => {
  const { mia, bob } = agents;
  const here = await groupPage('/escape/cta-new');
  const bad = await submit(mia, await open(here, mia), '/member', { username: 'no<body>', until: '' });
  expect([bad.status, bad.html.includes('no&lt;body&gt;')]).toEqual([404, true]);
  const own = await open(here, mia);
  for (const shown of ['Rename or move', 'Delete the group', 'name="isDefault"']) expect(own.html).not.toContain(shown);
  const saved = await submitted(mia, bad, '/member', { username: 'bob', until: '2027-01-01', from: '' });
  expect(saved.html).toContain('2027-01-01 00:00 UTC');
  expect((await submitted(mia, saved, '/remove-member')).html).toContain('The membership has ended');
  expect((await open(here, bob)).status).toBe(403);
  expect((await open(await groupPage('/escape'), mia)).status).toBe(403);
  expect((await open('manage/group/%00', mia)).status).toBe(404);
  expect((await open('admin/groups', mia)).status).toBe(403);
});

test('a move shows what changes first, and a group is deleted', async () => {
  const { admin } = agents;
  const here = await groupPage('/escape/cta-new');
  const preview = await submit(admin, await open(here, admin), '/preview', { newPath: '/escape/cta-renamed' });
  expect(preview.html).toContain('Move /escape/cta-new to /escape/cta-renamed?');
  const moved = await submitted(admin, preview, '/move');
  expect([moved.url.pathname.endsWith(here), moved.html.includes('/escape/cta-renamed')]).toEqual([true, true]);
  const taken = await submit(admin, moved, '/preview', { newPath: '/escape' });
  expect(taken.status).toBe(409);
  const deleted = await submitted(admin, await open(here, admin), '/delete');
  expect(deleted.html).toContain('The group is deleted.');
});
