/** The schema arrives by plain SQL files, forward only. */
import { sql } from 'kysely';
import { openDatabase } from '../../src/storage/database.ts';
import { migrateToLatest } from '../../src/storage/migrate.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';

test('an empty database gets every migration once, also when two processes migrate at the same time', async () => {
  const database = await createEmptyDatabase();
  const [first, second] = await Promise.all([openDatabase(database.url), openDatabase(database.url)]);
  const runs = await Promise.all([migrateToLatest(first.db), migrateToLatest(second.db)]);
  expect(runs.flat().toSorted()).toEqual([...new Set(runs.flat())].toSorted());
  expect(runs.flat()).toContain('0001_accounts_and_groups');
  expect(await migrateToLatest(first.db)).toEqual([]);
  await Promise.all([first.close(), second.close()]);
  await database.drop();
});

test('a database that a later release migrated is refused with one line', async () => {
  const { db, drop } = await createTestDatabase();
  await sql`INSERT INTO schema_migrations (name, timestamp) VALUES ('9999_later', now()::text)`.execute(db);
  await expect(migrateToLatest(db)).rejects.toMatchObject({
    code: 'migration_failed',
    message: expect.stringContaining('9999_later'),
  });
  await drop();
});

test('each test database is empty, migrated and its own', async () => {
  const [one, other] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const version = (of: typeof one) => of.db.selectFrom('lake_version').select('version').executeTakeFirst();
  const before = await version(other);
  await one.db.insertInto('accounts').values({ username: 'alice' }).execute();
  await one.db.insertInto('namespace_paths').values({ path: '/cta' }).execute();
  expect(await other.db.selectFrom('accounts').selectAll().execute()).toEqual([]);
  expect(await version(one)).not.toEqual(before);
  expect(await version(other)).toEqual(before);
  await Promise.all([one.drop(), other.drop()]);
});
