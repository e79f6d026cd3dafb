/** Groups: who may change them, moves that take everything along, and what a membership's end takes back. */
import type { PeopleActor } from '../../src/accounts/actor.ts';
import type { GroupAdministration } from '../../src/groups/administration.ts';
import { createGroupAdministration } from '../../src/groups/create-administration.ts';
import { createAfterGroupWrite } from '../../src/storage/group-aftermath.ts';
import { createGroupRecords } from '../../src/storage/group-records.ts';
import { ensurePartitions } from '../../src/storage/issue-log-partitions.ts';
import { createLiveTokens } from '../../src/storage/live-tokens.ts';
import { createRuleStore } from '../../src/storage/rule-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const clock = { now: () => now };

const lake = `
version: 1
vo: escape
groups:
  - { path: /escape, default: true }
  - { path: /escape/cta }
  - { path: /escape/cta/p17 }
  - { path: /escape/ska }
accounts:
  - { username: head, roles: [admin] }
  - { username: reader, roles: [reader] }
  - { username: mia, groups: [/escape], manages: [/escape/cta] }
  - { username: ada, groups: [/escape, /escape/cta/p17] }
clients:
  - { clientId: portal, clientSecret: secret, grantTypes: [client_credentials], scopes: ["wlcg.groups:/escape/cta/p17", "storage.read:/escape/cta"] }
storages:
  - { name: S, audience: "https://s.example" }
grants:
  - { id: p17, subject: "group:/escape/cta/p17", actions: [read], path: /escape/cta/p17 }
  - { id: other, subject: "group:/escape/cta-2", actions: [read], path: /x }
embargoes:
  - { id: e17, path: /escape/cta/p17, until: 2027-06-01T00:00:00Z, parties: [{ subject: "group:/escape/cta/p17", role: pi, actions: [read] }], limits: { maxUntil: 2028-01-01T00:00:00Z, whoMayExtend: [pi, "group:/escape/cta"] } }
`.replace('  - { path: /escape/ska }', '  - { path: /escape/ska }\n  - { path: /escape/cta-2 }');

let database: TestDatabase;
let groups: GroupAdministration;
let actors: Record<string, PeopleActor>;

beforeEach(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await applyLakeText(db, lake, { clock });
  const deps = {
    tokens: createLiveTokens(db),
    denyTokens: createRuleStore(db).denyTokens,
    logged: async () => {},
    settled: async () => {},
  };
  groups = createGroupAdministration({ records: createGroupRecords(db, createAfterGroupWrite(db, deps)), clock });
  const rows = await db.selectFrom('accounts').select(['id', 'username', 'roles']).execute();
  actors = Object.fromEntries(
    rows.map(({ id, username, roles }) => [
      username,
      { kind: 'user', id, username, roles: roles as PeopleActor['roles'], mayWrite: true, address: '192.0.2.1' },
    ]),
  );
});
afterEach(() => database.drop());

const actor = (name: string) => actors[name] as PeopleActor;
const as = (name: string) => ({ actor: actor(name), reason: 'a test' });
const idOf = async (path: string) => {
  const group = await groups.findByPath(actor('head'), path);
  return group.ok ? group.value.id : '';
};
const codeOf = (outcome: { ok: boolean; error?: { code: string } }) => (outcome.ok ? 'ok' : outcome.error?.code);
const paths = async () =>
  (await database.db.selectFrom('groups').select('path').orderBy('path').execute()).map(({ path }) => path);

test('a manager acts on its group and below it, and on nothing else; readers only look', async () => {
  const ada = actor('ada').id;
  const tried = async (name: string, path: string) => {
    const id = await idOf(path);
    const page = { limit: 10, after: null };
    return [
      codeOf(await groups.members(actor(name), id, page)),
      codeOf(await groups.setMember(as(name), id, ada, { from: null, until: null })),
      codeOf(await groups.setManagers(as(name), id, ['mia'])),
      codeOf(await groups.change(as(name), id, { isDefault: true })),
    ];
  };
  const no = 'not-allowed';
  expect(await tried('ada', '/escape/cta')).toEqual([no, no, no, no]);
  expect(await tried('mia', '/escape')).toEqual([no, no, no, no]);
  expect(await tried('mia', '/escape/ska')).toEqual([no, no, no, no]);
  expect(await tried('mia', '/escape/cta-2')).toEqual([no, no, no, no]);
  expect(await tried('mia', '/escape/cta/p17')).toEqual(['ok', 'ok', 'ok', no]);
  expect(await tried('mia', '/escape/cta')).toEqual(['ok', 'ok', 'ok', no]);
  expect(await tried('reader', '/escape/ska')).toEqual(['ok', no, no, no]);
  expect(await tried('head', '/escape/ska')).toEqual(['ok', 'ok', 'ok', 'ok']);
});

