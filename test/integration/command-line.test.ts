/** The frame of the command line: help, wrong usage, faults, and the launcher on an old Node. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSluice, startProcess, type Variables } from '../support/server-process.ts';

let directory: string;
let settings: Variables;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  settings = { SLUICE_KEYS_DIR: join(directory, 'keys'), SLUICE_DATA_DIR: join(directory, 'var') };
});
afterAll(() => rm(directory, { recursive: true }));

test('help lists every command, and each has a help of its own', async () => {
  const { status, stdout } = await runSluice({}, '--help');
  expect(status).toBe(0);
  const names = [...stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name);
  expect(names).toEqual(
    expect.arrayContaining([
      'serve',
      'migrate',
      'config',
      'keys',
      'apply',
      'export',
      'schema',
      'explain',
      'verify',
      'authorize',
      'login',
    ]),
  );
  expect((await runSluice({}, 'keys', '--help')).stdout).toContain('Usage: sluice keys list');
});

test('a mistyped command is answered with the nearest one and status 2', async () => {
  expect(await runSluice({}, 'aply')).toMatchObject({
    status: 2,
    stderr: 'sluice: unknown command `aply`, did you mean `apply`\n',
  });
  expect(await runSluice({}, 'toString')).toMatchObject({
    status: 2,
    stderr: 'sluice: unknown command `toString`, see `sluice --help`\n',
  });
});

test.each([
  [
    ['keys', 'generate', '--alg', 'HS256'],
    'sluice keys: algorithm `HS256` not accepted, expected `RS256` or `ES256`, see `sluice keys --help`\n',
  ],
  [['migrate', '--nonsense'], 'sluice migrate: unknown option `--nonsense`, see `sluice migrate --help`\n'],
  [['apply', '--nonsense', 'x'], 'sluice apply: unknown option `--nonsense`, see `sluice apply --help`\n'],
  [['serve', 'now'], 'sluice serve: unexpected argument `now`, see `sluice serve --help`\n'],
  [
    ['explain', '--client', '--scope', 'x'],
    'sluice explain: option `--client` needs a value, see `sluice explain --help`\n',
  ],
  [['explain', '--client'], 'sluice explain: option `--client <value>` needs a value, see `sluice explain --help`\n'],
])('wrong usage is one line and status 2: %j', async (args, stderr) => {
  expect(await runSluice({}, ...args)).toEqual({ status: 2, stdout: '', stderr });
});

test('faults of the settings are told by `config check` with status 1', async () => {
  const { status, stderr } = await runSluice({ SLUICE_PORT: 'x' }, 'config', 'check');
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr:
      'sluice config: the configuration is not valid: `SLUICE_PORT`: `x` is not accepted, expected a whole number from 1 to 65535\n',
  });
});

test('key files are made one for each kind, or for the kind asked', async () => {
  const { stdout } = await runSluice(settings, 'keys', 'generate', '--alg', 'ES256');
  expect(stdout).toMatch(/^\S+\.jwk\.json\n$/);
});

test("the launcher runs on the machine's own Node, old or not, with the status of the command", async () => {
  const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  const launch = (...args: readonly string[]) => startProcess({ PATH: path.join(':') }, ['bin/sluice', ...args]).ended;
  expect(await launch('config', 'check')).toMatchObject({ status: 0, stdout: 'the configuration is valid\n' });
  expect((await launch('nonsense')).status).toBe(2);
});
