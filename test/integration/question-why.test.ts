/** Why a token is as it is, and what became of the rules since (policy-semantics 8). */
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeIssueLog } from '../support/issue-log-entry.ts';
import { applyLakeText } from '../support/lake.ts';
import { answered, questionsAt } from '../support/questions.ts';

let database: TestDatabase;
const ada = '5a1e0000-0000-4000-8000-0000000000aa';
const issuedAt = Date.parse('2027-03-02T00:00:00Z');
const now = issuedAt + 3600_000;
let version: number;

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await applyLakeText(
    db,
    `
version: 1
accounts: [{ id: ${ada}, username: ada }]
grants:
  - { id: ada-read, subject: "user:ada", actions: [read], path: /data }
  - { id: both, subject: "user:ada", actions: [read], path: /both }
embargoes:
  - { id: p1, path: /data/p1, until: 2030-01-01T00:00:00Z, parties: [{ subject: "user:ada", actions: [read] }] }
`,
  );
  version = Number((await db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow()).version);
  const refusal = {
    event: 'refused' as const,
    subject: ada,
    clientId: 'cli',
    requested: 'storage.read:/x',
    flow: 'refresh',
  };
  await writeIssueLog(db, [
    {
      jti: 'token-1',
      at: issuedAt,
      subject: ada,
      clientId: 'cli',
      flow: 'device',
      audience: ['one', 'two'],
      requested: 'storage.read:/data storage.modify:/data wlcg.groups',
      issued: 'storage.read:/data',
      refused: [
        { scope: 'storage.modify:/data', reason: 'no-grant' },
        { scope: 'wlcg.groups', reason: 'client-scope' },
      ],
      because: ['ada-read', 'p1', 'gone'],
      policyVersion: version,
      expiresAt: issuedAt + 1200_000,
      cap: { at: issuedAt + 1200_000, kind: 'embargo-lifetime', rule: 'p1' },
      parent: 'token-0',
      exchangeRule: 'movers notebooks',
    },
    ...[0, 1, 2].map((n) => ({
      ...refusal,
      at: issuedAt + n * 1000,
      refused: [{ scope: 'storage.read:/x', reason: 'embargoed' as const }],
      because: ['p1'],
      policyVersion: version,
    })),
    { ...refusal, at: issuedAt, subject: 'catalogue', clientId: 'catalogue' },
    { ...refusal, at: issuedAt - 2 * 86_400_000 },
  ]);
});
afterAll(() => database.drop());

const questions = () => questionsAt(database.db, () => now);

describe('why', () => {
  test('a token is explained by what was asked, what was issued, the rules, and what set its end', async () => {
    const answer = await answered(questions().why({ jti: 'token-1' }));
    expect(answer).toMatchObject({
      event: 'issued',
      at: '2027-03-02T00:00:00Z',
      jti: 'token-1',
      subject: ada,
      username: 'ada',
      client: 'cli',
      flow: 'device',
      audiences: ['one', 'two'],
      requested: ['storage.read:/data', 'storage.modify:/data', 'wlcg.groups'],
      issued: ['storage.read:/data'],
      policyVersion: version,
      expiresAt: '2027-03-02T00:20:00Z',
      cappedBy: { kind: 'embargo-lifetime', rule: 'p1' },
      parentJti: 'token-0',
      exchangeRules: ['movers', 'notebooks'],
      revoked: false,
    });
    expect(answer.refused).toEqual([
      { scope: 'storage.modify:/data', reason: 'no-grant', meaning: 'no grant gives this action here' },
      { scope: 'wlcg.groups', reason: 'client-scope', meaning: 'not among the scopes of the client' },
    ]);
    expect(answer.rules).toEqual([
      { id: 'ada-read', kind: 'grant', version: 1, path: '/data', changes: [] },
      { id: 'p1', kind: 'embargo', version: 1, path: '/data/p1', changes: [] },
      { id: 'gone', kind: 'unknown', version: null, path: null, changes: [] },
    ]);
  });

  test('rules that changed or went away since are told with who, when and why', async () => {
    const { db } = database;
    const { sql } = await import('kysely');
    await db.transaction().execute(async (trx) => {
      await sql`SELECT set_config('sluice.actor', 'user:dana', true), set_config('sluice.reason', 'early paper', true)`.execute(
        trx,
      );
      await trx.updateTable('embargoes').set({ state: 'released' }).where('id', '=', 'p1').execute();
    });
    await db.deleteFrom('grants').where('id', '=', 'ada-read').execute();
    await db
      .insertInto('revoked_access_tokens')
      .values({ jti: 'token-1', expires_at: new Date(now) })
      .execute();
    const answer = await answered(questions().why({ jti: 'token-1' }));
    expect(answer.revoked).toBe(true);
    expect(answer.rules.slice(0, 2)).toMatchObject([
      { id: 'ada-read', version: 1, path: '/data', changes: [{ version: 2, change: 'removed', reason: null }] },
      {
        id: 'p1',
        version: 1,
        changes: [{ version: 2, change: 'released', actor: 'user:dana', reason: 'early paper' }],
      },
    ]);
  });

  test.each(['token-2', '', 'a\0b'])('no token has the jti %j', async (jti) => {
    expect(await questions().why({ jti })).toMatchObject({ ok: false, error: { kind: 'not-found' } });
  });
});

describe('refusals', () => {
  test.each(['ada', ada])('those of %s within the last day are listed, newest first', async (subject) => {
    const answer = await answered(questions().refusals({ subject }));
    expect(answer.entries.map(({ at }) => at)).toEqual([
      '2027-03-02T00:00:02Z',
      '2027-03-02T00:00:01Z',
      '2027-03-02T00:00:00Z',
    ]);
    expect(answer.entries[0]).toMatchObject({
      event: 'refused',
      jti: null,
      username: 'ada',
      flow: 'refresh',
      refused: [{ scope: 'storage.read:/x', reason: 'embargoed', meaning: 'closed by an embargo' }],
      rules: [{ id: 'p1', kind: 'embargo', version: 1 }],
    });
    expect(answer.next).toBeNull();
  });

  test('pieces follow one another, and a window and a client may be named', async () => {
    const first = await answered(questions().refusals({ client: 'cli', limit: 2 }));
    expect(first.entries).toHaveLength(2);
    const second = await answered(questions().refusals({ client: 'cli', limit: 2, after: first.next }));
    expect(second.entries.map(({ at }) => at)).toEqual(['2027-03-02T00:00:00Z']);
    expect(second.next).toBeNull();
    const window = { from: issuedAt + 1000, until: issuedAt + 2000 };
    expect((await answered(questions().refusals({ client: 'cli', ...window }))).entries).toHaveLength(1);
    expect((await answered(questions().refusals({ from: 0 }))).entries).toHaveLength(5);
    expect((await answered(questions().refusals({ subject: 'nobody' }))).entries).toEqual([]);
  });

  test('a cursor that no answer gave is a fault of the question', async () => {
    expect(await questions().refusals({ after: 'x' })).toMatchObject({ ok: false, error: { kind: 'malformed' } });
  });
});
