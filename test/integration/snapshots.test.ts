/** The lake in memory follows the database, also where an announcement of a change is missed (src/storage/snapshots.ts). */
import { createSnapshotKeeper, followLake } from '../../src/storage/snapshots.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const fail = (error: unknown) => {
  throw error;
};

async function change(): Promise<number> {
  await database.db
    .insertInto('namespace_paths')
    .values({ path: `/new-${Math.random()}` })
    .execute();
  const { version } = await database.db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
  return Number(version);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

test('a change between the first reading and the listening is seen', async () => {
  const keeper = await createSnapshotKeeper(database.db);
  const version = await change();
  const following = await followLake(database.connection, keeper, fail);
  expect(keeper.current().version).toBe(version);
  await following.close();
});

test('an announced change is seen', async () => {
  const keeper = await createSnapshotKeeper(database.db);
  const following = await followLake(database.connection, keeper, fail);
  const version = await change();
  await until(() => keeper.current().version === version);
  await following.close();
});

test('a change whose announcement is lost is seen at the next look', async () => {
  const keeper = await createSnapshotKeeper(database.db);
  const deaf = { listen: async () => ({ close: async () => {} }) };
  const following = await followLake(deaf, keeper, fail, 10);
  const version = await change();
  await until(() => keeper.current().version === version);
  await following.close();
});
