/** A write answers after all live server processes decide by it, or after a second (src/storage/confirm-everywhere.ts). */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { createWriteConfirmation } from '../../src/storage/confirm-everywhere.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const version = 10;

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

interface Process {
  readonly confirmed: number | null;
  readonly silentSeconds?: number;
  readonly ended?: boolean;
}

async function insertProcess({ confirmed, silentSeconds = 0, ended = false }: Process): Promise<string> {
  const id = randomUUID();
  await sql`INSERT INTO server_runs (id, host, pid, started_at, alive_at, ended_at, confirmed_version, confirmed_at)
    VALUES (${id}, 'elsewhere', 1, now(), now(), ${ended ? new Date() : null}, ${confirmed},
      clock_timestamp() - ${silentSeconds} * interval '1 second')`.execute(database.db);
  return id;
}

const confirm = (id: string, confirmed: number) =>
  database.db.updateTable('server_runs').set({ confirmed_version: confirmed }).where('id', '=', id).execute();

const end = (id: string) =>
  database.db.updateTable('server_runs').set({ ended_at: new Date() }).where('id', '=', id).execute();

/** So long that a test which waits to the end fails by its own time limit. */
const patient = { waitMs: 60_000 };
const impatient = { waitMs: 20 };

test.each<[string, Process[]]>([
  ['there is no other process', []],
  ['all have its version', [{ confirmed: version }, { confirmed: version + 1 }]],
  ['a process that is behind has ended', [{ confirmed: 1, ended: true }]],
  ['a process that is behind was silent for long', [{ confirmed: 1, silentSeconds: 6 }]],
])('a write answers at once when %s', async (_, processes) => {
  for (const one of processes) await insertProcess(one);
  expect(await createWriteConfirmation(database.connection, patient).confirmEverywhere(version)).toBe(true);
});

test.each<[string, Process]>([
  ['is behind', { confirmed: version - 1 }],
  ['has not read the rules yet', { confirmed: null }],
  ['was silent for a short time', { confirmed: version - 1, silentSeconds: 3 }],
])('a write waits no longer than it may for a process that %s', async (_, one) => {
  await insertProcess(one);
  expect(await createWriteConfirmation(database.connection, impatient).confirmEverywhere(version)).toBe(false);
});

test('a write answers when the last process that was behind has its version', async () => {
  const [one, other] = [await insertProcess({ confirmed: 1 }), await insertProcess({ confirmed: 1 })];
  const { listening, listened } = observedListening();
  const answer = createWriteConfirmation(listening, patient).confirmEverywhere(version);
  await listened;
  let answered = false;
  void answer.then(() => {
    answered = true;
  });
  await confirm(one, version);
  expect(answered).toBe(false);
  await confirm(other, version);
  expect(await answer).toBe(true);
});

test('a write answers when the process that was behind ends', async () => {
  const id = await insertProcess({ confirmed: 1 });
  const { listening, listened } = observedListening();
  const answer = createWriteConfirmation(listening, patient).confirmEverywhere(version);
  await listened;
  await end(id);
  expect(await answer).toBe(true);
});

test('a process that cannot bring itself up to date takes the whole second, and the write stands', async () => {
  const own = async () => {
    throw new Error('no answer');
  };
  expect(await createWriteConfirmation(database.connection, { ...impatient, own }).confirmEverywhere(version)).toBe(
    false,
  );
});

function observedListening() {
  const listened = Promise.withResolvers<void>();
  const listening = {
    db: database.db,
    listen: async (channel: string, onNotify: () => void) => {
      const listener = await database.connection.listen(channel, onNotify);
      listened.resolve();
      return listener;
    },
  };
  return { listening, listened: listened.promise };
}
