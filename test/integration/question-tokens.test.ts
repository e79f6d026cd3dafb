/** Which tokens are still out (policy-semantics 8): found in the issue log, over midnight, at every storage, and only while they live. */
import { sql } from 'kysely';
import { createLiveTokens } from '../../src/storage/live-tokens.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeIssueLog } from '../support/issue-log-entry.ts';
import { applyLakeText } from '../support/lake.ts';
import { answered, questionsAt } from '../support/questions.ts';

let database: TestDatabase;
const now = Date.parse('2027-03-02T00:20:00Z');
const at = (time: string) => Date.parse(`2027-03-0${time}Z`);
const ada = '5a1e0000-0000-4000-8000-0000000000aa';

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await applyLakeText(
    db,
    `
version: 1
accounts: [{ id: ${ada}, username: ada }]
storages:
  - { name: DCACHE, audience: dcache, matching: segment, mounts: [{ path: /pnfs, at: / }] }
  - { name: STORM, audience: storm, aliases: [storm-alias], matching: string, mounts: [{ path: /gpfs, at: /data }] }
  - { name: OLD, audience: old, matching: prefix }
`,
  );
  const token = (jti: string, audience: string[], issued: string, more = {}) => ({
    jti,
    audience,
    issued,
    at: at('2T00:00:00'),
    expiresAt: at('2T01:00:00'),
    ...more,
  });
  await writeIssueLog(db, [
    token('exact', ['dcache'], 'storage.read:/pnfs/data/p1', { subject: ada, clientId: 'cli' }),
    token('yesterday', ['dcache'], 'storage.read:/pnfs/data', { at: at('1T23:30:00'), expiresAt: at('2T00:30:00') }),
    token('below', ['dcache'], 'openid storage.modify:/pnfs/data/p1/raw storage.read:/pnfs/other'),
    token('sibling', ['dcache'], 'storage.read:/pnfs/data/p10'),
    token('string-sibling', ['storm-alias'], 'storage.read:/gpfs/p storage.stage:/gpfs/p1/'),
    token('slash', ['storm'], 'storage.read:/gpfs/p/'),
    token('prefix', ['old'], 'storage.read:/dat'),
    token('anywhere', [], 'storage.read:/data/p1/x'),
    token('elsewhere', ['dcache'], 'storage.read:/gpfs/p1'),
    token('pages', ['dcache'], 'openid profile'),
    token('expired', ['dcache'], 'storage.read:/pnfs', { expiresAt: now }),
    token('revoked', ['dcache'], 'storage.read:/pnfs'),
    token('future', ['dcache'], 'storage.read:/pnfs', { at: now + 1000, expiresAt: now + 3600_000 }),
    { ...token('refused', ['dcache'], ''), event: 'refused', jti: null, requested: 'storage.read:/pnfs' },
  ]);
  await db
    .insertInto('revoked_access_tokens')
    .values({ jti: 'revoked', expires_at: new Date(at('2T01:00:00')) })
    .execute();
});
afterAll(() => database.drop());

const questions = () => questionsAt(database.db, () => now);

