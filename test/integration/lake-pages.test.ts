/** The pages of embargoes and of administrators over HTTP: who may open them, and what their forms do (issue: pages). */
import { sql } from 'kysely';
import { post } from '../support/http.ts';
import { exampleLake, startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type MemberAgent, signIn } from '../support/member-agent.ts';

let issuer: TestIssuer;
let admin: MemberAgent;

beforeAll(async () => {
  const lake = (await exampleLake())
    .replace('    username: dana\n', '    username: dana\n    roles: [reader]\n')
    .replace('    username: bob\n', '    username: bob\n    roles: [{ role: embargo-manager, paths: [/ska] }]\n');
  issuer = await startIssuer({ lake });
  admin = await signIn(issuer, 'admin');
});
afterAll(() => issuer.close());

const readerPages = ['admin', 'admin/storages', 'admin/storages/namespace', 'admin/simulator', 'embargoes'];
const writerPages = ['admin/keys', 'admin/storages/new', 'embargoes/new'];

test.each([...readerPages, ...writerPages])('/%s is refused to whom it is not for', async (path) => {
  expect((await (await signIn(issuer, 'alice')).open(path)).status).toBe(403);
});

test('readers open what shows, and nothing that changes', async () => {
  const { open } = await signIn(issuer, 'dana');
  for (const path of readerPages) expect((await open(path)).status).toBe(200);
  for (const path of writerPages) expect((await open(path)).status).toBe(403);
});

test.each([
  ...readerPages,
  ...writerPages,
  'embargoes/cta-p17',
  'embargoes/new/impact',
  'embargoes/cta-p17/extend/impact',
  'embargoes/cta-p17/add-party/impact',
  'admin/storages/edit',
  'admin/keys/none/remove',
])('/%s answers no hostile query with a fault (XI-09)', async (path) => {
  const queries = [
    'after=%00&path=%00&under=%00&which=all&span=1e9',
    'after=999999999999&path=%2F..%2F&said=constructor',
    'client=portal&user=%00&scope=storage.read:/x%00&audience=%F0%9F%98%80',
    'client=rucio&scope=%25%00&at=9999-99-99',
    'until=275760-09-13T00:00&at=x&subject=group:/%00&role=pi&actions=own',
    'id=%00&path=/cta&until=2027-01-01&actions=own&maxTokenLifetimeSeconds=1e400&parties=user:x%0Aclient:',
    'id=x&path=/cta/x&until=2027-01-01T00:00&hardLimit=2020-01-01T00:00&exempt=/y&retroactive=yes',
    'name=%00',
  ];
  for (const query of queries) expect((await admin.open(`${path}?${query}`)).status).toBeLessThan(500);
});

describe('embargoes', () => {
  test('a manager sees those at its paths only, and makes none elsewhere', async () => {
    const bob = await signIn(issuer, 'bob');
    expect((await bob.open('embargoes')).html).not.toContain('cta-p17');
    expect((await bob.open('embargoes/cta-p17')).status).toBe(404);
    const query = new URLSearchParams({ id: 'bobs', path: '/cta/new', until: '2027-01-01T00:00', actions: 'read' });
    const impact = await bob.open(`embargoes/new/impact?${query}`);
    expect(impact.html).toContain('is told to embargo managers of the path only');
    const refused = await bob.send(impact, '/embargoes/new', {});
    expect(refused.status).toBe(403);
  });

  test('a party without a role sees its embargo, and a stranger does not', async () => {
    expect((await (await signIn(issuer, 'alice')).open('embargoes/cta-p17')).status).toBe(200);
    expect((await (await signIn(issuer, 'dana')).open('embargoes/cta-p17')).html).not.toContain('>Release<');
  });

  test('open data are closed only when that is said, and the refusal says what is out', async () => {
    const query = new URLSearchParams({ id: 'ska-1', path: '/ska/one', until: '2027-01-01T00:00', actions: 'read' });
    const impact = await admin.open(`embargoes/new/impact?${query}`);
    const refused = await admin.send(impact, '/embargoes/new', { reason: 'test' });
    expect(refused.status).toBeGreaterThanOrEqual(409);
    expect(refused.html).toContain('role="alert"');
    expect((await admin.open('embargoes/ska-1')).status).toBe(404);
  });

  test('the decision is refused without a reason where the history needs one, and on another version', async () => {
    const impact = await admin.open('embargoes/cta-p17/extend/impact?until=2027-09-01T00:00');
    const without = await admin.send(impact, '/embargoes/cta-p17/extend');
    expect(without.status).toBe(422);
    const stale = await admin.send(impact, '/embargoes/cta-p17/extend', { reason: 'more time', version: '0' });
    expect(stale.status).toBe(409);
    const done = await admin.send(impact, '/embargoes/cta-p17/extend', { reason: 'more time' });
    expect(done.html).toContain('The embargo was extended.');
    expect(done.html).toContain('2027-09-01 00:00 UTC');
  });
});

test('a path within an embargo is opened after a look at who gains, and the impact of a path elsewhere is a fault in words', async () => {
  const page = await admin.open('embargoes/cta-p17/exempt/impact?path=/cta/restricted/p17/logs');
  expect(page.html).toContain('services would gain something');
  expect((await admin.open('embargoes/cta-p17/exempt/impact?path=/ska')).status).toBe(422);
  const done = await admin.send(page, '/embargoes/cta-p17/exempt', { reason: 'harmless' });
  expect(done.html).toContain('The path is open.');
  expect(done.html).toContain('/cta/restricted/p17/logs');
});

