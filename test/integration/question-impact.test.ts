/** What a rule would change before it holds (policy-semantics 8). */
import type { Embargo, Grant } from '../../src/policy/rule.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeIssueLog } from '../support/issue-log-entry.ts';
import { applyLakeText } from '../support/lake.ts';
import { answered, questionsAt } from '../support/questions.ts';

let database: TestDatabase;
const now = Date.parse('2027-03-02T12:00:00Z');
const storage = ['storage.read:/', 'storage.stage:/', 'storage.modify:/'].map((scope) => `"${scope}"`).join(', ');

beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(
    database.db,
    `
version: 1
groups: [{ path: /vo }, { path: /vo/team }, { path: /vo/leaving }]
accounts:
  - { username: ada, groups: [/vo, /vo/team] }
  - { username: ben, groups: [/vo] }
  - { username: cleo, groups: [/vo] }
  - { username: dan, groups: [{ path: /vo, until: 2027-03-02T12:04:00Z }] }
  - { username: eve, groups: [/vo], state: suspended }
  - { username: fay }
clients:
  - { clientId: portal, clientSecret: portal-secret-0123456789, redirectUris: ["https://portal.example/"], scopes: [openid, ${storage}] }
  - { clientId: twin, clientSecret: twin-secret-0123456789, redirectUris: ["https://twin.example/"], scopes: [${storage}] }
  - { clientId: cli, tokenEndpointAuthMethod: none, redirectUris: ["http://localhost:4242"], scopes: [${storage}], policyMode: expand }
  - { clientId: mover, clientSecret: mover-secret-0123456789, grantTypes: [client_credentials], scopes: ["storage.read:/"] }
  - { clientId: idle, clientSecret: idle-secret-0123456789, grantTypes: [client_credentials], scopes: ["storage.read:/"] }
storages:
  - { name: DCACHE, audience: dcache, matching: segment, mounts: [{ path: /pnfs, at: / }] }
  - { name: DCACHE2, audience: dcache2, matching: segment }
namespace: [/data/p1, /data/p2, /open]
grants:
  - { id: members, subject: "group:/vo", actions: [read], path: / }
  - { id: mover, subject: "client:mover", actions: [read], path: /data }
embargoes:
  - { id: idea, path: /data/p2, state: draft, until: 2030-01-01T00:00:00Z }
`,
  );
  await writeIssueLog(database.db, [
    { jti: 'a', at: now - 1000, audience: ['dcache'], issued: 'storage.read:/pnfs', expiresAt: now + 3_599_000 },
    { jti: 'b', at: now - 1000, audience: ['dcache'], issued: 'storage.read:/pnfs/open', expiresAt: now + 3_599_000 },
  ]);
});
afterAll(() => database.drop());

const questions = () => questionsAt(database.db, () => now);

const embargo = (fields: Partial<Embargo> = {}): { readonly kind: 'embargo'; readonly rule: Embargo } => ({
  kind: 'embargo',
  rule: {
    id: 'new',
    path: '/data/p1',
    exempt: [],
    actions: ['read', 'create', 'modify', 'stage', 'poll'],
    parties: [],
    maxTokenLifetimeSeconds: 1200,
    from: null,
    until: Date.parse('2030-01-01T00:00:00Z'),
    ...fields,
  },
});

const grant = (fields: Partial<Grant> = {}): { readonly kind: 'grant'; readonly rule: Grant } => ({
  kind: 'grant',
  rule: {
    id: 'new',
    subject: 'user:fay',
    actions: ['modify'],
    path: '/data/p1',
    audiences: null,
    from: null,
    until: null,
    ...fields,
  },
});

const team = {
  subject: 'group:/vo/team',
  actions: ['read'],
  maxTokenLifetimeSeconds: null,
  from: null,
  until: null,
} as const;

