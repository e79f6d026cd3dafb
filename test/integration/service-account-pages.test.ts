/** Owners look after their service accounts on pages: what it may and got, keys by proof, co-owners; others find nothing there. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { proofTextIn } from '../support/proof-text.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let lake: TestIssuer;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-services-'));
  lake = await startIssuer({
    lake: `
version: 1
groups: [{ path: /vo }, { path: /vo/transfers }]
acceptableUse: { versions: [{ name: v1, text: Be kind., validDays: 365 }] }
accounts:
  - { id: ada, username: ada, password: ada-lake-password }
  - { id: bob, username: bob, password: bob-lake-password, roles: [admin] }
  - { id: robot, username: robot, kind: service, name: Transfer robot, groups: [/vo/transfers] }
clients:
  - { clientId: mover, name: Mover, clientSecret: mover-secret, owners: [robot], grantTypes: [client_credentials] }
`,
  });
  const { db } = lake.database;
  await db.insertInto('account_owners').values({ account_id: 'robot', owner_id: 'ada' }).execute();
});
afterAll(async () => {
  await lake?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function signedIn(username: string): Promise<UserAgent> {
  const agent = new UserAgent();
  const password = `${username}-lake-password`;
  await agent.submit(await agent.get(`${lake.url}login`), '/login', { username, password });
  return agent;
}

const open = (agent: UserAgent, path = '/robot') => agent.get(`${lake.url}account/services${path}`);
const challengeIn = (page: Page) => /name="challenge" value="([^"]+)"/.exec(page.html)?.[1] ?? '';

test('an owner sees what the account may and got; an administrator who owns nothing, and others, find nothing here', async () => {
  const ada = await signedIn('ada');
  const list = await open(ada, '');
  expect(list.html).toContain('href="/account/services/robot"');
  const page = await open(ada);
  for (const text of ['Transfer robot', '/vo/transfers', 'Mover', 'not agreed to', 'No SSH key.']) {
    expect(page.html).toContain(text);
  }
  expect(page.html).toMatch(/Nothing was issued/);
  const bob = await signedIn('bob');
  expect((await open(bob, '')).html).toContain('You own no service account.');
  for (const path of ['/robot', '/robot/keys', '/ada', '/none']) expect((await open(bob, path)).status).toBe(404);
  expect((await open(ada, '/ada')).status).toBe(404);
});

test('agreeing to the policy for it is one link away', async () => {
  const ada = await signedIn('ada');
  expect((await open(ada)).html).toContain('href="/account/policy"');
  const policy = await ada.get(`${lake.url}account/policy`);
  await ada.submit(policy, '/account/policy', { account: 'robot' });
  expect((await open(ada)).html).toContain('agreed to until 2027-');
});

test('a key is added by its signature and removed; it is the account’s, and of who asked nothing changes', async () => {
  const file = join(folder, 'robot');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'transfers', '-f', file]);
  const ada = await signedIn('ada');
  const asked = await ada.submit(await open(ada, '/robot/keys'), '/ssh-key', {
    key: readFileSync(`${file}.pub`, 'utf8'),
  });
  const signature = execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'sluice', '-f', file], {
    input: proofTextIn(asked),
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString();
  // The proof is for this account.
  const own = new URL('account/keys/prove', lake.url);
  const csrf = /name="csrf" value="([^"]+)"/.exec(asked.html)?.[1] ?? '';
  const body = new URLSearchParams({ csrf, challenge: challengeIn(asked), signature });
  expect((await ada.request(own, 'POST', body, asked.url)).status).toBe(409);
  const added = await ada.follow(await ada.submit(asked, '/prove', { signature }));
  expect([added.url.pathname, added.html.includes('The key was added.')]).toEqual([
    '/account/services/robot/keys',
    true,
  ]);
  const { db } = lake.database;
  expect(await db.selectFrom('ssh_keys').select(['account_id', 'name']).execute()).toEqual([
    { account_id: 'robot', name: 'transfers' },
  ]);
  const entry = await db.selectFrom('audit_log').selectAll().where('action', '=', 'ssh-key.added').executeTakeFirst();
  expect(entry).toMatchObject({ actor: 'user:ada', object_id: 'robot' });
  const bob = await signedIn('bob');
  const url = new URL('account/services/robot/keys/remove-ssh-key', lake.url);
  const theirs = /name="csrf" value="([^"]+)"/.exec((await bob.get(`${lake.url}account`)).html)?.[1] ?? '';
  expect((await bob.request(url, 'POST', new URLSearchParams({ csrf: theirs }), url)).status).toBe(404);
  await ada.submit(added, '/remove-ssh-key');
  expect(await db.selectFrom('ssh_keys').selectAll().execute()).toEqual([]);
});

test('owners take another in and leave; the last one stays, and who is not known is named', async () => {
  const ada = await signedIn('ada');
  const refused = await ada.submit(await open(ada), '/owners', { owners: 'ada\nnobody' });
  expect([refused.status, refused.html.includes('owner `nobody` not known')]).toEqual([422, true]);
  const none = await ada.submit(await open(ada), '/owners', { owners: ' ' });
  expect([none.status, none.html.includes('keeps at least one owner')]).toEqual([409, true]);
  const both = await ada.follow(
    await ada.submit(await open(ada), '/owners', { owners: 'ada\nbob', reason: 'holidays' }),
  );
  expect(both.html).toContain('The owners are changed.');
  const bob = await signedIn('bob');
  const alone = await bob.follow(await bob.submit(await open(bob), '/owners', { owners: 'ada' }));
  expect([alone.url.pathname, (await open(bob)).status]).toEqual(['/account/services', 404]);
});
