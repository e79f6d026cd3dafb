/** One-time and recovery codes over HTTP, without script: set up, asked for, used once, guessed slowly. */
import { resealOneTimeCodes } from '../../src/authentication/reseal.ts';
import { createSecretSealer } from '../../src/keys/seal.ts';
import { createFactorStore } from '../../src/storage/second-factors.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type App, forgetFactors, recoveryCodesOn, setUpCodes, signIn } from '../support/second-factor.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ instances: 2 });
});
afterAll(() => issuer.close());

afterEach(() => forgetFactors(issuer));

async function withCodes(): Promise<{ agent: UserAgent; app: App; recoveryCodes: readonly string[] }> {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  return { agent, ...(await setUpCodes(issuer, agent)) };
}

const asksForCode = (page: Page) => page.url.pathname === '/login/second-factor' && page.html.includes('name="code"');
const isIn = async (agent: UserAgent) => (await agent.get(`${issuer.url}account/security`)).status === 200;

test('who has set up codes is asked for one at every login, and is in only after it', async () => {
  const { app } = await withCodes();
  const agent = new UserAgent();
  const page = await signIn(issuer, agent);
  expect(asksForCode(page)).toBe(true);
  expect(await isIn(agent)).toBe(false);
  expect((await agent.submit(page, '/code', { code: app.code() })).status).toBe(303);
  expect(await isIn(agent)).toBe(true);
});

test('a code counts once, in all processes, and an older one after a newer one not at all (BF-07)', async () => {
  const { app } = await withCodes();
  const older = app.code();
  issuer.clock.advance(30);
  const newer = app.code();
  const [one, two] = [new UserAgent(), new UserAgent()];
  const pages = [await signIn(issuer, one), await signIn(issuer, two)] as const;
  const answers = await Promise.all([
    one.submit(pages[0], '/code', { code: newer }),
    two.submit(pages[1], '/code', { code: newer }),
  ]);
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 422]);
  const third = new UserAgent();
  expect((await third.submit(await signIn(issuer, third), '/code', { code: older })).status).toBe(422);
});

test('guesses of codes wait after five, each time longer, and the right one is in after the wait (BF-07)', async () => {
  const { app } = await withCodes();
  const agent = new UserAgent();
  const page = await signIn(issuer, agent);
  const found: number[] = [];
  for (let count = 0; count < 10; count += 1) {
    found.push((await agent.submit(page, '/code', { code: '000000' })).status);
  }
  expect(found).toEqual([422, 422, 422, 422, 422, 429, 429, 429, 429, 429]);
  const delayed = await agent.submit(page, '/code', { code: app.code() });
  expect([delayed.status, delayed.headers.get('retry-after')]).toEqual([429, '30']);
  issuer.clock.advance(30);
  expect((await agent.submit(page, '/code', { code: app.code() })).status).toBe(303);
});

test('ten recovery codes are shown once, each signs in once however it is typed, and new ones replace them', async () => {
  const { agent, recoveryCodes } = await withCodes();
  expect(new Set(recoveryCodes).size).toBe(10);
  expect(recoveryCodesOn(await agent.get(`${issuer.url}account/security`))).toEqual([]);
  const [first = '', second = ''] = recoveryCodes;
  const enter = async (code: string) => {
    const other = new UserAgent();
    return (await other.submit(await signIn(issuer, other), '/code', { code })).status;
  };
  expect(await enter(first.toUpperCase().replaceAll('-', ' '))).toBe(303);
  expect(await enter(first)).toBe(422);
  const page = await agent.get(`${issuer.url}account/security`);
  expect(page.html).toContain('9 codes are left');
  const renewed = recoveryCodesOn(await agent.submit(page, '/recovery-codes'));
  expect(renewed).toHaveLength(10);
  expect(await enter(second)).toBe(422);
  expect(await enter(renewed[0] ?? '')).toBe(303);
});

test('neither the key nor a recovery code can be read from the database or the log', async () => {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  const page = await agent.get(`${issuer.url}account/security/one-time-code`);
  const key = /<code>([A-Z2-7 ]{30,})<\/code>/.exec(page.html)?.[1]?.replaceAll(' ', '') ?? '';
  const { recoveryCodes } = await setUpCodes(issuer, agent);
  const { db } = issuer.database;
  const tables = ['one_time_codes', 'recovery_codes', 'tickets', 'outbox', 'audit_log', 'changes'] as const;
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()));
  const kept = JSON.stringify([rows, issuer.logLines()]);
  expect(kept).toContain('one-time-code.added');
  for (const secret of [key, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))]) {
    expect(secret.length).toBeGreaterThan(11);
    expect(kept).not.toContain(secret);
  }
});

