/** The lake in memory follows the database, also where an announcement of a change is missed (src/storage/follow-lake.ts). */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/shared/clock.ts';
import { type FollowLakeOptions, followLake, type LakeFollower } from '../../src/storage/follow-lake.ts';
import { beginServerRun } from '../../src/storage/server-runs.ts';
import { createSnapshotKeeper } from '../../src/storage/snapshots.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let following: LakeFollower | undefined;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await following?.close();
  following = undefined;
  await database.drop();
});

async function follow(
  options: Partial<FollowLakeOptions> & { readonly deaf?: boolean } = {},
  url = database.url,
): Promise<LakeFollower> {
  const { deaf = false, ...rest } = options;
  const { listen } = database.connection;
  following = await followLake(
    { url, listen: deaf ? async () => ({ close: async () => {} }) : listen },
    {
      keeper: await createSnapshotKeeper(database.db),
      run: await beginServerRun(database.db, systemClock.now),
      clock: systemClock,
      sameClock: true,
      onError: (error) => {
        throw error;
      },
      ...rest,
    },
  );
  return following;
}

async function change(): Promise<number> {
  await database.db
    .insertInto('namespace_paths')
    .values({ path: `/new-${randomUUID()}` })
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
  const lake = await follow({ keeper });
  expect(lake.current().version).toBe(version);
});

test('an announced change is seen', async () => {
  const lake = await follow({ everyMilliseconds: 1_000_000 });
  const version = await change();
  await until(() => lake.current().version === version);
});

test('a change whose announcement is lost is seen at the next look', async () => {
  const lake = await follow({ deaf: true, everyMilliseconds: 10 });
  const version = await change();
  await until(() => lake.current().version === version);
});

test('the process says in its row which version it decides by', async () => {
  const lake = await follow();
  const version = await change();
  await lake.lookAnew();
  const row = await database.db.selectFrom('server_runs').select('confirmed_version').executeTakeFirstOrThrow();
  expect(Number(row.confirmed_version)).toBe(version);
});

test('a first look that fails is told and does not keep the server from starting', async () => {
  const errors: unknown[] = [];
  const run = await beginServerRun(database.db, systemClock.now);
  const url = 'postgresql://nobody@127.0.0.1:1/none';
  const lake = await follow({ run, everyMilliseconds: 1_000_000, onError: (error) => errors.push(error) }, url);
  expect(errors).toHaveLength(1);
  await expect(lake.confirmed()).rejects.toMatchObject({ code: 'policy_unavailable' });
});

test('looks that fail are told once, and again only after one succeeded', async () => {
  const errors: unknown[] = [];
  const run = await beginServerRun(database.db, systemClock.now);
  let looks = 0;
  const keeper = await createSnapshotKeeper(database.db);
  const failing = {
    ...keeper,
    advance: async () => {
      looks += 1;
      throw new Error('no answer');
    },
  };
  await follow({ keeper: failing, run, deaf: true, everyMilliseconds: 5, onError: (error) => errors.push(error) });
  await change();
  await until(() => looks >= 3);
  expect(errors).toHaveLength(1);
});
