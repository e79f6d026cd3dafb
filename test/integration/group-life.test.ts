/** Regular work on memberships: what the clock ends is told once, an end to come is announced once a stage, requests expire. */
import { createGroupLife } from '../../src/storage/group-life.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';

const day = 86_400_000;
const start = Date.parse('2026-11-22T12:00:00Z');
let now = start;
const clock = { now: () => now };
const place = { product: 'lake.example', issuer: 'https://lake.example/' };
const lake = `
version: 1
vo: escape
groups: [{ path: /escape }, { path: /escape/cta }]
accounts:
  - { username: ada, email: ada@uni.example, groups: [/escape, { path: /escape/cta, until: 2026-12-12T12:00:00Z }] }
`;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(database.db, lake, { clock });
});
afterAll(() => database?.drop());

const mails = () =>
  database.db.selectFrom('outbox').select(['kind', 'recipient']).where('kind', 'like', 'group.%').execute();
const ends = () =>
  database.db.selectFrom('membership_history').select(['group_path', 'change']).where('change', '=', 'ended').execute();

test('reminders come thirty and seven days before an end, the end itself is noted once, by two processes at a time', async () => {
  const life = createGroupLife(database.db, clock, place);
  const round = async () => {
    await Promise.all([life.purge(now), life.purge(now)]);
    await life.purge(now);
  };
  await round();
  expect(await mails()).toEqual([{ kind: expect.stringContaining('group.'), recipient: 'ada@uni.example' }]);
  now = start + 14 * day;
  await round();
  expect(await mails()).toHaveLength(2);
  expect(await ends()).toEqual([]);
  now = start + 21 * day;
  await round();
  expect(await mails()).toHaveLength(2);
  expect(await ends()).toEqual([{ group_path: '/escape/cta', change: 'ended' }]);
  const feed = await database.db.selectFrom('changes').selectAll().where('change', '=', 'ended').execute();
  expect(feed).toHaveLength(1);
});

test('a request that nobody decided expires', async () => {
  const { db } = database;
  const account = await db.selectFrom('accounts').select('id').executeTakeFirstOrThrow();
  const group = await db.selectFrom('groups').select('id').where('path', '=', '/escape').executeTakeFirstOrThrow();
  await db
    .insertInto('group_requests')
    .values({
      account_id: account.id,
      group_id: group.id,
      kind: 'join',
      created_at: new Date(now),
      expires_at: new Date(now + day),
    })
    .execute();
  const state = async () => (await db.selectFrom('group_requests').select('state').execute()).map((row) => row.state);
  const life = createGroupLife(db, clock, place);
  await life.purge(now);
  expect(await state()).toEqual(['pending']);
  now += day;
  expect(await life.purge(now)).toBe(1);
  expect(await state()).toEqual(['expired']);
});
