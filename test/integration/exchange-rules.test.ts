/** Exchange rules from the lake file to the snapshot that tokens are decided by (issue: tokens as every lake service asks for them, section 3). */
import { applyLake } from '../../src/lake/apply.ts';
import { exportLake } from '../../src/lake/export.ts';
import { writeYaml } from '../../src/lake/yaml-text.ts';
import { createLakeStore } from '../../src/storage/lake-store.ts';
import { createSnapshotKeeper } from '../../src/storage/snapshots.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const lake = (rules: string, clients = '[{ clientId: portal }, { clientId: rucio }]') => `
version: 1
vo: vo
groups: [{ path: /vo }]
clients: ${clients}
${rules}
`;
const both = lake(`exchangeRules:
  - id: movers
    description: Rucio may stage what a user may read
    origin: { client: portal }
    target: { client: rucio }
    audiences: [dcache.example.org]
    scopes: ["storage.stage:/data", compute.read]
    originScopes: true
    only: [openid, "storage.read:/"]
    withheld: ["storage.modify:/data/raw"]
    from: 2026-01-01T00:00:00Z
    until: 2030-01-01T01:00:00+01:00
  - { id: closed, effect: deny, origin: any, target: { scope: offline_access } }
`);

const apply = (text: string, options = {}) => applyLake(createLakeStore(database.db), text, 'lake.yaml', options);
const exported = async () => exportLake(await createLakeStore(database.db).read());

test('a file with rules is applied once, and what is exported applies without a change', async () => {
  expect((await apply(both)).changes.map(({ sign, object }) => `${sign} ${object}`)).toEqual(
    expect.arrayContaining(['+ exchange rule movers', '+ exchange rule closed']),
  );

  const file = await exported();
  expect(file.exchangeRules).toEqual([
    {
      id: 'movers',
      description: 'Rucio may stage what a user may read',
      origin: { client: 'portal' },
      target: { client: 'rucio' },
      audiences: ['dcache.example.org'],
      scopes: ['storage.stage:/data', 'compute.read'],
      originScopes: true,
      only: ['openid', 'storage.read:/'],
      withheld: ['storage.modify:/data/raw'],
      from: '2026-01-01T00:00:00Z',
      until: '2030-01-01T00:00:00Z',
    },
    { id: 'closed', effect: 'deny', origin: 'any', target: { scope: 'offline_access' } },
  ]);
  expect((await apply(writeYaml(file))).changes).toEqual([]);
});

test('a rule changes and goes with the file, and its history names the file', async () => {
  await apply(both);
  const changed = await apply(lake('exchangeRules: [{ id: movers, origin: any, target: { client: rucio } }]'), {
    prune: true,
  });

  expect(changed.changes.map(({ sign, object }) => `${sign} ${object}`)).toEqual([
    '~ exchange rule movers',
    '- exchange rule closed',
  ]);
  const versions = await database.db
    .selectFrom('rule_versions')
    .select(['id', 'version', 'change', 'actor', 'reason'])
    .where('kind', '=', 'exchange-rule')
    .orderBy('id')
    .orderBy('version')
    .execute();
  const by = { actor: 'operator', reason: 'apply lake.yaml' };
  expect(versions).toEqual([
    { id: 'closed', version: 1, change: 'created', ...by },
    { id: 'closed', version: 2, change: 'removed', ...by },
    { id: 'movers', version: 1, change: 'created', ...by },
    { id: 'movers', version: 2, change: 'changed', ...by },
  ]);
  expect(await database.db.selectFrom('events').selectAll().execute()).toEqual([]);
});

test('the snapshot follows, without clients and rules of the policy being touched', async () => {
  await apply(both);
  const keeper = await createSnapshotKeeper(database.db);
  expect(keeper.current().exchangeRules).toMatchObject([
    {
      id: 'movers',
      origin: { kind: 'client', id: 'portal' },
      from: Date.parse('2026-01-01'),
      until: Date.parse('2030-01-01'),
    },
    { id: 'closed', effect: 'deny', origin: { kind: 'any' }, target: { kind: 'scope', scope: 'offline_access' } },
  ]);

  await database.db.deleteFrom('exchange_rules').where('id', '=', 'closed').execute();
  await keeper.advance();
  expect(keeper.current().exchangeRules.map(({ id }) => id)).toEqual(['movers']);
  await apply(lake('grants: [{ id: g, subject: "client:rucio", actions: [read], path: / }]'));
  await keeper.advance();
  expect(keeper.current().exchangeRules.map(({ id }) => id)).toEqual(['movers']);
});

test('everything that is wrong with rules is told with its line', async () => {
  const wrong = lake(`exchangeRules:
  - { id: a, origin: { client: nobody }, target: any }
  - { id: a, origin: any, target: any, from: 2027-01-01T00:00:00Z, until: 2026-01-01T00:00:00Z }
  - { id: c, effect: deny, origin: any, target: any, scopes: [openid] }
  - { id: d, target: portal }
`);

  const told = (await apply(wrong).catch((error: Error) => error)) as Error;
  expect(told.message.split('\n').slice(1)).toEqual([
    'lake.yaml:7: exchangeRules[0].origin.client: client `nobody` not known',
    'lake.yaml:8: exchangeRules[1].id: `a` is also in exchangeRules[0], expected once',
    'lake.yaml:8: exchangeRules[1].until: ends before it begins, expected an instant after `from`',
    'lake.yaml:9: exchangeRules[2].scopes: a rule that denies says nothing of scopes',
    'lake.yaml:10: exchangeRules[3].origin: expected `any`, `{ client: <clientId> }` or `{ scope: <scope> }`',
    'lake.yaml:10: exchangeRules[3].target: expected `any`, `{ client: <clientId> }` or `{ scope: <scope> }`',
  ]);
});

test('a rule cannot be left behind that names a client which the same run takes away', async () => {
  await apply(both);
  const without = lake(
    'exchangeRules: [{ id: movers, origin: any, target: { client: rucio } }]',
    '[{ clientId: portal }]',
  );
  await expect(apply(without, { prune: true })).rejects.toThrow('client `rucio` not known');
});
