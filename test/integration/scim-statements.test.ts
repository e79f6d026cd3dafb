/** What a page of SCIM costs: as many statements for 100 users among 20 000 as among 2000, and as for one. */
import { sql } from 'kysely';
import { createIdentities } from '../../src/storage/identities.ts';
import { createScimDirectory } from '../../src/storage/scim-directory.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const clock = { now: () => Date.parse('2026-06-01T00:00:00Z') };
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await sql`INSERT INTO groups (path, position) VALUES ('/vo', 0)`.execute(database.db);
});
afterAll(() => database.drop());

/** Users with a group, a certificate and an upstream identity each. */
async function grow(from: number, to: number) {
  const { db } = database;
  const numbers = sql`generate_series(${from}::int, ${to - 1}::int) AS number`;
  await sql`INSERT INTO accounts (id, username) SELECT 'u' || number, 'user-' || number FROM ${numbers}`.execute(db);
  await sql`INSERT INTO memberships (account_id, group_id)
    SELECT 'u' || number, (SELECT id FROM groups WHERE path = '/vo') FROM ${numbers}`.execute(db);
  await sql`INSERT INTO certificates (account_id, subject_dn) SELECT 'u' || number, 'CN=' || number FROM ${numbers}`.execute(
    db,
  );
  await sql`INSERT INTO identities (account_id, issuer, subject)
    SELECT 'u' || number, 'https://idp.example.org', 's' || number FROM ${numbers}`.execute(db);
  await sql`ANALYZE accounts, memberships, certificates, identities`.execute(db);
}

/** Counts the statements of a page that begins in the middle. */
async function costOf(count: number, skip: number) {
  let statements = 0;
  const db = database.db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const known = createIdentities(db, clock);
  const directory = createScimDirectory({
    db,
    clock,
    identitiesOf: async (ids) => {
      const found = await known.ofAll(ids);
      return new Map(
        [...found].map(([id, { identities }]) => [id, { certificates: [], sshKeys: [], oidcIds: identities }]),
      );
    },
  });
  const { items, total } = await directory.listUsers({ condition: null, sort: null, count, from: { skip } });
  expect(items.map(({ groups, oidcIds }) => [groups.length, oidcIds.length])).toEqual(
    Array.from({ length: count }, () => [1, 1]),
  );
  return { statements, total };
}

test('a page of users costs the same number of statements whatever its size and that of the list', async () => {
  await grow(0, 2000);
  const small = await costOf(100, 1000);
  expect(small.total).toBe(2000);
  expect(small.statements).toBeLessThan(12);
  expect((await costOf(1, 0)).statements).toBe(small.statements);
  await grow(2000, 20_000);
  expect(await costOf(100, 10_000)).toEqual({ statements: small.statements, total: 20_000 });
});
