/** `sluice config SERVICE` as the command line runs it, with a lake file. */
import { configCommand } from '../../../src/cli/config.ts';
import { runCommand } from './run-command.ts';

const lake = ['--lake', 'examples/escape.yaml', '--issuer', 'https://issuer.example.org/'];
const run = (...args: readonly string[]) => runCommand(configCommand, [...args, ...lake]);

test('prints every file below its name, and warnings on the standard error', async () => {
  const { status, stdout, stderr } = await run('storm', '--storage', 'CNAF-STORM');
  expect(status).toBe(0);
  expect(stdout.match(/^# ==> \S+: .* <==$/gm)).toHaveLength(2);
  expect(stderr).toMatch(/^warning: mount [^\n]*\n$/);
});

test('prints one file as it is used with --part', async () => {
  const { stdout } = await run('rucio', '--client', 'rucio', '--part', 'idpsecrets.json');
  expect(Object.keys(JSON.parse(stdout))).toEqual(['escape']);
  const { stdout: ini } = await run('xrootd', '--storage', 'LOCAL-XROOTD', '--part', 'scitokens.cfg');
  expect(ini).not.toContain('==>');
  expect(ini).toMatch(/^\[Global\]$/m);
});

test('takes the base path that the storage has', async () => {
  const { stdout } = await run('xrootd', '--storage', 'LOCAL-XROOTD', '--base-path', '/data/escape/');
  expect(stdout).toMatch(/^base_path = \/data\/escape$/m);
  expect(stdout).toMatch(/^all\.export \/data\/escape\/$/m);
});

test('reads a lake file from the standard input', async () => {
  const text = JSON.stringify({ version: 1, storages: [{ name: 'S', audience: 'https://s.example.org' }] });
  const args = ['storm', '--storage', 'S', '--lake', '-', '--issuer', 'https://issuer.example.org/'];
  expect((await runCommand(configCommand, args, { stdin: [text] })).stdout).toContain('- "https://s.example.org"');
});

test.each([
  [['xrotd', '--storage', 'X'], /service `xrotd` not known, did you mean `xrootd`\?/],
  [
    ['xrootd', '--storage', 'LOCAL-XROOTDD'],
    /storage `LOCAL-XROOTDD` not known, did you mean `LOCAL-XROOTD`\? .*`DESY-DCACHE`/,
  ],
  [['rucio', '--client', 'nobody'], /client `nobody` not known, expected one of .*`portal`/],
  [['rucio', '--client', 'rucio', '--part', 'x'], /part `x` not known, expected one of `idpsecrets.json`/],
  [['xrootd', '--client', 'rucio'], /expected `--storage NAME` for `xrootd`/],
  [['rucio'], /expected `--client ID` for `rucio`/],
  [['apache'], /expected `--storage NAME` or `--client ID` for `apache`/],
  [['apache', '--client', 'portal', '--storage', 'RUCIO'], /expected `--storage NAME` or `--client ID`/],
  [['xrootd', '--storage', 'LOCAL-XROOTD', '--base-path', 'escape'], /base path `escape` is not a path/],
  [['toString', '--storage', 'X'], /service `toString` not known/],
] as const)('refuses %j and says what was expected', async (args, message) => {
  await expect(run(...args)).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
});
