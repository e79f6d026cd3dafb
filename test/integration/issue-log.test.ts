/** The issue log keeps what can be kept: no single entry holds up the others (src/storage/issue-log.ts). */
import type { IssueLogEntry } from '../../src/issuance/issue-log.ts';
import { createIssueLogWriter } from '../../src/storage/issue-log.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const entry = (jti: string, fields: Partial<IssueLogEntry> = {}): IssueLogEntry => ({
  at: Date.parse('2026-11-22T12:00:00Z'),
  event: 'issued',
  jti,
  subject: 'catalogue',
  clientId: 'catalogue',
  flow: 'client_credentials',
  parent: null,
  exchangeRule: null,
  audience: [],
  requested: 'storage.read:/magic',
  issued: 'storage.read:/magic',
  refused: [],
  because: [],
  policyVersion: 1,
  expiresAt: null,
  cap: null,
  address: null,
  ...fields,
});

/** Writes the entries in one batch; the rows of these jtis, and how many entries were given up. */
async function write(entries: readonly IssueLogEntry[]) {
  let lost = 0;
  const writer = createIssueLogWriter(database.db, (_error, count) => {
    lost += count;
  });
  for (const one of entries) writer.record(one);
  await writer.close();
  const rows = await database.db
    .selectFrom('issue_log')
    .select(['jti', 'requested'])
    .where(
      'jti',
      'in',
      entries.map(({ jti }) => jti),
    )
    .orderBy('jti')
    .execute();
  return { rows, lost };
}

test('a request that is cut in the middle of a character is written, with those beside it', async () => {
  const long = `${'a'.repeat(8191)}😀 more`;
  const { rows, lost } = await write([entry('cut-1'), entry('cut-2', { requested: long })]);
  expect(rows.map(({ jti }) => jti)).toEqual(['cut-1', 'cut-2']);
  expect(rows[1]?.requested).toHaveLength(8192);
  expect(lost).toBe(0);
});

test('an entry that the database cannot hold is given up and counted, and the others are written', async () => {
  const { rows, lost } = await write([entry('bad-1'), entry('bad-2', { address: 'a\0b' }), entry('bad-3')]);
  expect(rows.map(({ jti }) => jti)).toEqual(['bad-1', 'bad-3']);
  expect(lost).toBe(1);
});

test('what cannot be written before the end is counted as lost', async () => {
  const gone = await createTestDatabase();
  await gone.drop();
  let lost = 0;
  const writer = createIssueLogWriter(gone.db, (_error, count) => {
    lost += count;
  });
  writer.record(entry('end-1'));
  await writer.close();
  expect(lost).toBe(1);
});
