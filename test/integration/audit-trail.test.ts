/** One trail of every change by whom, when, from where and why; and what is left in it of somebody who was removed. */
import { sql } from 'kysely';
import type { Call } from '../support/api.ts';
import { eventually } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { peopleUser, startPeopleIssuer } from '../support/people-api.ts';
import { signedInAgent } from '../support/signed-in-agent.ts';

let issuer: TestIssuer;
let admin: Call;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  admin = await peopleUser(issuer, 'admin');
});
afterAll(() => issuer?.close());

const items = async (query: string) => (await admin('GET', `/audit?${query}`)).body.items as Record<string, unknown>[];

test('changes of accounts, rules and memberships stand in one trail, with who, from where and why', async () => {
  const { id } = (await admin('POST', '/accounts', { body: { username: 'tom', reason: 'new here' } })).body;
  const grant = { id: 'tom-reads', subject: 'user:tom', actions: ['read'], path: '/cta/open', reason: 'asked' };
  expect((await admin('POST', '/grants', { body: grant })).status).toBe(201);
  await issuer.apply('version: 1\ngroups: [{ path: /escape/t }]\naccounts: [{ username: tom, groups: [/escape/t] }]\n');

  expect(await items('objectKind=grant&objectId=tom-reads')).toMatchObject([
    {
      ...{ action: 'grant.created', actor: 'user:admin', address: '127.0.0.1', reason: 'asked' },
      ...{ object: { kind: 'grant', id: 'tom-reads' }, detail: { version: 1, rule: { subject: 'user:tom' } } },
    },
  ]);
  const ofTom = await items(`objectKind=account&objectId=${id}`);
  expect(ofTom.map(({ action }) => action).sort()).toEqual(['account.created', 'membership.added']);
  expect(ofTom.find(({ action }) => action === 'account.created')).toMatchObject({
    reason: 'new here',
    address: '127.0.0.1',
  });
  expect(ofTom.find(({ action }) => action === 'membership.added')).toMatchObject({
    actor: 'operator',
    detail: { path: '/escape/t' },
  });
  const group = (await admin('GET', '/groups?search=/escape/t')).body.items[0];
  const ofGroup = await items(`objectKind=group&objectId=${group.id}`);
  expect(ofGroup.map(({ action, object }) => [action, object])).toContainEqual([
    'membership.added',
    { kind: 'membership', id },
  ]);
  expect(ofGroup).toHaveLength(
    ofGroup.filter(({ detail, object }) => JSON.stringify([detail, object]).includes(group.id)).length,
  );
  expect(await items('objectKind=group&objectId=t')).toEqual([]);
  expect(await items(`action=membership.added&objectKind=group&objectId=${group.id}`)).toHaveLength(1);
  expect((await items('action=account.')).every(({ action }) => String(action).startsWith('account.'))).toBe(true);
  expect(await items('text=TOM-reads&actor=user:admin')).toHaveLength(1);
  expect(await items('text=100%25')).toEqual([]);
  expect(await items('until=2001-01-01T00:00:00Z')).toEqual([]);
  expect((await items('action=key.')).length).toBeGreaterThan(0);
});

test('what a lake file does to accounts stands there too, and those that it suspends lose what they hold', async () => {
  await issuer.apply('version: 1\naccounts: [{ username: lena, password: lena-demo-password }]\n');
  await peopleUser(issuer, 'lena');
  const { id } = (await admin('GET', '/accounts?username=lena')).body.items[0];
  const sessions = () => sql`SELECT 1 FROM artifacts WHERE payload ->> 'accountId' = ${id}`.execute(issuer.database.db);
  expect((await sessions()).rows.length).toBeGreaterThan(0);
  await issuer.apply('version: 1\naccounts: [{ username: lena, state: suspended }]\n');
  expect((await sessions()).rows).toEqual([]);
  const actions = (await items(`objectKind=account&objectId=${id}`)).map(({ action }) => action);
  expect(actions.sort()).toEqual(['account.created', 'account.suspended']);
  const found = (await admin('GET', `/accounts/${id}`)).body;
  expect(found).toMatchObject({ state: 'suspended', suspendedBecause: expect.stringMatching(/^apply /) });
});

test('pages follow one another without a gap or a repetition, whatever the source', async () => {
  const whole = (await items('limit=1000')).map(({ id }) => id);
  expect(new Set(whole).size).toBe(whole.length);
  const inPieces: unknown[] = [];
  for (let cursor = ''; ; ) {
    const { body } = await admin('GET', `/audit?limit=5${cursor && `&cursor=${cursor}`}`);
    inPieces.push(...body.items.map(({ id }: { id: string }) => id));
    if (body.next === null) break;
    cursor = body.next;
  }
  expect(inPieces).toEqual(whole);
  for (const made of ['["x","audit","1",""]', '["2026-99-99 00:00:00+00","audit","1",""]', '[]']) {
    const cursor = Buffer.from(JSON.stringify(['audit', made])).toString('base64url');
    expect((await admin('GET', `/audit?cursor=${cursor}`)).body.items).toEqual([]);
  }
});

