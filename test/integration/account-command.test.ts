/** `sluice account` on the command line. */
import { accountCommand } from '../../src/cli/account.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';
import { insertRefreshChain, isChainRevoked } from '../support/refresh-chain.ts';

let database: TestDatabase;
const run = (...args: string[]) => runCommand(database.url, accountCommand, args);

beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(
    database.db,
    `version: 1
vo: vo
groups: [{ path: /vo }]
accounts:
  - { username: root, id: r, roles: [admin] }
  - { username: ada, id: a, name: Ada Lovelace, email: ada@x.example, groups: [/vo], endsAt: 2040-01-01T00:00:00Z }
clients: [{ clientId: portal }]
`,
  );
});
afterAll(() => database.drop());

test('lists and shows accounts', async () => {
  expect((await run('list')).stdout).toBe(
    'a\tada\tAda Lovelace\tada@x.example\tactive\t2040-01-01T00:00:00Z\nr\troot\t-\t-\tactive\t-\n',
  );
  expect((await run('list', '--search', 'LOVE')).stdout.split('\n')).toHaveLength(2);
  const { stdout } = await run('show', 'ada');
  expect(stdout).toContain('groups:         /vo\n');
  expect(JSON.parse((await run('export', 'ada')).stdout).account).toMatchObject({ username: 'ada' });
  expect(await run('show', 'nobody')).toMatchObject({
    status: 1,
    stderr: 'sluice account: there is no account of this name\n',
  });
});

test('suspends, restores and removes, with a reason, but never the last administrator', async () => {
  await insertRefreshChain(database.db, Date.now() - 1000, { token: 'one', accountId: 'a', scope: 'openid' });
  expect(await run('suspend', 'ada', '--reason', 'left')).toMatchObject({
    status: 0,
    stdout: 'ada (a) is suspended\n',
  });
  expect(await isChainRevoked(database.db, 'one')).toBe(true);
  expect((await run('show', 'ada')).stdout).toMatch(/^state: +suspended since \S+Z: left$/m);
  expect((await run('suspend', 'ada', '--reason', 'again')).stderr).toContain('suspended already');
  expect((await run('restore', 'ada', '--reason', 'back')).status).toBe(0);
  expect((await run('remove', 'ada', '--reason', 'asked for it')).stdout).toBe('ada (a) is removed\n');
  expect((await run('suspend', 'root', '--reason', 'r')).stderr).toContain('the last active administrator');
  const rows = await database.db
    .selectFrom('audit_log')
    .select(['action', 'actor', 'reason'])
    .where('action', '<>', 'account.created')
    .orderBy('id')
    .execute();
  expect(rows).toEqual([
    { action: 'account.suspended', actor: 'operator', reason: 'left' },
    { action: 'account.restored', actor: 'operator', reason: 'back' },
    { action: 'account.removed', actor: 'operator', reason: 'asked for it' },
  ]);
});

test.each([[['drop', 'ada']], [['suspend', 'ada']], [['suspend']], [['list', 'a', 'b']]])(
  'refuses wrong usage: %j',
  async (args) => {
    await expect(run(...args)).rejects.toThrow(/expected/);
  },
);
