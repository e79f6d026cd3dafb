import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import pg from 'pg';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database?.drop());

const history = async (id: string) =>
  database.db.selectFrom('rule_versions').selectAll().where('id', '=', id).orderBy('version').execute();

const addGrant = (id: string) =>
  sql`INSERT INTO grants (id, subject, actions, path) VALUES (${id}, 'user:bob', '{read}', '/escape')`.execute(
    database.db,
  );

test('each write to a grant leaves a version that says what, who, when and why (policy-semantics 7)', async () => {
  await database.db.transaction().execute(async (trx) => {
    await sql`SELECT set_config('sluice.actor', 'user:alice', true), set_config('sluice.reason', 'a new member', true)`.execute(
      trx,
    );
    await sql`INSERT INTO grants (id, subject, actions, path, ends_at)
      VALUES ('g1', 'user:bob', '{read}', '/escape', '2027-01-01T01:00:00+01:00')`.execute(trx);
  });
  await sql`UPDATE grants SET path = '/escape/magic' WHERE id = 'g1'`.execute(database.db);
  await sql`UPDATE grants SET position = 7 WHERE id = 'g1'`.execute(database.db);
  await sql`DELETE FROM grants WHERE id = 'g1'`.execute(database.db);
  await addGrant('g1');

  const versions = await history('g1');
  expect(versions).toMatchObject([
    {
      version: 1,
      change: 'created',
      actor: 'user:alice',
      reason: 'a new member',
      document: { path: '/escape', until: '2027-01-01T00:00:00Z', audiences: null },
    },
    { version: 2, change: 'changed', actor: expect.stringMatching(/^database:/), document: { path: '/escape/magic' } },
    { version: 3, change: 'removed', document: null },
    { version: 4, change: 'created', document: { path: '/escape' } },
  ]);
  const policyVersions = versions.map(({ policy_version }) => Number(policy_version));
  expect(policyVersions).toEqual([...policyVersions].sort((one, other) => one - other));
  const { version } = await database.db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
  expect(policyVersions.at(-1)).toBe(Number(version));
});

test.each([
  ['UPDATE', sql`UPDATE rule_versions SET reason = 'another'`],
  ['DELETE', sql`DELETE FROM rule_versions`],
  ['TRUNCATE', sql`TRUNCATE rule_versions`],
])('the history refuses %s', async (_, statement) => {
  await addGrant(`kept-${_}`);
  await expect(statement.execute(database.db)).rejects.toThrow('the history of rules is never changed');
  expect(await history(`kept-${_}`)).toHaveLength(1);
});

test('the lake version says which part of the snapshot a write concerns', async () => {
  const read = () => database.db.selectFrom('lake_version').selectAll().executeTakeFirstOrThrow();
  const before = await read();
  await addGrant('part');
  const afterRule = await read();
  expect(afterRule).toMatchObject({
    rules_version: afterRule.version,
    clients_version: before.clients_version,
    base_version: before.base_version,
  });
  await sql`INSERT INTO namespace_paths (path) VALUES ('/escape/magic')`.execute(database.db);
  const afterPath = await read();
  expect(afterPath).toMatchObject({ base_version: afterPath.version, rules_version: afterRule.version });
});

test('two writers at once get two policy versions, in the order in which their histories stand', async () => {
  await Promise.all(Array.from({ length: 8 }, (_, index) => addGrant(`at-once-${index}`)));
  const rows = await database.db
    .selectFrom('rule_versions')
    .select(['policy_version', 'at'])
    .where('id', 'like', 'at-once-%')
    .orderBy('policy_version')
    .execute();
  expect(new Set(rows.map(({ policy_version }) => policy_version)).size).toBe(8);
  const instants = rows.map(({ at }) => at.getTime());
  expect(instants).toEqual([...instants].sort((one, other) => one - other));
});

test('rules that were there before histories began get a first version', async () => {
  const empty = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: empty.url });
  await client.connect();
  const run = async (isWanted: (name: string) => boolean) => {
    for (const name of readdirSync('migrations').sort().filter(isWanted)) {
      await client.query(readFileSync(`migrations/${name}`, 'utf8'));
    }
  };
  await run((name) => name < '0006');
  await client.query(`INSERT INTO grants (id, subject, actions, path) VALUES ('g', 'user:bob', '{read}', '/x')`);
  await client.query(
    `INSERT INTO embargoes (id, path, actions, ends_at) VALUES ('e', '/x', '{read}', '2027-01-01T00:00:00Z')`,
  );
  await run((name) => name.startsWith('0006'));
  const { rows } = await client.query(
    'SELECT kind, id, version, change, actor, document FROM rule_versions ORDER BY kind',
  );
  await client.end();
  await empty.drop();
  expect(rows).toEqual([
    {
      kind: 'embargo',
      id: 'e',
      version: 1,
      change: 'migrated',
      actor: 'operator',
      document: expect.objectContaining({ until: '2027-01-01T00:00:00Z', state: 'active', retroactive: false }),
    },
    {
      kind: 'grant',
      id: 'g',
      version: 1,
      change: 'migrated',
      actor: 'operator',
      document: expect.objectContaining({ subject: 'user:bob', embargo: null }),
    },
  ]);
});