test('an export has everything of the account and no secret of it', async () => {
  const { id } = (await admin('GET', '/accounts?username=alice')).body.items[0];
  await peopleUser(issuer, 'alice');
  await eventually(() =>
    issuer.database.db.selectFrom('issue_log').select('jti').where('subject', '=', id).executeTakeFirst(),
  );
  const { status, body } = await admin('GET', `/accounts/${id}/export`);
  expect(status).toBe(200);
  expect(body.account).toMatchObject({ username: 'alice', memberships: expect.any(Array) });
  expect(body.issuedTokens).toMatchObject([{ subject: id, event: 'issued' }]);
  expect(body.lastLogin).toHaveLength(1);
  expect(body.consents.length).toBeGreaterThan(0);
  expect(body.membershipHistory.length).toBeGreaterThan(0);
  expect(JSON.stringify(body)).not.toMatch(/argon2|_hash|password_hash/);
});

test('of somebody who was removed, logs and histories keep the id alone', async () => {
  const { db } = issuer.database;
  await issuer.apply(
    'version: 1\naccounts: [{ username: read, name: Reed Reader, email: reed@uni.example, roles: [admin], password: read-demo-password }]\n',
  );
  const { id } = (await admin('GET', '/accounts?username=read')).body.items[0];
  const reed = await peopleUser(issuer, 'read');
  const own = { id: 'reeds', subject: 'user:read', actions: ['read'], path: '/cta/open', reason: 'mine' };
  expect((await reed('POST', '/grants', { body: own })).status).toBe(201);
  const other = (await reed('POST', '/accounts', { body: { username: 'made-by-reed' } })).body;
  await reed('POST', '/revocations', { body: { user: 'read', reason: 'test' } });
  const identity = { issuer: 'https://idp.example.org', subject: 'reed-1967' };
  expect((await admin('POST', `/accounts/${id}/identities`, { body: identity })).status).toBe(201);
  const certificate = { subject: 'CN=Reed Reader,DC=example' };
  expect((await admin('POST', `/accounts/${id}/certificates`, { body: certificate })).status).toBe(201);
  await eventually(() => db.selectFrom('issue_log').select('jti').where('subject', '=', id).executeTakeFirst());

  expect((await admin('DELETE', `/accounts/${id}?reason=erasure`)).status).toBe(200);

  const trail = await items('limit=1000');
  expect(JSON.stringify(trail)).not.toMatch(/user:read"|"user":"read"|Reed|reed@uni|reed-1967/);
  expect(trail.find(({ object }) => JSON.stringify(object)?.includes(other.id))).toMatchObject({
    ...{ actor: `account:${id}`, address: null },
  });
  // The action of the grant, which has the same name, is none of the person.
  const [first] = (await items('objectKind=grant&objectId=reeds&text=created')) as { detail: { rule: object } }[];
  expect(first?.detail.rule).toMatchObject({ subject: `account:${id}`, actions: ['read'] });
  expect(await db.selectFrom('grants').select('id').where('subject', '=', 'user:read').execute()).toEqual([]);
  const logged = await db.selectFrom('issue_log').select(['subject', 'address']).where('subject', '=', id).execute();
  expect(logged).toEqual(logged.map(() => ({ subject: id, address: null })));
  expect((await admin('POST', '/accounts', { body: { username: 'read' } })).status).toBe(409);
});

test('the log is changed in no other way', async () => {
  const { db } = issuer.database;
  await expect(db.updateTable('audit_log').set({ reason: 'none' }).execute()).rejects.toThrow('never changed');
  await expect(db.updateTable('rule_versions').set({ reason: 'none' }).execute()).rejects.toThrow('never changed');
  await expect(db.deleteFrom('rule_versions').execute()).rejects.toThrow('never changed');
});

test('a search in a long trail looks back piece by piece, and finds what is behind', async () => {
  const { db } = issuer.database;
  const at = sql`timestamptz '2001-01-01' - n * interval '1 second'`;
  await sql`INSERT INTO membership_history (account_id, group_id, group_path, change, at, actor)
    SELECT 'somebody', gen_random_uuid(), '/escape/far-' || n, 'added', ${at}, 'user:long-ago'
    FROM generate_series(1, 60000) AS n`.execute(db);
  const search = (more: string) => admin('GET', `/audit?actor=user:long-ago&text=FAR-59999${more}`);
  const first = (await search('')).body;
  expect(first).toEqual({ items: [], next: expect.any(String) });
  const further = async (from: string) => (await search(`&cursor=${encodeURIComponent(from)}`)).body;
  const second = await further(first.next);
  expect(second).toEqual({ items: [], next: expect.any(String) });
  expect(await further(second.next)).toMatchObject({ items: [{ detail: { path: '/escape/far-59999' } }], next: null });
  expect((await search('&objectId=nobody')).body).toEqual({ items: [], next: null });

  const agent = await signedInAgent(issuer, 'admin');
  const page = await agent.get(new URL('admin/audit?actor=user:long-ago&text=far-59999', issuer.url));
  expect(page.html).toContain('Looked back to 2000-12-31 17:03');
});
