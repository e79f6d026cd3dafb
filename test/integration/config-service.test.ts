/** `sluice config SERVICE` asks the database when no lake file is named. */
import { applyCommand } from '../../src/cli/apply.ts';
import { configCommand } from '../../src/cli/config.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await runCommand(database.url, applyCommand, ['examples/escape.yaml']);
});
afterAll(() => database.drop());

test.each([
  ['xrootd', '--storage', 'LOCAL-XROOTD', '--map-groups'],
  ['dcache', '--storage', 'PIC-DCACHE'],
  ['rucio', '--client', 'rucio'],
  ['oidc-agent', '--client', 'cli'],
])('%s: the database says what its lake file says', async (...args) => {
  const issuer = ['--issuer', 'https://issuer.example.org/'];
  const fromDatabase = await runCommand(database.url, configCommand, [...args, ...issuer]);
  const fromFile = await runCommand(database.url, configCommand, [
    ...args,
    ...issuer,
    '--lake',
    'examples/escape.yaml',
  ]);
  expect(fromDatabase).toEqual(fromFile);
  expect(fromDatabase).toMatchObject({ status: 0, stdout: expect.stringContaining('https://issuer.example.org/') });
});

test('a client that is suspended is not known', async () => {
  await runCommand(database.url, applyCommand, ['-'], 'version: 1\nclients: [{ clientId: fts, state: suspended }]\n');
  await expect(runCommand(database.url, configCommand, ['fts', '--client', 'fts'])).rejects.toThrow(
    /^client `fts` not known/,
  );
});
