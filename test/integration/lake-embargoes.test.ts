/** `sluice apply` and the life of embargoes: the same rules as for any writer, with history (policy-semantics 7). */
import { type ApplyOptions, applyLake } from '../../src/lake/apply.ts';
import { exportLake } from '../../src/lake/export.ts';
import { formatChanges } from '../../src/lake/plan/change.ts';
import { settleTokensOut } from '../../src/lake/tokens-out.ts';
import { writeYaml } from '../../src/lake/yaml-text.ts';
import { createIssueLogWriter } from '../../src/storage/issue-log.ts';
import { createLakeStore } from '../../src/storage/lake-store.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertRefreshChain, isChainRevoked } from '../support/refresh-chain.ts';
import { admin, administer, embargoOf } from '../support/rules.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await apply(lake(''));
});
afterEach(() => database.drop());

const lake = (embargo: string, alice = '[{ role: embargo-manager, paths: [/cta, /ska] }, reader]') => `version: 1
vo: escape
groups: [{ path: /escape }]
accounts:
  - { id: id-alice, username: alice, roles: ${alice}, groups: [/escape] }
  - { id: id-bob, username: bob, groups: [/escape] }
clients:
  - { clientId: portal, clientSecret: at-least-32-characters-of-secret-x }
grants:
  - { id: members, subject: "group:/escape", actions: [read], path: /cta/open }
  - { id: rucio, subject: "client:portal", actions: [read], path: /cta }
embargoes: [${embargo}]
`;

const run = (text: string, options: ApplyOptions = {}) =>
  applyLake(createLakeStore(database.db), text, 'lake.yaml', { clock: { now: () => now }, ...options });

/** The diff, notices included. */
async function apply(text: string, options: ApplyOptions = {}): Promise<string[]> {
  const { changes, notices } = await run(text, options);
  return [...formatChanges(changes).split('\n').slice(0, -1), ...notices.map((notice) => `! ${notice}`)];
}

/** Of bob, for everything below `/cta`. */
const insertChain = () =>
  insertRefreshChain(database.db, now, { token: 'chain', accountId: 'id-bob', scope: 'storage.read:/cta' });

const isRevoked = () => isChainRevoked(database.db, 'chain');

const history = (id: string) =>
  database.db.selectFrom('rule_versions').selectAll().where('id', '=', id).orderBy('version').execute();

const closed =
  '{ id: e, path: /cta/restricted, until: 2027-01-01T00:00:00Z, parties: [{ subject: "client:portal", actions: [read] }] }';

test('each change stands in the history with the operator and the reason', async () => {
  await apply(lake(closed));
  await apply(lake(closed.replace('2027-01', '2027-03')), { reason: 'the proposal was extended' });
  expect(await history('e')).toMatchObject([
    { version: 1, change: 'created', actor: 'operator', reason: 'apply lake.yaml' },
    { version: 2, change: 'changed', actor: 'operator', reason: 'the proposal was extended' },
  ]);
  expect(await history('members')).toMatchObject([{ version: 1, change: 'created' }]);
});

test('--prune withdraws, with a version that says so, and naming the embargo again does not bring it back', async () => {
  await apply(lake(closed));
  expect(await apply(lake(''), { prune: true })).toEqual(['- embargo e', '    withdrawn']);
  expect((await history('e')).at(-1)).toMatchObject({
    version: 2,
    change: 'withdrawn',
    document: { state: 'withdrawn' },
  });
  expect(await apply(lake(closed))).toEqual([
    '! embargo `e` was withdrawn and stays so; to close `/cta/restricted` again, give it a new id',
  ]);
  await expect(apply(lake(closed.replace('}] }', '}], state: active }')))).rejects.toThrow(
    'lake.yaml:12: embargoes[0].state: embargo `e` was withdrawn and does not come back, expected a new id',
  );
});

test('an embargo that its date has released does not come back with a later one', async () => {
  await apply(lake(closed));
  const after: ApplyOptions = { clock: { now: () => Date.parse('2027-01-01T00:00:00Z') } };
  expect(await apply(lake(closed), after)).toEqual([]);
  await expect(apply(lake(closed.replace('2027-01', '2027-03')), after)).rejects.toThrow(
    'embargoes[0].until: embargo `e` was released and does not come back, expected a new id',
  );
});

test('an active embargo does not become a draft again', async () => {
  await apply(lake(closed));
  await expect(apply(lake(closed.replace('}] }', '}], state: draft }')))).rejects.toThrow(
    'embargo `e` is active and cannot become `draft`',
  );
});

