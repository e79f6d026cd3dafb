/** Reading only what changed makes the same rules as reading everything (src/storage/lake-changes.ts). */
import { sql } from 'kysely';
import type { LakeSnapshot } from '../../src/lake/snapshot.ts';
import { createSnapshotKeeper, type SnapshotKeeper } from '../../src/storage/snapshots.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { exampleLake } from '../support/issuer.ts';
import { applyLakeText } from '../support/lake.ts';

let database: TestDatabase;
let keeper: SnapshotKeeper;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

beforeEach(async () => {
  for (const table of ['grants', 'embargoes', 'clients', 'storages', 'namespace_paths', 'lake_settings'] as const) {
    await database.db.deleteFrom(table).execute();
  }
  // Passwords are slow to hash and no part of the rules.
  await applyLakeText(database.db, (await exampleLake()).replaceAll(/\n +password: .*/g, ''));
  keeper = await createSnapshotKeeper(database.db);
});

/** Before and after the change, and what a reading of everything makes. */
async function advance(...statements: readonly string[]): Promise<Record<'before' | 'after' | 'anew', LakeSnapshot>> {
  const before = keeper.current();
  await database.db.transaction().execute(async (trx) => {
    for (const statement of statements) await sql.raw(statement).execute(trx);
  });
  await keeper.advance();
  const anew = (await createSnapshotKeeper(database.db)).current();
  return { before, after: keeper.current(), anew };
}

const newGrant = `INSERT INTO grants (id, subject, actions, path) VALUES ('new', 'user:bob', '{read}', '/cta/raw/x')`;
const newEmbargo = `INSERT INTO embargoes (id, path, actions, ends_at) VALUES ('new', '/magic/x', '{read}', '2030-01-01')`;

test.each<[string, string[]]>([
  ['a grant is made', [newGrant]],
  [
    'a grant is changed',
    [`UPDATE grants SET path = '/elsewhere/deep', actions = '{modify}' WHERE id = 'members-read'`],
  ],
  ['a grant is given another subject', [`UPDATE grants SET subject = 'user:alice' WHERE id = 'members-read'`]],
  ['a grant is deleted', [`DELETE FROM grants WHERE id = 'members-read'`]],
  ['a grant is deleted and made anew', [newGrant, `DELETE FROM grants WHERE id = 'new'`, newGrant]],
  ['all grants are deleted', ['DELETE FROM grants']],
  ['an embargo is made', [newEmbargo]],
  [
    'an embargo is made as a draft',
    [newEmbargo.replace('(id,', '(state, id,').replace(`VALUES (`, `VALUES ('draft', `)],
  ],
  ['an embargo moves', [`UPDATE embargoes SET path = '/ska' WHERE id = 'cta-p17'`]],
  ['an embargo is extended', [`UPDATE embargoes SET ends_at = '2031-01-01' WHERE id = 'cta-p17'`]],
  [
    'an embargo lasts until an event',
    [`UPDATE embargoes SET ends_at = NULL, hard_limit = '2031-01-01' WHERE id = 'cta-p17'`],
  ],
  ['an embargo is released', [`UPDATE embargoes SET state = 'released' WHERE id = 'cta-p17'`]],
  ['an embargo is withdrawn', [`UPDATE embargoes SET state = 'withdrawn' WHERE id = 'cta-p17'`]],
  ['an embargo loses its parties', [`UPDATE embargoes SET parties = '[]' WHERE id = 'cta-p17'`]],
  ['rules change in several statements', [newGrant, newEmbargo, `DELETE FROM grants WHERE id = 'members-read'`]],
  ['nothing but the number changes', [`UPDATE grants SET path = path`]],
])('when %s only that is read, and the rules are those of a reading of everything', async (_, statements) => {
  const { before, after, anew } = await advance(...statements);
  expect(after).toEqual(anew);
  expect(after.version).toBeGreaterThan(before.version);
  // What was not read is shared.
  expect(after.clients).toBe(before.clients);
  expect(after.policy.byAudience).toBe(before.policy.byAudience);
});

test('the rules that were there before stay as they were', async () => {
  const before = keeper.current();
  const copy = structuredClone({ ...before.policy, rules: null, grants: [...before.policy.grants.keys()] });
  await advance(newGrant, newEmbargo, `DELETE FROM grants WHERE id = 'members-read'`);
  expect({ ...before.policy, rules: null, grants: [...before.policy.grants.keys()] }).toEqual(copy);
});