test('a manager makes, moves and removes groups below its own, and cannot move its own', async () => {
  expect(codeOf(await groups.create(as('mia'), { path: '/escape/cta/p18' }))).toBe('ok');
  expect(codeOf(await groups.create(as('mia'), { path: '/escape/ska/p18' }))).toBe('not-allowed');
  expect(codeOf(await groups.move(as('mia'), await idOf('/escape/cta/p18'), '/escape/cta/p19'))).toBe('ok');
  expect(codeOf(await groups.move(as('mia'), await idOf('/escape/cta/p19'), '/escape/ska/p19'))).toBe('not-allowed');
  expect(codeOf(await groups.move(as('mia'), await idOf('/escape/cta'), '/escape/cta9'))).toBe('not-allowed');
  expect(codeOf(await groups.remove(as('mia'), await idOf('/escape/cta/p19')))).toBe('ok');
  expect(codeOf(await groups.remove(as('mia'), await idOf('/escape/cta')))).toBe('not-allowed');
});

test('where a group cannot be is said', async () => {
  const tried = async (path: string) => codeOf(await groups.create(as('head'), { path }));
  expect(await tried('/escape/cta')).toBe('taken');
  expect(await tried('/escape/none/x')).toBe('invalid');
  expect(await tried('/other')).toBe('invalid');
  expect(await tried('/escape/a b')).toBe('invalid');
  expect(codeOf(await groups.move(as('head'), await idOf('/escape/cta'), '/escape/cta/p17/deep'))).toBe('invalid');
  expect(codeOf(await groups.remove(as('head'), await idOf('/escape/cta')))).toBe('in-use');
  expect(codeOf(await groups.remove(as('head'), await idOf('/escape/cta/p17')))).toBe('in-use');
  expect(await paths()).toEqual(['/escape', '/escape/cta', '/escape/cta-2', '/escape/cta/p17', '/escape/ska']);
});

test('a move takes the groups below and every rule that names them along, and nothing of a neighbour', async () => {
  const id = await idOf('/escape/cta/p17');
  const preview = await groups.previewMove(actor('head'), await idOf('/escape/cta'), '/escape/ctao');
  const moved = await groups.move(as('head'), await idOf('/escape/cta'), '/escape/ctao');
  expect(codeOf(moved)).toBe('ok');
  expect(preview).toMatchObject({
    value: { groupCount: 2, rules: ['grant p17', 'embargo e17', 'client portal'] },
  });
  expect(await paths()).toEqual(['/escape', '/escape/cta-2', '/escape/ctao', '/escape/ctao/p17', '/escape/ska']);
  expect(await idOf('/escape/ctao/p17')).toBe(id);
  const { db } = database;
  const subjects = await db.selectFrom('grants').select(['id', 'subject']).orderBy('id').execute();
  expect(subjects).toEqual([
    { id: 'other', subject: 'group:/escape/cta-2' },
    { id: 'p17', subject: 'group:/escape/ctao/p17' },
  ]);
  const embargo = await db.selectFrom('embargoes').selectAll().executeTakeFirstOrThrow();
  expect(embargo).toMatchObject({
    // Data stays where it is.
    path: '/escape/cta/p17',
    parties: [{ subject: 'group:/escape/ctao/p17' }],
    limits: { whoMayExtend: ['pi', 'group:/escape/ctao'] },
  });
  const client = await db.selectFrom('clients').selectAll().executeTakeFirstOrThrow();
  expect(JSON.stringify([client.definition, client.granted])).toContain('wlcg.groups:/escape/ctao/p17');
  expect(JSON.stringify([client.definition, client.granted])).toContain('storage.read:/escape/cta"');
  const history = await db.selectFrom('rule_versions').selectAll().where('actor', '=', 'user:head').execute();
  expect(history.map(({ kind, id: rule }) => `${kind} ${rule}`).toSorted()).toEqual(['embargo e17', 'grant p17']);
});