describe('an embargo on open data', () => {
  const open = (more: string) => lake(`{ id: o, path: /cta/open, until: 2027-01-01T00:00:00Z${more} }`);

  test('begins after the longest token, or is `retroactive` and told with the tokens that are out', async () => {
    await expect(apply(open(''))).rejects.toThrow(
      'embargoes[0].from: `/cta/open` is open now and tokens for it may be out, expected `from` at `2026-11-22T18:01:00.000Z` or later, or `retroactive: true`',
    );
    expect(await apply(open(', from: 2026-11-22T18:01:00Z'), { dryRun: true })).toEqual([
      '+ embargo o',
      '! embargo `o` closes `/cta/open`, which 2 grants open now, from 2026-11-22T18:01:00Z on to everyone',
    ]);
    const log = createIssueLogWriter(database.db, () => {});
    log.record({
      at: now - 1000,
      event: 'issued',
      jti: 'out',
      subject: 'id-bob',
      clientId: 'portal',
      flow: 'authorization_code',
      parent: null,
      exchangeRule: null,
      audience: [],
      requested: '',
      issued: 'storage.read:/cta/open',
      refused: [],
      because: [],
      policyVersion: 1,
      expiresAt: now + 1_200_000,
      cap: null,
      address: null,
    });
    await log.close();
    const outcome = await run(open(', retroactive: true'));
    expect(await settleTokensOut(createLakeStore(database.db), outcome, now)).toEqual([
      '`/cta/open` was open: 1 access tokens for it are out, the last until 2026-11-22T12:20:00.000Z',
    ]);
  });

  test('is none in a database that grants nothing yet', async () => {
    const fresh = await createTestDatabase();
    const outcome = await applyLake(createLakeStore(fresh.db), open(''), 'lake.yaml');
    expect(outcome.closed).toEqual([]);
    await fresh.drop();
  });
});

test('an embargo on `/` is legal, and apply says what it closes', async () => {
  const notices = await apply(lake('{ id: stop, path: /, hardLimit: 2027-01-01T00:00:00Z, retroactive: true }'));
  expect(notices).toEqual([
    '+ embargo stop',
    '! embargo `stop` closes the whole lake, `/`, which 2 grants open now, to everyone',
  ]);
});

test('a party that the file no longer names loses its refresh tokens, and the grant that the API wrote for it', async () => {
  const rules = administer(database.db, () => now);
  const parties = [{ subject: 'user:bob' as const, role: 'coi' as const, actions: ['read' as const] }];
  await rules.embargoes.create(
    { actor: admin },
    embargoOf({ id: 'e', path: '/cta/restricted', parties, from: '2026-11-23T00:00:00Z' }),
  );
  await insertChain();
  const outcome = await run(
    lake('{ id: e, path: /cta/restricted, from: 2026-11-23T00:00:00Z, until: 2027-01-01T00:00:00Z }'),
  );
  expect(outcome.changes.map(({ sign, object }) => `${sign} ${object}`)).toEqual(['- grant e:1', '~ embargo e']);
  expect(await settleTokensOut(createLakeStore(database.db), outcome, now)).toEqual([
    '`/cta/restricted` admits fewer: 1 refresh tokens revoked, no access tokens for it are out',
  ]);
  expect(await isRevoked()).toBe(true);
});

test('who leaves a group that is a party keeps the refresh tokens, which give no more than the rest', async () => {
  const parties = (more = '') =>
    `{ id: e, path: /cta/restricted, until: 2027-01-01T00:00:00Z, retroactive: true, parties: [{ subject: "group:/escape", actions: [read] }${more}] }`;
  const withoutBob = (embargo: string) =>
    lake(embargo).replace('username: bob, groups: [/escape]', 'username: bob, groups: []');
  await insertChain();
  await apply(lake(parties()));
  const outcome = await run(withoutBob(parties()));
  expect(outcome.lost.map(({ path, holders }) => [path, [...holders.accountIds].length])).toEqual([
    ['/cta/restricted', 1],
  ]);
  expect(await isRevoked()).toBe(false);
  const own = parties(', { subject: "user:bob", actions: [read] }');
  await apply(lake(own));
  const admitted = await run(withoutBob(own));
  expect(admitted.lost.flatMap(({ holders }) => [...holders.accountIds])).toEqual([]);
});

test('paths of managers, retroactive embargoes and grants of parties survive an export', async () => {
  const rules = administer(database.db, () => now);
  await rules.embargoes.create(
    { actor: admin },
    embargoOf({
      id: 'e',
      path: '/cta/restricted',
      retroactive: true,
      parties: [{ subject: 'user:bob', role: 'coi', actions: ['read'] }],
    }),
  );
  const state = await createLakeStore(database.db).read();
  const file = exportLake(state);
  expect(file).toMatchObject({
    accounts: [{ roles: [{ role: 'embargo-manager', paths: ['/cta', '/ska'] }, 'reader'] }, {}],
    embargoes: [{ id: 'e', retroactive: true }],
    grants: [{ id: 'members' }, { id: 'rucio' }, { id: 'e:1', embargo: 'e' }],
  });
  expect(await apply(writeYaml(file))).toEqual([]);
});

test('a write through the administration waits for a running apply, and sees what it left', async () => {
  const store = createLakeStore(database.db);
  const reached = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  const applying = store.change(async (session) => {
    await session.read();
    reached.resolve();
    await free.promise;
  });
  await reached.promise;
  let done = false;
  const writing = administer(database.db, () => now)
    .grants.remove({ actor: admin }, 'members')
    .then((outcome) => {
      done = true;
      return outcome;
    });
  await database.db.selectFrom('grants').select('id').execute();
  expect(done).toBe(false);
  free.resolve();
  await applying;
  expect(await writing).toMatchObject({ ok: true });
});
