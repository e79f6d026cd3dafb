/** `sluice authorize` in both forms. */
import { authorizeCommand } from '../../../src/cli/authorize.ts';
import { runCommand } from './run-command.ts';

async function batch(...stdin: (Buffer | string)[]): Promise<unknown[]> {
  const { status, stdout } = await runCommand(authorizeCommand, ['--batch'], { stdin });
  expect(status).toBe(0);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

describe('--batch', () => {
  const question = { id: 1, scope: 'storage.read:/d', operation: 'read', path: '/vo/d/f', basePath: '/vo' };

  test('answers each line in order, and a malformed line is an answer too', async () => {
    const lines = [
      JSON.stringify(question),
      'no json',
      '[]',
      'null',
      JSON.stringify({ ...question, id: 'two', path: '/d/f' }),
      '',
      JSON.stringify({ ...question, id: 3, basePath: undefined, path: '/d' }),
    ];
    expect(await batch(lines.join('\n'))).toEqual([
      { id: 1, decision: 'allow', reason: 'scope_covers_path' },
      { id: null, decision: 'deny', reason: 'line_malformed' },
      { id: null, decision: 'deny', reason: 'line_malformed' },
      { id: null, decision: 'deny', reason: 'line_malformed' },
      { id: 'two', decision: 'deny', reason: 'path_outside_base' },
      { id: 3, decision: 'allow', reason: 'scope_covers_path' },
    ]);
  });

  test.each([
    [{ scope: ['storage.read:/'] }, 'scope_malformed'],
    [{ scope: undefined }, 'scope_malformed'],
    [{ scope: 'storage.read' }, 'scope_malformed'],
    [{ operation: 'fly' }, 'operation_unknown'],
    [{ operation: null }, 'operation_unknown'],
    [{ path: 7 }, 'path_malformed'],
    [{ path: '/vo/../d' }, 'path_malformed'],
    [{ basePath: 7 }, 'path_outside_base'],
    [{ operation: 'create' }, 'operation_not_covered'],
    [{ path: '/vo/dd' }, 'path_not_covered'],
    [{ scope: 'openid', groups: ['/vo'] }, 'operation_not_covered'],
  ])('%j is denied as %s', async (change, reason) => {
    expect(await batch(JSON.stringify({ ...question, ...change }))).toEqual([{ id: 1, decision: 'deny', reason }]);
  });

  test('lines may arrive in pieces, with any line end, cut inside a character', async () => {
    const text = `${JSON.stringify({ ...question, id: 'é' })}\r\n${JSON.stringify(question)}`;
    const bytes = Buffer.from(text);
    const cut = bytes.indexOf(0xc3) + 1;
    const answers = await batch(bytes.subarray(0, cut), bytes.subarray(cut, cut + 3), bytes.subarray(cut + 3));
    expect(answers).toMatchObject([
      { id: 'é', decision: 'allow' },
      { id: 1, decision: 'allow' },
    ]);
  });

  test('a rename names both ends', async () => {
    const rename = { id: 1, scope: 'storage.create:/d', operation: 'rename', path: '/d/a -> /d/b' };
    expect(
      await batch(JSON.stringify(rename), '\n', JSON.stringify({ ...rename, path: '/d/a -> /e/b' })),
    ).toMatchObject([{ decision: 'allow' }, { decision: 'deny', reason: 'path_not_covered' }]);
  });

  test('an empty base path is the root, as an absent one', async () => {
    expect(await batch(JSON.stringify({ ...question, basePath: '', path: '/d' }))).toMatchObject([
      { decision: 'allow' },
    ]);
  });

  test('no input, no output', async () => {
    expect(await batch()).toEqual([]);
  });
});

describe('with flags', () => {
  const ask = (path: string) =>
    runCommand(authorizeCommand, [
      ...['--scope', 'storage.read:/d', '--operation', 'read'],
      ...['--path', path, '--base-path', '/vo'],
    ]);

  test('exits with 0 or 1 and a line', async () => {
    expect(await ask('/vo/d')).toEqual({ status: 0, stdout: 'allow: scope_covers_path\n', stderr: '' });
    expect(await ask('/vo')).toEqual({ status: 1, stdout: 'deny: path_not_covered\n', stderr: '' });
  });

  test.each([
    [[], 'expected `--batch`, or `--scope`, `--operation` and `--path`'],
    [['--batch', '--path', '/'], '`--batch` takes its questions from the input'],
    [['--scope', 's', '--operation', 'fly', '--path', '/'], 'operation `fly` not known'],
  ])('%j is wrong usage', async (args, message) => {
    await expect(runCommand(authorizeCommand, args)).rejects.toMatchObject({ code: 'usage', message });
  });
});
