/** Notifications reach every process, also over a broken connection (src/storage/listen.ts). */
import { sql } from 'kysely';
import { createTestDatabase } from '../support/database.ts';

test('a notification is heard, and a broken connection is made again and counts as one', async () => {
  const { connection, db, drop } = await createTestDatabase();
  let heard = Promise.withResolvers<void>();
  const listener = await connection.listen('sluice_test', () => heard.resolve());

  await sql`NOTIFY sluice_test`.execute(db);
  await heard.promise;

  heard = Promise.withResolvers();
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'sluice listen' AND datname = current_database()`.execute(db);
  await heard.promise;

  heard = Promise.withResolvers();
  await sql`NOTIFY sluice_test`.execute(db);
  await heard.promise;
  await listener.close();
  await drop();
});

test('the pool tells how many connections it has', async () => {
  const { connection, db, drop } = await createTestDatabase();
  await sql`SELECT 1`.execute(db);
  expect(connection.poolCounts()).toEqual({ total: 1, idle: 1, waiting: 0 });
  await drop();
});