test('the keys go under a new secret, and the old one can be taken away', async () => {
  const { app } = await withCodes();
  const [older, newer] = ['a-keys-secret-for-tests-of-some-length', 'another-keys-secret-of-some-length-too'];
  const store = createFactorStore(issuer.database.db, async () => 1);
  expect(await resealOneTimeCodes(store, createSecretSealer([newer]))).toEqual({ sealed: 0, lost: 1 });
  expect(await resealOneTimeCodes(store, createSecretSealer([newer, older]))).toEqual({ sealed: 1, lost: 0 });
  expect(await resealOneTimeCodes(store, createSecretSealer([newer]))).toEqual({ sealed: 0, lost: 0 });
  const agent = new UserAgent();
  const page = await signIn(issuer, agent);
  // This server has the old secret alone.
  expect((await agent.submit(page, '/code', { code: app.code() })).status).toBe(422);
});

test('the change is told by mail and in the audit log, and removing the codes ends the second step', async () => {
  const { agent } = await withCodes();
  const page = await agent.get(`${issuer.url}account/security`);
  await agent.submit(page, '/one-time-code/remove');
  const { db } = issuer.database;
  const mails = await db.selectFrom('outbox').select(['recipient', 'kind', 'data']).orderBy('id').execute();
  expect(mails).toMatchObject([
    { recipient: 'alice@example.org', kind: 'account.security', data: { what: 'one-time-code-added' } },
    { recipient: 'alice@example.org', kind: 'account.security', data: { what: 'one-time-code-removed' } },
  ]);
  const entries = await db
    .selectFrom('audit_log')
    .select(['action', 'actor', 'object_kind'])
    .where('action', 'like', 'one-time-code.%')
    .orderBy('id')
    .execute();
  expect(entries.slice(-2)).toMatchObject([
    { action: 'one-time-code.added', actor: 'user:alice', object_kind: 'account' },
    { action: 'one-time-code.removed', actor: 'user:alice', object_kind: 'account' },
  ]);
  const other = new UserAgent();
  await signIn(issuer, other);
  expect(await isIn(other)).toBe(true);
});

test('a wrong code at the set-up shows the same key again, and nothing is set up', async () => {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  const page = await agent.get(`${issuer.url}account/security/one-time-code`);
  const again = await agent.submit(page, '/one-time-code', { code: '000000' });
  const keyOn = ({ html }: Page) => /<code>([A-Z2-7 ]{30,})<\/code>/.exec(html)?.[1];
  expect([again.status, keyOn(again)]).toEqual([422, keyOn(page)]);
  expect(await issuer.database.db.selectFrom('one_time_codes').selectAll().execute()).toEqual([]);
});

test('the forms of the step are refused to another browser and to another site', async () => {
  const { app } = await withCodes();
  const agent = new UserAgent();
  const page = await signIn(issuer, agent);
  const stranger = new UserAgent();
  await signIn(issuer, stranger, 'bob');
  expect((await stranger.submit(page, '/code', { code: app.code() })).status).toBe(400);
  expect((await agent.submit(page, '/code', { code: app.code(), csrf: 'another' })).status).toBe(403);
  expect(await isIn(agent)).toBe(false);
});

test('how one signs in is changed only within a quarter of an hour after a login', async () => {
  const agent = new UserAgent();
  await signIn(issuer, agent);
  const page = await agent.get(`${issuer.url}account/security/one-time-code`);
  issuer.clock.advance(16 * 60);
  expect((await agent.get(`${issuer.url}account/security`)).status).toBe(200);
  for (const path of ['one-time-code', 'passkey', 'password']) {
    const sent = await agent.get(`${issuer.url}account/security/${path}`);
    expect(sent.location?.searchParams.get('to')).toBe(`/account/security/${path}`);
  }
  const late = await agent.submit(page, '/one-time-code', { code: '000000' });
  expect(late.location?.pathname).toBe('/login');
});
