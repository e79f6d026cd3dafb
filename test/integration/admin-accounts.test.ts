/** The administrators' pages of accounts and of the audit trail, over HTTP without script. */
import { formOf } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { signedInAgent } from '../support/signed-in-agent.ts';
import { formsOf, type Page, type UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let admin: UserAgent;

beforeAll(async () => {
  issuer = await startIssuer();
  admin = await signedInAgent(issuer, 'admin');
});
afterAll(() => issuer?.close());

const open = (path: string, agent = admin) => agent.get(new URL(path, issuer.url));
const idOf = async (username: string) => {
  const { db } = issuer.database;
  const row = await db.selectFrom('accounts').select('id').where('username', '=', username).executeTakeFirstOrThrow();
  return row.id;
};
/** The form that writes: a search has the same address. */
function submit(page: Page, action: string, changes: Record<string, string | readonly string[] | null>): Promise<Page> {
  const form = formsOf(page).find(
    (one) => one.action.pathname.endsWith(action) && one.fields.some(([name]) => name === 'csrf'),
  );
  if (form === undefined) throw new Error(`no form for ${action} at ${page.url}`);
  const kept = form.fields.filter(([name]) => !(name in changes));
  const added = Object.entries(changes).flatMap(([name, value]) =>
    value === null ? [] : [value].flat().map((one) => [name, one] as const),
  );
  return admin.request(form.action, 'POST', formOf([...kept, ...added]), page.url);
}
const submitted = async (page: Page, action: string, fields: Record<string, string | readonly string[] | null>) =>
  admin.follow(await submit(page, action, fields));

test('an account is made, found, changed, suspended, restored and removed, each with what was said', async () => {
  const list = await open('admin/accounts');
  const made = await submitted(list, '/admin/accounts', {
    ...{ username: 'nora', name: 'Nora Nowak', email: 'nora@uni.example', labels: 'project=ska' },
    ...{ roles: ['embargo-manager'], embargoPaths: '/cta', endsAt: '2027-01-01T10:00' },
  });
  expect([made.status, made.url.pathname]).toEqual([200, `/admin/accounts/${await idOf('nora')}`]);
  expect(made.html).toContain('The account is made.');
  expect(made.html).toContain('2027-01-01 10:00 UTC');
  expect((await open('admin/accounts?search=NOW')).html).toContain('>nora</a>');
  expect((await open('admin/accounts?role=embargo-manager')).html).toContain('>nora</a>');
  expect((await open('admin/accounts?state=suspended')).html).not.toContain('>nora</a>');

  const here = `/admin/accounts/${await idOf('nora')}`;
  const changed = await submitted(made, here, { name: 'Nora N.', roles: null });
  expect(changed.html).toContain('The account is changed.');
  const suspended = await submitted(changed, `${here}/suspend`, { reason: 'left' });
  expect(suspended.html).toMatch(/suspended since .*left/s);
  const restored = await submitted(suspended, `${here}/restore`, { reason: 'back' });
  expect(restored.html).toContain('account.restored');
  const unsure = await submit(restored, `${here}/remove`, { confirm: 'norah', reason: 'gone' });
  expect([unsure.status, unsure.html.includes('expected the username')]).toEqual([422, true]);
  const removed = await submitted(unsure, `${here}/remove`, { confirm: 'nora', reason: 'gone' });
  expect(removed.html).toContain('The account is removed.');
  expect((await open(here.slice(1))).status).toBe(404);
});

test('a form that is refused comes back with what was typed and the field to blame', async () => {
  const page = await open('admin/accounts');
  const again = await submit(page, '/admin/accounts', { username: 'two words', name: 'Kept <b>' });
  expect(again.status).toBe(422);
  expect(again.html).toContain('value="Kept &lt;b&gt;"');
  expect(again.html).toMatch(/id="username"[^>]*aria-invalid="true"/);
  const bad = await submit(page, '/admin/accounts', { username: 'fine', labels: 'no equals sign' });
  expect([bad.status, bad.html.includes('aria-describedby="labels-hint labels-error"')]).toEqual([422, true]);
});

test('the trail is filtered by a form, and a date that is none is told', async () => {
  const found = await open(`admin/audit?action=account.&text=gone`);
  expect(found.html).toContain('account.removed');
  expect(found.html).toContain('user:admin');
  expect((await open('admin/audit?actor=user:nobody')).html).toContain('No entry is like this.');
  expect((await open('admin/audit?from=yesterday')).status).toBe(422);
  expect((await open('admin/audit?after=%5B%5D&text=%00%25')).status).toBe(200);
});

test('pages of administrators are for them, and one downloads what is kept of oneself', async () => {
  const bob = await signedInAgent(issuer, 'bob');
  for (const path of ['admin/accounts', 'admin/audit', `admin/accounts/${await idOf('alice')}`]) {
    expect((await open(path, bob)).status).toBe(403);
  }
  expect((await open(`admin/accounts/${await idOf('alice')}/export`, bob)).status).toBe(403);
  const own = await open('account/export', bob);
  expect(own.headers.get('content-disposition')).toBe('attachment; filename="account.json"');
  expect(JSON.parse(own.html).account).toMatchObject({ username: 'bob' });
  const page = await open(`admin/accounts/${await idOf('alice')}`);
  expect((await submit(page, '/suspend', { csrf: 'x', reason: 'r' })).status).toBe(403);
  expect((await open('admin/accounts/%00?search=%00&after=%00')).status).toBe(404);
  expect((await open('admin/accounts?search=%00&after=%00&state=x')).status).toBe(200);
});
