/** Who may do what, now, in the past and in the future (policy-semantics 8). */
import { loadAccounts, loadClients, loadPolicyFacts } from '../../src/storage/lake-facts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';
import { allowed } from '../support/oracle.ts';
import { answered, questionsAt } from '../support/questions.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const lake = (embargoes: string) => `
version: 1
groups:
  - { path: /vo }
  - { path: /vo/team }
  - { path: /vo/movers }
accounts:
  - { username: ada, groups: [/vo, { path: /vo/team, until: 2030-01-01T00:00:00Z }] }
  - { username: ben, groups: [/vo] }
  - { username: cleo, groups: [/vo/team], endsAt: 2029-01-01T00:00:00Z }
  - { username: dan }
  - { username: eve, groups: [/vo], state: suspended }
clients:
  - { clientId: mover, clientSecret: mover-secret-0123456789, grantTypes: [client_credentials], groups: [/vo/movers], scopes: ["storage.read:/"] }
  - { clientId: portal, clientSecret: portal-secret-0123456789, redirectUris: ["https://portal.example/"], groups: [/vo/movers] }
storages:
  - { name: ONE, audience: one, aliases: [uno], matching: segment }
  - { name: TWO, audience: two, matching: segment }
  - { name: SVC, audience: svc, kind: service }
grants:
  - { id: members, subject: "group:/vo", actions: [read], path: / }
  - { id: team, subject: "group:/vo/team", actions: [stage], path: /data/p1 }
  - { id: dan, subject: "user:dan", actions: [modify], path: /data/p1, audiences: [uno] }
  - { id: movers, subject: "group:/vo/movers", actions: [read, modify], path: /data }
  - { id: later, subject: "user:dan", actions: [read], path: /open, from: 2031-01-01T00:00:00Z }
embargoes: ${embargoes}
`;

const closed = `
  - { id: p1, path: /data/p1, exempt: [/data/p1/calib], until: 2032-01-01T00:00:00Z, parties: [{ subject: "group:/vo/team", actions: [read, stage, poll] }, { subject: "client:mover", actions: [read] }] }
  - { id: idea, path: /data, state: draft, until: 2032-01-01T00:00:00Z }`;

const everyone = ['ada', 'ben', 'cleo', 'dan', 'eve'];
const now = Date.now() + 60_000;
const questions = () => questionsAt(database.db, () => now);
const names = (answer: { readonly principals: readonly { readonly kind: string; readonly name: string }[] }) =>
  answer.principals.map(({ kind, name }) => `${kind}:${name}`);

beforeAll(() => applyLakeText(database.db, lake(closed)));

describe('who can', () => {
  test('an embargo lets its parties through, each by the rules that are named', async () => {
    const answer = await answered(questions().whoCan({ operation: 'read', path: '/data/p1/run' }));
    expect(names(answer)).toEqual(['client:mover', 'user:ada', 'user:cleo']);
    expect(answer.principals[1]).toMatchObject({
      grants: [
        { id: 'members', subject: 'group:/vo' },
        { id: 'team', subject: 'group:/vo/team' },
      ],
      admissions: [{ embargo: 'p1', subject: 'group:/vo/team' }],
    });
    expect(answer.rules).toBe('present');
    expect(answer.embargoes).toEqual([{ id: 'p1', path: '/data/p1', admits: ['group:/vo/team', 'client:mover'] }]);
    expect(answer.subjects).toEqual([
      { subject: 'client:mover', grants: [], admittedTo: ['p1'], suffices: false, members: null },
      { subject: 'group:/vo', grants: ['members'], admittedTo: [], suffices: false, members: 2 },
      { subject: 'group:/vo/movers', grants: ['movers'], admittedTo: [], suffices: false, members: 1 },
      { subject: 'group:/vo/team', grants: ['team'], admittedTo: ['p1'], suffices: true, members: 2 },
    ]);
  });

  test.each(['/', '/data', '/data/p1', '/data/p1/calib', '/data/p1/calib/x', '/data/p10', '/open'])(
    'it agrees with the truth for every account and client at %s, at every instant around the rules',
    async (path) => {
      const facts = await loadPolicyFacts(database.db);
      const accounts = await loadAccounts(database.db, everyone);
      const clients = await loadClients(database.db);
      const instants = ['2028-06-01', '2029-01-01', '2030-01-01', '2032-01-01'];
      for (const at of instants.map((date) => Date.parse(`${date}T00:00:00Z`))) {
        for (const operation of ['read', 'modify', 'poll'] as const) {
          for (const audiences of [undefined, ['one'], ['two'], ['one', 'two'], ['elsewhere'], ['one', 'svc']]) {
            const known: Record<string, string[] | null> = {
              one: ['uno'],
              two: ['two'],
              'one two': null,
              elsewhere: null,
              'one svc': ['uno'],
            };
            const may = (principal: Parameters<typeof allowed>[1]) =>
              [...(audiences === undefined ? [['uno'], ['two']] : [known[audiences.join(' ')] ?? null])].some((asked) =>
                allowed(facts, principal, asked, operation, path, at),
              );
            const users = [...accounts.values()]
              .filter(({ state }) => state === 'active')
              .filter(({ username, memberships, endsAt }) => may({ kind: 'user', username, memberships, endsAt }))
              .map(({ username }) => `user:${username}`);
            const mover = clients.get('mover');
            const self = may({ kind: 'client', clientId: 'mover', memberships: mover?.memberships ?? [] });
            const answer = await answered(questions().whoCan({ operation, path, at, audiences }));
            expect({ at, operation, audiences, who: names(answer) }).toEqual({
              at,
              operation,
              audiences,
              who: [...(self ? ['client:mover'] : []), ...users.sort()],
            });
          }
        }
      }
    },
  );

  test('the past is judged by the rules as they stood then, also by those that are gone', async () => {
    const before = Date.now();
    await database.db.deleteFrom('grants').where('id', '=', 'members').execute();
    await database.db.updateTable('embargoes').set({ state: 'withdrawn' }).where('id', '=', 'p1').execute();
    const after = Date.now() + 1;
    const then = await answered(questions().whoCan({ operation: 'read', path: '/data/p1', at: before }));
    expect(then.rules).toBe('past');
    expect(names(then)).toEqual(['client:mover', 'user:ada', 'user:cleo']);
    const later = await answered(questions().whoCan({ operation: 'read', path: '/data/p1', at: after }));
    expect(names(later)).toEqual(['client:mover', 'user:ada', 'user:cleo']);
    expect(later.embargoes).toEqual([]);
    expect(names(await answered(questions().whoCan({ operation: 'read', path: '/open', at: before })))).toEqual([
      'user:ada',
      'user:ben',
      'user:eve',
    ]);
    expect(names(await answered(questions().whoCan({ operation: 'read', path: '/open', at: after })))).toEqual([]);
    const never = await answered(questions().whoCan({ operation: 'read', path: '/open', at: 0 }));
    expect(never).toMatchObject({ grants: [], embargoes: [], principals: [], next: null });
  });

  test.each([
    [{ operation: 'write', path: '/' }, 'action `write` not known, expected one of `read`, `create`'],
    [{ operation: 'read', path: '/a/../b' }, '`/a/../b` is not a path'],
    [{ operation: 'read', path: '/', limit: 0 }, 'limit `0` not accepted'],
    [{ operation: 'read', path: '/', after: 'x' }, '`x` is not where a piece ends'],
  ])('%j is a fault of the question', async (question, message) => {
    expect(await questions().whoCan(question)).toMatchObject({
      ok: false,
      error: { kind: 'malformed', message: expect.stringContaining(message) },
    });
  });
});

describe('who can, among a hundred thousand accounts', () => {
  let large: TestDatabase;
  beforeAll(async () => {
    large = await createTestDatabase();
    const { db } = large;
    await applyLakeText(
      db,
      `
