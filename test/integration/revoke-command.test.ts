/** `sluice revoke`: bulk revocation on the command line (issue: tokens as every lake service asks for them, section 4). */
import { revokeCommand } from '../../src/cli/revoke.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeIssueLog } from '../support/issue-log-entry.ts';
import { applyLakeText } from '../support/lake.ts';
import { insertRefreshChain, isChainRevoked } from '../support/refresh-chain.ts';

let database: TestDatabase;
const now = Date.now() - (Date.now() % 1000);
const iso = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');
const run = (...args: string[]) => runCommand(database.url, revokeCommand, args);

beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(
    database.db,
    'version: 1\nvo: vo\ngroups: [{ path: /vo }]\naccounts: [{ username: alice, id: a, groups: [/vo] }]\nclients: [{ clientId: portal }]\n',
  );
});
afterAll(() => database.drop());
beforeEach(async () => {
  const token = crypto.randomUUID();
  await insertRefreshChain(database.db, now - 1000, { token, accountId: 'a', scope: 'openid' });
  latest = token;
  await database.db.deleteFrom('issue_log').execute();
  await writeIssueLog(database.db, [
    { jti: token, at: now - 1000, subject: 'a', clientId: 'portal', expiresAt: now + 600_000 },
  ]);
});
let latest = '';

test('ends what is selected and says in one line what is still out', async () => {
  expect(await run('--user', 'alice', '--group', '/vo', '--reason', 'lost laptop')).toEqual({
    status: 0,
    stderr: '',
    stdout: `1 refresh chain ended, 1 access token denied; offline verifiers take them until ${iso(now + 600_000)} at the latest\n`,
  });
  expect(await isChainRevoked(database.db, latest)).toBe(true);
  const { actor, reason } = await database.db
    .selectFrom('audit_log')
    .selectAll()
    .where('action', '=', 'tokens.revoked')
    .executeTakeFirstOrThrow();
  expect([actor, reason]).toEqual(['operator', 'lost laptop']);
});

test('answers as JSON, and takes instants with their zone', async () => {
  const { stdout } = await run('--json', '--client', 'portal', '--issued-before', iso(now - 2000), '--reason', 'r');
  expect(JSON.parse(stdout)).toEqual({
    at: expect.any(String),
    refreshChains: 0,
    accessTokens: { count: 0, lastExpiry: null },
  });
  expect(await isChainRevoked(database.db, latest)).toBe(false);
});

test('refuses names that are not known, and a call without selection or reason', async () => {
  expect(await run('--user', 'nobody', '--client', 'none', '--reason', 'r')).toEqual({
    status: 1,
    stdout: '',
    stderr: 'sluice revoke: client `none` not known\nsluice revoke: user `nobody` not known\n',
  });
  expect(await run('--reason', 'r')).toMatchObject({ status: 1, stderr: expect.stringContaining('at least one of') });
  await expect(run('--user', 'alice')).rejects.toThrow('expected `--reason`');
  await expect(run('--user', 'alice', '--reason', 'r', '--issued-from', 'noon')).rejects.toThrow('`--issued-from`');
  expect(await isChainRevoked(database.db, latest)).toBe(false);
});
