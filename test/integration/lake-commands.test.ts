import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyCommand } from '../../src/cli/apply.ts';
import type { Command } from '../../src/cli/command.ts';
import { explainCommand } from '../../src/cli/explain.ts';
import { exportCommand } from '../../src/cli/export.ts';
import { runCommand } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let directory: string;
beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'sluice-lake-'));
});
afterAll(async () => {
  await database.drop();
  await rm(directory, { recursive: true });
});

/** Runs a command on the test database. */
const run = (command: Command, args: readonly string[], input = '') => runCommand(database.url, command, args, input);

const question = { client: 'catalogue', audience: 'https://localhost:8444', at: '2026-11-22T12:00:00Z' };

describe('the commands for the lake file', () => {
  test('apply prints the diff on stdout and the sums on stderr, and a second time nothing', async () => {
    const first = await run(applyCommand, ['examples/escape.yaml']);
    expect(first).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^61 made, 0 changed, 0 taken away\nin force from policy version \d+\n$/),
    });
    expect(first.stdout.split('\n')).toContain('+ client portal');
    expect(await run(applyCommand, ['examples/escape.yaml'])).toEqual({ status: 0, stdout: '', stderr: 'no change\n' });
  });

  test('apply reads the standard input, JSON and text with a byte order mark', async () => {
    const lake = JSON.stringify({ version: 1, vo: 'escape' });
    for (const text of [lake, `\ufeff${lake}`, '\ufeffversion: 1\n']) {
      expect(await run(applyCommand, ['-'], text)).toMatchObject({ status: 0, stderr: 'no change\n' });
    }
  });

  test('a file that is missing, not UTF-8 or faulty is one clear message', async () => {
    await expect(run(applyCommand, [join(directory, 'none.yaml')])).rejects.toThrow(/cannot be read \(ENOENT\)/);
    const latin = join(directory, 'latin.yaml');
    await writeFile(latin, Buffer.from('vo: \xe9\n', 'latin1'));
    await expect(run(applyCommand, [latin])).rejects.toThrow('the file is not UTF-8');
    await expect(run(applyCommand, ['-'], 'version: 1\nx: 2\n')).rejects.toThrow(
      /^\(standard input\):2: x: unknown field/,
    );
    await expect(run(applyCommand, ['-'], 'version: 1\nx: 2\ny: 3\n')).rejects.toThrow(
      /^the lake file is not valid: 2 faults\n\(standard input\):2: x: [^\n]*\n\(standard input\):3: y: [^\n]*$/,
    );
    await expect(run(applyCommand, [])).rejects.toMatchObject({ code: 'usage' });
  });

  test('what is allowed but will not work is a warning', async () => {
    const text = 'version: 1\nclients:\n  - { clientId: lonely, grantTypes: [authorization_code] }\n';
    const { stderr } = await run(applyCommand, ['-', '--dry-run'], text);
    expect(stderr).toContain('warning: clients[0]: `lonely` has no secret');
    expect(stderr).toContain('warning: clients[0]: `lonely` has no redirect URI');
  });

  test('export is YAML, or JSON when asked, and apply takes it back unchanged', async () => {
    const yaml = await run(exportCommand, []);
    const json = await run(exportCommand, ['--format', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ version: 1, vo: 'escape' });
    for (const { stdout } of [yaml, json]) {
      expect(await run(applyCommand, ['-', '--prune'], stdout)).toMatchObject({ stdout: '', stderr: 'no change\n' });
    }
  });

  test('explain answers the same from a file and from the database', async () => {
    const lines = [
      { id: 1, ...question, scope: 'storage.read:/cta/open storage.read:/cta/restricted/p17' },
      {
        id: 'two',
        ...question,
        client: 'cli',
        user: 'alice',
        scope: 'openid wlcg.groups storage.read:/cta/restricted/p17',
      },
      {
        id: null,
        ...question,
        client: 'portal',
        user: 'bob',
        audience: undefined,
        scope: 'storage.modify:/ska/scratch',
      },
      { id: 4, ...question, client: 'nobody', scope: 'storage.read:/' },
      { id: 5, ...question, client: 'cli', user: 'zoe', scope: 'storage.read:/' },
      { id: 6, ...question, client: 'cli', user: 7, scope: 'storage.read:/' },
      { id: 7, ...question, at: 'yesterday', scope: 'storage.read:/' },
    ];
    const input = `${lines.map((line) => JSON.stringify(line)).join('\n')}\n\nnot json\n`;
    const fromFile = await run(explainCommand, ['--lake', 'examples/escape.yaml', '--batch'], input);
    const fromDatabase = await run(explainCommand, ['--batch'], input);
    expect(fromDatabase).toEqual(fromFile);
    expect(fromFile.status).toBe(0);
    const answers = fromFile.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ id }) => id)).toEqual([1, 'two', null, 4, 5, 6, 7, null]);
    expect(answers[0]).toEqual({
      id: 1,
      granted: ['storage.read:/cta/open'],
      groups: [],
      refused: [{ scope: 'storage.read:/cta/restricted/p17', reason: 'embargoed' }],
      expiresAt: '2026-11-22T13:00:00Z',
      error: null,
      because: ['catalogue-read', 'cta-p17'],
    });
    const refused = { granted: [], groups: [], refused: [], expiresAt: null, error: 'invalid_scope', because: [] };
    expect(answers.slice(3)).toEqual([
      { id: 4, ...refused, message: 'client `nobody` not known, or suspended' },
      { id: 5, ...refused, message: 'account `zoe` not known' },
      { id: 6, ...refused, message: '`user` is not a text' },
      { id: 7, ...refused, message: expect.stringContaining('`at` is not an instant') },
      { id: null, ...refused, message: 'the line is not a JSON object' },
    ]);
  });

  test('explain tells one question in words, and exits with 1 when nobody could ask it', async () => {
    const options = ['--client', 'catalogue', '--audience', question.audience, '--at', question.at];
    const told = await run(explainCommand, [...options, '--scope', 'storage.read:/cta/restricted/p17']);
    expect(told.status).toBe(0);
    expect(told.stdout).toContain('storage.read:/cta/restricted/p17: refused, embargoed');
    const unknown = await run(explainCommand, [...options, '--user', 'zoe', '--scope', 'openid', '--format', 'json']);
    expect(unknown).toMatchObject({ status: 1, stderr: 'sluice explain: account `zoe` not known\n' });
    expect(JSON.parse(unknown.stdout)).toMatchObject({ error: 'invalid_scope' });
    await expect(run(explainCommand, ['--client', 'catalogue'])).rejects.toMatchObject({ code: 'usage' });
  });

  test.each([
    ['one not on its list', 'jupyter', 'fts.example.org'],
    ['one that is registered nowhere', 'portal', 'https://nowhere.example'],
  ])('explain says when the token endpoint refuses the audience first: %s', async (_, client, audience) => {
    const asked = ['--client', client, '--user', 'bob', '--audience', audience, '--scope', 'openid'];
    const { stderr } = await run(explainCommand, asked);
    expect(stderr).toBe(`but client \`${client}\` may not ask for audience \`${audience}\`\n`);
  });

  test('a suspended account or client gets nothing', async () => {
    await database.db.updateTable('accounts').set({ state: 'suspended' }).where('username', '=', 'bob').execute();
    await database.db.updateTable('clients').set({ state: 'suspended' }).where('client_id', '=', 'monitor').execute();
    const lines = [
      { id: 1, client: 'portal', user: 'bob', scope: 'openid' },
      { id: 2, client: 'monitor', scope: 'storage.read:/monitoring' },
    ];
    const { stdout } = await run(explainCommand, ['--batch'], lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).message),
    ).toEqual(['account `bob` is suspended or has ended', 'client `monitor` not known, or suspended']);
  });
});