test('an embargo with a bound is extended by its principal investigator up to it, and not beyond', async () => {
  const fields = { id: 'ska-pi', path: '/ska/pi', until: '2027-01-01T00:00', maxUntil: '2027-03-01T00:00' };
  const more = { parties: 'user:alice pi', retroactive: 'yes', actions: 'read' };
  const impact = await admin.open(`embargoes/new/impact?${new URLSearchParams({ ...fields, ...more })}`);
  expect((await admin.send(impact, '/embargoes/new')).html).toContain('The embargo was made.');
  const alice = await signIn(issuer, 'alice');
  expect((await alice.open('embargoes/ska-pi')).html).toContain('>Extend<');
  const beyond = await alice.open('embargoes/ska-pi/extend/impact?until=2027-04-01T00:00');
  expect((await alice.send(beyond, '/extend', { reason: 'more' })).status).toBe(403);
  const within = await alice.open('embargoes/ska-pi/extend/impact?until=2027-02-01T00:00');
  expect((await alice.send(within, '/extend', { reason: 'more' })).html).toContain('The embargo was extended.');
});

describe('administration', () => {
  test('the overview counts the tokens and refusals of the day', async () => {
    const client = { client: 'catalogue' };
    const ask = (scope: string) => post(issuer, '/token', { grant_type: 'client_credentials', scope }, client);
    await ask('storage.read:/magic');
    await ask('storage.modify:/magic');
    issuer.clock.advance(120);
    // The log is written within 200 ms; a page of tokens waits for it.
    await admin.open('account/tokens');
    const { html } = await admin.open('admin');
    expect(html).toContain('12:00: 1 issued, 1 refused');
    expect(html).toContain('class="stripe refused"');
    expect(html).toContain('client-scope');
  });

  test('the simulator decides as the token endpoint, and gives the command for it', async () => {
    const query = new URLSearchParams({
      ...{ user: 'bob', client: 'portal', audience: 'https://localhost:8444' },
      scope: "openid storage.read:/magic storage.read:/cta/restricted/p17/run1 x'y",
    });
    const { html } = await admin.open(`admin/simulator?${query}`);
    expect(html).toContain('A token is issued, good until');
    expect(html).toContain('embargoed: closed by an embargo');
    expect(html).toContain('<code>cta-p17</code>');
    expect(html).toContain('sluice explain --user bob --client portal --audience https://localhost:8444 --scope');
    expect((await admin.open('admin/simulator?client=nobody&scope=openid')).status).toBe(422);
  });

  test('a storage is registered, changed on the version that was seen, and removed', async () => {
    const page = await admin.open('admin/storages/new');
    const fields = { name: 'NEW-1', audience: 'https://new.example', kind: 'storage', matching: 'segment' };
    expect((await admin.send(page, '/new', { ...fields, mounts: '/one' })).status).toBe(422);
    const made = await admin.send(page, '/new', { ...fields, mounts: '/data/new /cta\n/data/ska /ska' });
    expect(made.html).toContain('The storage was saved.');
    expect((await admin.send(page, '/new', fields)).status).toBe(422);
    const edit = await admin.open('admin/storages/edit?name=NEW-1');
    const saved = await admin.send(edit, '/edit', { ...fields, mounts: '/data/new /cta' });
    expect(saved.html).toContain('The storage was saved.');
    expect((await admin.send(edit, '/edit', { ...fields, mounts: '/other /cta' })).status).toBe(409);
    const again = await admin.open('admin/storages/edit?name=NEW-1');
    expect((await admin.send(again, '/remove')).status).toBe(422);
    expect((await admin.send(again, '/remove', { confirm: 'yes' })).html).toContain('The storage was removed.');
    expect((await admin.open('admin/storages/edit?name=NEW-1')).status).toBe(404);
  });

  test('a path of the namespace is registered and removed', async () => {
    const page = await admin.open('admin/storages/namespace?under=/magic');
    const added = await admin.send(page, '/namespace/add', { path: '/magic/new' });
    expect(added.html).toContain('The path was registered.');
    const found = await admin.open('admin/storages/namespace?under=/magic/new');
    expect((await admin.send(found, '/namespace/remove')).html).toContain('The path was removed.');
    expect((await admin.send(page, '/namespace/add', { path: 'no path' })).status).toBe(422);
  });

  test('keys are rotated with a reason, and a stolen one is removed at once after a confirmation', async () => {
    const page = await admin.open('admin/keys');
    const rotated = await admin.send(page, '/admin/keys', { algorithm: 'ES256', reason: 'yearly' });
    expect(rotated.html).toContain('New keys were made.');
    const twice = await admin.send(page, '/admin/keys', { algorithm: 'ES256' });
    expect(twice.status).toBe(409);
    const [, path = ''] = /href="(\/admin\/keys\/[^"]+\/remove)"/.exec(rotated.html) ?? [];
    const removal = await admin.open(path);
    expect((await admin.send(removal, '/remove', { reason: 'stolen' })).status).toBe(422);
    expect((await admin.send(removal, '/remove', { reason: '', confirm: 'yes' })).status).toBe(422);
    const removed = await admin.send(removal, '/remove', { reason: 'stolen', confirm: 'yes' });
    expect(removed.html).toContain('The key was removed.');
    // Once in the trail, under the name; the history of keys, which nobody changes, has the id alone.
    const { rows } = await sql<{ actor: string; address: string | null }>`
      SELECT actor, address FROM audit_trail WHERE action = 'key.removed'`.execute(issuer.database.db);
    expect(rows).toEqual([{ actor: 'user:admin', address: expect.any(String) }]);
    const kept = await sql`SELECT FROM signing_key_history WHERE actor LIKE '%admin%'`.execute(issuer.database.db);
    expect(kept.rows).toEqual([]);
    expect(removed.html).toContain('data-label="Who">admin');
  });
});