test('what was begun under the former path goes on under the new one, scopes of data and of neighbours as they were', async () => {
  const { db } = database;
  const scope = [
    'openid wlcg.groups:/escape/cta wlcg.groups:/escape/cta/p17 wlcg.capabilityset:/escape/cta wlcg.groups:/escape/cta-2',
    'storage.read:/escape/cta wlcg.groups:/escape/ctax wlcg.groups:/vo/escape/cta',
  ].join(' ');
  const payload = JSON.stringify({
    scope,
    claims: '{"x":"wlcg.groups:/escape/cta"}',
    resources: { a: 'wlcg.groups:/escape/cta' },
  });
  await db.insertInto('artifacts').values({ model: 'Grant', id_hash: 'g', payload }).execute();
  await groups.move(as('head'), await idOf('/escape/cta'), '/escape/a.b');
  const row = await db.selectFrom('artifacts').select('payload').executeTakeFirstOrThrow();
  expect(row.payload).toEqual({
    scope: [
      'openid wlcg.groups:/escape/a.b wlcg.groups:/escape/a.b/p17 wlcg.capabilityset:/escape/a.b wlcg.groups:/escape/cta-2',
      'storage.read:/escape/cta wlcg.groups:/escape/ctax wlcg.groups:/vo/escape/cta',
    ].join(' '),
    claims: '{"x":"wlcg.groups:/escape/a.b"}',
    resources: { a: 'wlcg.groups:/escape/a.b' },
  });
});

test('a lake file that still has the former path is told the new one, until a group is made there on purpose', async () => {
  const { db } = database;
  await groups.move(as('head'), await idOf('/escape/ska'), '/escape/skao');
  await expect(applyLakeText(db, lake, { clock })).rejects.toThrow(
    'group `/escape/ska` was moved to `/escape/skao`, expected its new path',
  );
  expect(codeOf(await groups.create(as('head'), { path: '/escape/ska' }))).toBe('ok');
  await applyLakeText(db, lake, { clock });
  expect(await paths()).toContain('/escape/skao');
});

test('each membership keeps its history: who, when, why', async () => {
  const id = await idOf('/escape/cta');
  const until = Date.parse('2027-01-01T00:00:00Z');
  await groups.setMember(as('mia'), id, actor('ada').id, { from: null, until });
  await groups.setMember(as('mia'), id, actor('ada').id, { from: null, until: null });
  await groups.removeMember(as('mia'), id, actor('ada').id);
  const history = await groups.history(actor('mia'), id, { limit: 10, after: null });
  expect(history).toMatchObject({
    value: {
      items: [
        { change: 'removed', actor: 'user:mia', reason: 'a test' },
        { change: 'changed', until: null },
        { change: 'added', until, groupPath: '/escape/cta' },
      ],
      next: null,
    },
  });
});

test('everybody may leave, and only oneself', async () => {
  const id = await idOf('/escape');
  expect(codeOf(await groups.removeMember(as('ada'), id, actor('mia').id))).toBe('not-allowed');
  expect(codeOf(await groups.removeMember(as('ada'), id, actor('ada').id))).toBe('ok');
});

test('who leaves a party of an embargo is told of the tokens that are out, which are inactive from then on', async () => {
  const { db } = database;
  const ada = actor('ada').id;
  const expiresAt = new Date(now + 600_000);
  await ensurePartitions(db, [now]);
  await db
    .insertInto('issue_log')
    .values({
      at: new Date(now - 60_000),
      event: 'issued',
      jti: 'of-ada',
      subject: ada,
      client_id: 'portal',
      flow: 'authorization_code',
      audience: ['https://s.example'],
      issued: 'storage.read:/escape/cta/p17',
      because: ['p17'],
      expires_at: expiresAt,
    })
    .execute();
  const other = { event: 'issued', subject: ada, client_id: 'portal', flow: 'refresh_token', expires_at: expiresAt };
  const at = new Date(now - 60_000);
  await db
    .insertInto('issue_log')
    .values([
      { ...other, at, jti: 'names-groups', issued: 'openid wlcg.groups', because: [] },
      { ...other, at, jti: 'of-another-grant', issued: 'storage.read:/x', because: ['other'] },
    ])
    .execute();
  const left = await groups.removeMember(as('mia'), await idOf('/escape/cta/p17'), ada);
  expect(left).toMatchObject({ ok: true, value: { count: 1, latestExpiry: expiresAt.getTime() } });
  const denied = await db.selectFrom('revoked_access_tokens').select('jti').orderBy('jti').execute();
  expect(denied).toEqual([{ jti: 'names-groups' }, { jti: 'of-ada' }]);
});

