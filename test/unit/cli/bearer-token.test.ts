/** Bearer token discovery (B-1 to B-3). */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBearerToken } from '../../../src/cli/bearer-token.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-bt-'));
  await mkdir(join(directory, 'run'));
  await mkdir(join(directory, 'tmp'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

const at = (...path: string[]) => join(directory, ...path);

const find = (env: Record<string, string> = {}) =>
  findBearerToken({ env, userId: 1221, temporaryDirectory: at('tmp') });

test('the places are tried in the order of B-1', async () => {
  await writeFile(at('named'), 'from-named');
  await writeFile(at('run', 'bt_u1221'), 'from-run');
  await writeFile(at('tmp', 'bt_u1221'), 'from-tmp');
  const env = { BEARER_TOKEN: 'from-value', BEARER_TOKEN_FILE: at('named'), XDG_RUNTIME_DIR: at('run') };
  const { BEARER_TOKEN: _value, ...withoutValue } = env;
  const { BEARER_TOKEN_FILE: _file, ...runtimeOnly } = withoutValue;
  expect(await find(env)).toEqual({ ok: true, value: 'from-value' });
  expect(await find(withoutValue)).toEqual({ ok: true, value: 'from-named' });
  expect(await find(runtimeOnly)).toEqual({ ok: true, value: 'from-run' });
  expect(await find()).toEqual({ ok: true, value: 'from-tmp' });
});

test('whitespace around a token is stripped, and an empty place is passed over (B-2)', async () => {
  await writeFile(at('named'), ' \f\n');
  await writeFile(at('tmp', 'bt_u1221'), '\t\v\r\n token==\r\n ');
  const env = { BEARER_TOKEN: '  ', BEARER_TOKEN_FILE: at('named'), XDG_RUNTIME_DIR: at('run') };
  expect(await find(env)).toEqual({ ok: true, value: 'token==' });
});

test.each(['two words', 'tökén', '\u00a0x', '{"access_token":"x"}'])(
  'the invalid value %j is an error that does not repeat it, and no other place is tried (B-2)',
  async (value) => {
    await writeFile(at('tmp', 'bt_u1221'), 'token');
    expect(await find({ BEARER_TOKEN: value })).toEqual({ ok: false, error: '`BEARER_TOKEN` holds no bearer token' });
  },
);

test('a named file that is not there is an error', async () => {
  await writeFile(at('tmp', 'bt_u1221'), 'token');
  expect(await find({ BEARER_TOKEN_FILE: at('none') })).toEqual({
    ok: false,
    error: `token file \`${at('none')}\` cannot be read`,
  });
});

test('a runtime directory that is none is passed over, an unreadable token there is an error', async () => {
  await writeFile(at('tmp', 'bt_u1221'), 'token');
  expect(await find({ XDG_RUNTIME_DIR: at('tmp', 'bt_u1221') })).toEqual({ ok: true, value: 'token' });
  await mkdir(at('run', 'bt_u1221'));
  expect(await find({ XDG_RUNTIME_DIR: at('run') })).toMatchObject({ ok: false });
});

test('nothing found says where to put a token', async () => {
  expect(await find()).toEqual({
    ok: false,
    error: 'no token given and none found; expected an argument, `BEARER_TOKEN` or a bearer token file',
  });
});