describe('tokens that are out', () => {
  test('every live token that some verifier would let into the path is found, and no other', async () => {
    const answer = await answered(questions().tokens({ path: '/data/p1' }));
    expect(answer.tokens.map(({ jti }) => jti)).toEqual([
      'anywhere',
      'below',
      'exact',
      'prefix',
      'string-sibling',
      'yesterday',
    ]);
    expect(answer).toMatchObject({ total: 6, latestExpiry: '2027-03-02T01:00:00Z', next: null });
    expect(answer.tokens.map(({ scopes }) => scopes)).toEqual([
      [{ scope: 'storage.read:/data/p1/x', reach: 'part', storages: [null, 'OLD'] }],
      [{ scope: 'storage.modify:/pnfs/data/p1/raw', reach: 'part', storages: ['DCACHE'] }],
      [{ scope: 'storage.read:/pnfs/data/p1', reach: 'whole', storages: ['DCACHE'] }],
      [{ scope: 'storage.read:/dat', reach: 'whole', storages: ['OLD'] }],
      [
        { scope: 'storage.read:/gpfs/p', reach: 'whole', storages: ['STORM'] },
        { scope: 'storage.stage:/gpfs/p1/', reach: 'whole', storages: ['STORM'] },
      ],
      [{ scope: 'storage.read:/pnfs/data', reach: 'whole', storages: ['DCACHE'] }],
    ]);
  });

  test('the holder is named: an account by its username too, a client acting for itself by its id', async () => {
    const { tokens } = await answered(questions().tokens({ path: '/data/p1' }));
    const find = (jti: string) => tokens.find((token) => token.jti === jti);
    expect(find('exact')).toMatchObject({
      subject: ada,
      username: 'ada',
      client: 'cli',
      audiences: ['dcache'],
      issuedAt: '2027-03-02T00:00:00Z',
      expiresAt: '2027-03-02T01:00:00Z',
    });
    expect(find('yesterday')).toMatchObject({ subject: 'catalogue', username: null, client: 'catalogue' });
  });

  test('an operation leaves only the scopes that a verifier lets do it', async () => {
    const answer = await answered(questions().tokens({ path: '/data/p1', operation: 'create' }));
    expect(answer.tokens.map(({ jti }) => jti)).toEqual(['below']);
    const poll = await answered(questions().tokens({ path: '/data/p1', operation: 'poll' }));
    expect(poll.tokens.map(({ jti }) => jti)).toEqual(['below', 'string-sibling']);
  });

  test('pieces follow one another, the longest-lived first', async () => {
    const found: string[] = [];
    let after: string | null | undefined;
    do {
      const piece = await answered(questions().tokens({ path: '/data/p1', limit: 2, after }));
      expect(piece.total).toBe(6);
      expect(piece.tokens.length).toBeLessThanOrEqual(2);
      found.push(...piece.tokens.map(({ jti }) => jti));
      after = piece.next;
    } while (after);
    expect(found).toEqual(['anywhere', 'below', 'exact', 'prefix', 'string-sibling', 'yesterday']);
  });

  test('a count may be asked of some holders only', async () => {
    const live = createLiveTokens(database.db);
    const query = { path: '/data/p1', at: now };
    expect(await live.count({ ...query, subjects: [ada] })).toEqual({ count: 1, latestExpiry: at('2T01:00:00') });
    expect(await live.count({ ...query, subjects: [] })).toEqual({ count: 0, latestExpiry: null });
    expect(await live.count({ ...query, at: at('1T23:45:00') })).toEqual({ count: 1, latestExpiry: at('2T00:30:00') });
  });

  test('where nothing was issued for days nothing is out', async () => {
    const quiet = questionsAt(database.db, () => Date.parse('2027-04-01T00:00:00Z'));
    expect(await answered(quiet.tokens({ path: '/' }))).toMatchObject({ total: 0, latestExpiry: null, tokens: [] });
  });

  test.each([
    [{ path: 'data' }, '`data` is not a path'],
    [{ path: '/', operation: 'own' }, 'action `own` not known'],
    [{ path: '/', after: '12' }, '`12` is not where a piece ends'],
    [{ path: '/', limit: 1001 }, 'limit `1001` not accepted'],
  ])('%j is a fault of the question', async (question, message) => {
    expect(await questions().tokens(question)).toMatchObject({
      ok: false,
      error: { kind: 'malformed', message: expect.stringContaining(message) },
    });
  });
});

describe('tokens that are out, among very many', () => {
  const busy = Date.parse('2027-05-01T12:00:00Z');

  beforeAll(async () => {
    await sql`CREATE TABLE issue_log_20270501 PARTITION OF issue_log FOR VALUES FROM ('2027-05-01') TO ('2027-05-02')`.execute(
      database.db,
    );
    // Half of the day has passed; a token lives an hour, and thousands of them are for paths of their own.
    await sql`INSERT INTO issue_log (at, event, jti, subject, client_id, audience, issued, expires_at)
      SELECT at, 'issued', 'many-' || n, 'mover', 'mover', '{dcache}',
        'storage.read:/pnfs/home/u' || n % 8000, at + interval '1 hour'
      FROM generate_series(1, 240000) AS n, LATERAL (SELECT timestamptz '2027-05-01T00:00:00Z' + n * interval '180 ms' AS at) AS times`.execute(
      database.db,
    );
  });

  test('each search takes no more than seconds, whether it finds one, all or none', async () => {
    const live = createLiveTokens(database.db);
    for (const [path, count] of [
      ['/home/u77', 2],
      ['/', 20_000],
      ['/other', 0],
    ] as const) {
      const start = performance.now();
      const found = await live.find({ path, at: busy }, { limit: 10 });
      expect({ path, count: found.count, told: found.tokens.length }).toEqual({
        path,
        count,
        told: Math.min(count, 10),
      });
      expect(performance.now() - start).toBeLessThan(8000);
    }
  });
});