/** A token of the account that names its groups, valid for ten minutes more. */
async function issueNaming(name: string, issued: string) {
  const { db } = database;
  await ensurePartitions(db, [now]);
  const token = { event: 'issued', jti: `of-${name}`, client_id: 'portal', flow: 'authorization_code', issued };
  const times = { at: new Date(now - 60_000), expires_at: new Date(now + 600_000) };
  await db
    .insertInto('issue_log')
    .values({ ...token, ...times, subject: actor(name).id })
    .execute();
}

test.each(['openid wlcg.groups', 'wlcg.groups:/escape/cta', 'wlcg.capabilityset:/x', 'openid entitlements'])(
  'no other group stands where tokens of %s still name one that was there',
  async (issued) => {
    const [cta, ska] = [await idOf('/escape/cta'), await idOf('/escape/ska')];
    await groups.setMember(as('head'), ska, actor('mia').id, { from: null, until: null });
    await groups.setMember(as('head'), cta, actor('mia').id, { from: null, until: null });
    await issueNaming('mia', issued);
    const create = (path: string) => groups.create(as('head'), { path });

    expect(codeOf(await groups.remove(as('head'), ska))).toBe('ok');
    expect(await database.db.selectFrom('revoked_access_tokens').select('jti').execute()).toEqual([{ jti: 'of-mia' }]);
    expect(await create('/escape/ska')).toMatchObject({
      error: { code: 'taken', message: expect.stringContaining('valid until 2026-11-22T12:10:00.000Z') },
    });
    expect(codeOf(await groups.move(as('head'), cta, '/escape/ctao'))).toBe('ok');
    expect(codeOf(await create('/escape/cta'))).toBe('taken');
    expect(codeOf(await groups.previewMove(actor('head'), await idOf('/escape/cta-2'), '/escape/cta'))).toBe('taken');
    expect(codeOf(await create('/escape/others'))).toBe('ok');
    const back = await groups.move(as('head'), cta, '/escape/cta');
    expect([codeOf(back), await paths()]).toEqual(['ok', expect.arrayContaining(['/escape/cta/p17'])]);
  },
);

test('a group moves onto no path below which tokens name another one', async () => {
  const [cta, p17] = [await idOf('/escape/cta'), await idOf('/escape/cta/p17')];
  await groups.create(as('head'), { path: '/escape/ska/p17' });
  const other = await idOf('/escape/ska/p17');
  await groups.setMember(as('head'), other, actor('mia').id, { from: null, until: null });
  await issueNaming('mia', 'wlcg.groups');
  await groups.move(as('head'), other, '/escape/others');
  await groups.remove(as('head'), await idOf('/escape/ska'));
  expect(codeOf(await groups.move(as('head'), cta, '/escape/ska'))).toBe('taken');
  expect(codeOf(await groups.move(as('head'), p17, '/escape/p17'))).toBe('ok');
  expect(codeOf(await groups.create(as('head'), { path: '/escape/ska' }))).toBe('ok');
});

test('where tokens say nothing of groups, a path is free at once', async () => {
  const ska = await idOf('/escape/ska');
  await groups.setMember(as('head'), ska, actor('mia').id, { from: null, until: null });
  await issueNaming('mia', 'openid storage.read:/x');
  await groups.remove(as('head'), ska);
  expect(codeOf(await groups.create(as('head'), { path: '/escape/ska' }))).toBe('ok');
});

test('of two who make the same group at once, one does', async () => {
  const make = () => groups.create(as('head'), { path: '/escape/both' });
  const codes = (await Promise.all([make(), make(), make()])).map(codeOf);
  expect(codes.toSorted()).toEqual(['ok', 'taken', 'taken']);
});

test('lists come in pages by path, and a search finds what it names literally', async () => {
  const all = await groups.list(actor('ada'), { under: '/escape/cta' }, { limit: 1, after: null });
  expect(all).toMatchObject({ value: { items: [{ path: '/escape/cta' }], next: '/escape/cta' } });
  const next = await groups.list(actor('ada'), { under: '/escape/cta' }, { limit: 1, after: '/escape/cta' });
  expect(next).toMatchObject({ value: { items: [{ path: '/escape/cta/p17' }], next: null } });
  const found = await groups.list(actor('ada'), { search: 'CTA-' }, { limit: 10, after: null });
  expect(found).toMatchObject({ value: { items: [{ path: '/escape/cta-2' }] } });
  expect(await groups.list(actor('ada'), { search: '%' }, { limit: 10, after: null })).toMatchObject({
    value: { items: [] },
  });
});