version: 1
groups: [{ path: /vo }, { path: /vo/few }]
grants: [{ id: all, subject: "group:/vo", actions: [read], path: / }]
embargoes: [{ id: e, path: /few, until: 2040-01-01T00:00:00Z, parties: [{ subject: "group:/vo/few", actions: [read] }] }]
`,
    );
    const { sql } = await import('kysely');
    await sql`INSERT INTO accounts (id, username) SELECT 'id-' || n, 'u' || lpad(n::text, 6, '0') FROM generate_series(1, 100000) AS n`.execute(
      db,
    );
    await sql`INSERT INTO memberships (account_id, group_id) SELECT accounts.id, groups.id FROM accounts, groups WHERE groups.path = '/vo' OR accounts.id IN ('id-7', 'id-99999')`.execute(
      db,
    );
  });
  afterAll(() => large.drop());

  test('pieces follow one another without a gap, and a small group is found among them', async () => {
    const ask = questionsAt(large.db, () => now);
    const first = await answered(ask.whoCan({ operation: 'read', path: '/open', limit: 1000 }));
    expect(first.principals).toHaveLength(1000);
    expect(first.principals.at(-1)?.name).toBe('u001000');
    const second = await answered(ask.whoCan({ operation: 'read', path: '/open', limit: 2, after: first.next }));
    expect(names(second)).toEqual(['user:u001001', 'user:u001002']);
    expect(second.subjects).toMatchObject([{ subject: 'group:/vo', members: 100_000 }]);
    const few = await answered(ask.whoCan({ operation: 'read', path: '/few', limit: 2 }));
    expect(names(few)).toEqual(['user:u000007', 'user:u099999']);
    expect(few.next).toBeNull();
  });

  test('a question takes no more than seconds', async () => {
    const start = performance.now();
    await answered(questionsAt(large.db, () => now).whoCan({ operation: 'read', path: '/few' }));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