test.each([
  ['a client', `UPDATE clients SET state = 'suspended' WHERE client_id = 'catalogue'`],
  ['a membership of a client', 'DELETE FROM client_memberships'],
])('when %s changes only clients are read', async (_, statement) => {
  const { before, after, anew } = await advance(statement);
  expect(after).toEqual(anew);
  expect(after.policy.rules).toBe(before.policy.rules);
});

test('when rules and clients change both are read', async () => {
  const { before, after, anew } = await advance(newGrant, `DELETE FROM clients WHERE client_id = 'catalogue'`);
  expect(after).toEqual(anew);
  expect(after.clients.has('catalogue')).toBe(false);
  expect(after.policy.byAudience).toBe(before.policy.byAudience);
});

test.each([
  ['the namespace', `INSERT INTO namespace_paths (path) VALUES ('/new')`],
  ['a storage', `UPDATE storages SET matching = 'string'`],
  ['a group', `UPDATE groups SET is_default = NOT is_default`],
  [
    'a setting',
    `INSERT INTO lake_settings VALUES ('policy', '{"guardSeconds": 60}') ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  ],
  [
    'the version, by a restored backup,',
    `UPDATE lake_version SET version = 2, rules_version = 2, clients_version = 2, base_version = 2`,
  ],
  [
    'more than a thousand rules',
    `INSERT INTO grants (id, subject, actions, path) SELECT 'g' || n, 'user:bob', '{read}', '/g/' || n FROM generate_series(1, 1001) n`,
  ],
])('when %s changes everything is read', async (_, statement) => {
  const { before, after, anew } = await advance(statement);
  expect(after).toEqual(anew);
  expect(after.policy.byAudience).not.toBe(before.policy.byAudience);
});

test('when nothing changed the rules are the same object', async () => {
  const before = keeper.current();
  await keeper.advance();
  expect(keeper.current()).toBe(before);
});

test.each([
  ['made', `INSERT INTO groups (path, position) VALUES ('/escape/optional', 900)`],
  ['described', `UPDATE groups SET description = 'changed', position = position + 1 WHERE path = '/escape/optional'`],
  ['moved', `UPDATE groups SET path = '/escape/elsewhere' WHERE path = '/escape/optional'`],
  ['deleted', `DELETE FROM groups WHERE path = '/escape/elsewhere'`],
])(
  'an optional group without capability set or clients is %s, and nothing is read but what changed',
  async (_, statement) => {
    const { before, after, anew } = await advance(statement);
    expect(after).toEqual(anew);
    expect(after.policy.byAudience).toBe(before.policy.byAudience);
  },
);

test.each([
  ['made as a default one', `INSERT INTO groups (path, position, is_default) VALUES ('/escape/known', 901, true)`],
  ['moved', `UPDATE groups SET path = '/escape/known-too' WHERE path = '/escape/known'`],
  ['made optional', `UPDATE groups SET is_default = false WHERE path = '/escape/known-too'`],
  ['given a capability set', `UPDATE groups SET capability_set = '{storage.read:/x}' WHERE path = '/escape/known-too'`],
  ['deleted', `DELETE FROM groups WHERE path = '/escape/known-too'`],
  [
    'made with a capability set',
    `INSERT INTO groups (path, position, capability_set) VALUES ('/escape/set', 902, '{storage.read:/y}')`,
  ],
])('a group that the rules know is %s', async (_, statement) => {
  const { before, after, anew } = await advance(statement);
  expect(after).toEqual(anew);
  expect(after.version).toBeGreaterThan(before.version);
  expect([after.policy.defaultGroups, after.policy.capabilitySets]).not.toEqual([
    before.policy.defaultGroups,
    before.policy.capabilitySets,
  ]);
});

test('a client is told of its group that moves and goes', async () => {
  const memberships = (snapshot: LakeSnapshot) => snapshot.clients.get('rucio')?.memberships.map(({ group }) => group);
  const made = await advance(
    `INSERT INTO groups (path, position) VALUES ('/escape/of-rucio', 903)`,
    `INSERT INTO client_memberships (client_id, group_id) SELECT 'rucio', id FROM groups WHERE path = '/escape/of-rucio'`,
  );
  expect(made.after).toEqual(made.anew);
  expect(memberships(made.after)).toContain('/escape/of-rucio');
  const moved = await advance(`UPDATE groups SET path = '/escape/moved' WHERE path = '/escape/of-rucio'`);
  expect(moved.after).toEqual(moved.anew);
  expect(memberships(moved.after)).toContain('/escape/moved');
  const gone = await advance(`DELETE FROM groups WHERE path = '/escape/moved'`);
  expect(gone.after).toEqual(gone.anew);
  expect(memberships(gone.after)).not.toContain('/escape/moved');
});
