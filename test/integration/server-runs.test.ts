/** A start tells from the table of server processes which of them crashed, and marks that in the issue log (issue: the token). */
import { hostname } from 'node:os';
import { beginServerRun } from '../../src/storage/server-runs.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const id = '5a1e0000-0000-4000-8000-00000000000a';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

async function startAfter(run: { host: string; pid: number; silentSeconds: number; ended?: boolean }) {
  const alive = new Date(now - run.silentSeconds * 1000);
  await database.db
    .insertInto('server_runs')
    .values({
      id,
      host: run.host,
      pid: run.pid,
      started_at: alive,
      alive_at: alive,
      ended_at: run.ended ? alive : null,
    })
    .execute();
  const own = await beginServerRun(database.db, () => now);
  await own.close();
  const rows = await database.db.selectFrom('issue_log').select(['event', 'detail']).execute();
  return rows.map(({ event, detail }) => ({ event, run: (detail as { run: string }).run }));
}

const gap = [{ event: 'gap', run: id }];
/** The process that started this one: alive, and not this one. */
const otherPid = process.ppid;
const deadPid = 2 ** 22 + 1;

test.each([
  ['a process of this machine that is gone', { host: hostname(), pid: deadPid, silentSeconds: 1 }],
  ['one whose number another process has by now', { host: hostname(), pid: otherPid, silentSeconds: 60 }],
  ['one with the number of the new one, as in a container', { host: hostname(), pid: process.pid, silentSeconds: 1 }],
  ['one of another machine that fell silent', { host: 'elsewhere', pid: 1, silentSeconds: 60 }],
])('a start marks a gap after %s', async (_, run) => {
  expect(await startAfter(run)).toEqual(gap);
});

test.each([
  ['lives on this machine', { host: hostname(), pid: otherPid, silentSeconds: 1 }],
  ['lives on another machine', { host: 'elsewhere', pid: 1, silentSeconds: 5 }],
  ['ended in order', { host: hostname(), pid: deadPid, silentSeconds: 60, ended: true }],
])('a start marks none for a process that %s', async (_, run) => {
  expect(await startAfter(run)).toEqual([]);
});