describe('the impact of a proposed rule', () => {
  test('an embargo takes from all members and clients that are not its parties; these only get shorter tokens', async () => {
    const answer = await answered(questions().impact({ proposed: embargo({ parties: [team] }) }));
    expect(answer.rule).toEqual({ kind: 'embargo', id: 'new', path: '/data/p1' });
    expect(answer.losing).toEqual({ users: 2, clients: 1 });
    expect(answer.gaining).toEqual({ users: 0, clients: 0 });
    expect(answer.truncated).toBe(false);
    const [first] = answer.changes;
    expect(first).toMatchObject({
      kind: 'user',
      count: 2,
      names: ['ben', 'cleo'],
      subjects: ['group:/vo'],
      effect: 'loses',
    });
    const teamChanges = answer.changes.filter(({ names }) => names.includes('ada'));
    expect(teamChanges.map(({ effect }) => effect)).toEqual(teamChanges.map(() => 'ends-earlier'));
    expect(teamChanges[0]).toMatchObject({
      before: { expiresAt: '2027-03-02T13:00:00Z' },
      after: { expiresAt: '2027-03-02T12:20:00Z' },
    });
    const named = new Set(answer.changes.flatMap(({ names }) => names));
    expect([...named].sort()).toEqual(['ada', 'ben', 'cleo', 'mover']);
  });

  test('each change says what was asked, and what is issued before and after, in the paths of the storage', async () => {
    const { changes } = await answered(questions().impact({ proposed: embargo() }));
    const through = (client: string, asked: string) =>
      changes.find(
        (change) => change.clients.includes(client) && change.asked === asked && change.names.includes('ben'),
      );
    expect(through('portal', 'storage.read:/pnfs/data/p1')).toMatchObject({
      clients: ['portal', 'twin'],
      policyMode: 'narrow',
      audience: 'dcache',
      before: { issued: ['storage.read:/pnfs/data/p1'], refused: null },
      after: { issued: [], refused: 'embargoed', expiresAt: null },
    });
    expect(through('cli', 'storage.read:/pnfs')?.after.issued).toEqual([
      'storage.read:/pnfs/data/p2',
      'storage.read:/pnfs/open',
    ]);
    expect(changes.find(({ kind }) => kind === 'client')).toMatchObject({ names: ['mover'], clients: [] });
  });

  test('expansions are measured, and tokens that are out are counted', async () => {
    const answer = await answered(questions().impact({ proposed: embargo() }));
    expect(answer.largestExpansion).toEqual({ before: 1, after: 2 });
    expect(answer.exposure).toEqual({ tokens: 1, latestExpiry: '2027-03-02T12:59:59Z' });
  });

  test('a draft is asked about by its id, and nothing else has one', async () => {
    const answer = await answered(questions().impact({ proposed: { kind: 'draft', id: 'idea' } }));
    expect(answer).toMatchObject({ rule: { id: 'idea', path: '/data/p2' }, losing: { users: 3, clients: 1 } });
    expect(await questions().impact({ proposed: { kind: 'draft', id: 'members' } })).toMatchObject({
      ok: false,
      error: { kind: 'not-found' },
    });
  });

  test('a grant gives, at its storages', async () => {
    const answer = await answered(questions().impact({ proposed: grant({ audiences: ['dcache2'] }) }));
    expect(answer.gaining).toEqual({ users: 1, clients: 0 });
    expect(answer.losing).toEqual({ users: 0, clients: 0 });
    expect(answer.changes[0]).toMatchObject({
      names: ['fay'],
      subjects: ['user:fay'],
      audience: 'dcache2',
      effect: 'gains',
      before: { issued: [], refused: 'no-grant' },
    });
  });

  test('a rule under an id that exists counts as that rule changed', async () => {
    const moved = grant({ id: 'members', subject: 'group:/vo', actions: ['read'], path: '/open' });
    const answer = await answered(questions().impact({ proposed: moved }));
    expect(answer.losing).toEqual({ users: 3, clients: 0 });
  });

  test('a rule that begins later is judged when it begins', async () => {
    const from = Date.parse('2028-01-01T00:00:00Z');
    const answer = await answered(questions().impact({ proposed: embargo({ from }) }));
    expect(answer).toMatchObject({ at: '2028-01-01T00:00:00Z', losing: { users: 3 } });
    const today = await answered(questions().impact({ proposed: embargo({ from }), at: now }));
    expect(today).toMatchObject({ at: '2027-03-02T12:00:00Z', changes: [], truncated: false });
  });

  test('what is cut is said', async () => {
    const answer = await answered(questions().impact({ proposed: embargo(), limit: 1 }));
    expect(answer.changes).toHaveLength(1);
    expect(answer).toMatchObject({ truncated: true, losing: { users: 3, clients: 1 } });
  });

  test.each([
    ['a path outside the grammar', embargo({ path: '/a b' }), '`/a b` is not a path'],
    ['an end before the beginning', embargo({ until: 5, from: 6 }), 'until: ends before it begins'],
    ['an exempt path elsewhere', embargo({ exempt: ['/other'] }), 'exempt[0]: `/other` is not below the embargo'],
  ])('a rule with %s is a fault of the question', async (_, proposed, message) => {
    expect(await questions().impact({ proposed })).toMatchObject({
      ok: false,
      error: { kind: 'malformed', message: expect.stringContaining(message) },
    });
  });
});
