/** `sluice verify`: exit status, the line of text, JSON, and where token, issuer and keys come from. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVerifyCommand, verifyCommand } from '../../../src/cli/verify.ts';
import {
  audience,
  claimsOf,
  createKey,
  FakeClock,
  FakeNetwork,
  issuerUrl,
  type SigningKey,
  sign,
} from '../validate/fake-issuer.ts';
import { runCommand } from './run-command.ts';

let key: SigningKey;
let token: string;
let directory: string;
let keysFile: string;

beforeAll(async () => {
  key = await createKey('one');
  token = await sign(key, claimsOf({ scope: 'storage.read:/data storage.create:/in' }));
  directory = await mkdtemp(join(tmpdir(), 'sluice-verify-'));
  keysFile = join(directory, 'keys.json');
  await writeFile(keysFile, JSON.stringify({ keys: [key.publicJwk] }));
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

const about = 'subject 5a1e0000-0000-4000-8000-000000000001, scope "storage.read:/data storage.create:/in"';
const until = 'expires 2026-01-01T01:00:00.000Z';

function verify(args: readonly string[], env: Record<string, string> = {}) {
  const network = new FakeNetwork([key]);
  const command = createVerifyCommand({
    clock: new FakeClock(),
    fetch: network.fetch,
    userId: 1,
    temporaryDirectory: directory,
  });
  const ran = runCommand(command, args, { env: { JWKS_CACHE_DIR: directory, ...env } });
  return ran.then((result) => ({ ...result, requests: network.requests.length }));
}

test('a valid token is 0 and a line, with keys from the network', async () => {
  expect(await verify([token, '--issuer', issuerUrl, '--audience', 'x', '--audience', audience])).toEqual({
    status: 0,
    stdout: `valid: token_valid: ${about}, ${until}\n`,
    stderr: '',
    requests: 2,
  });
});

test('with --jwks there is no network, and without --audience the line says so', async () => {
  expect(await verify([token, '--issuer', issuerUrl, '--jwks', keysFile])).toEqual({
    status: 0,
    stdout: `valid: token_valid_audience_unchecked: ${about}, ${until}\n`,
    stderr: '',
    requests: 0,
  });
});

test('an invalid token is 1 with the reason', async () => {
  const ran = await verify([token, '--issuer', issuerUrl, '--jwks', keysFile, '--audience', 'x']);
  expect(ran).toMatchObject({
    status: 1,
    stdout: `invalid: audience_mismatch: audience \`${audience}\` not accepted, expected \`x\`\n`,
  });
});

test.each([
  ['read', '/vo/data/f', 0, 'allow: scope_covers_path'],
  ['create', '/vo/data/f', 1, 'deny: path_not_covered'],
  ['read', '/data/f', 1, 'deny: path_outside_base'],
  ['rename', '/vo/in/a -> /vo/in/b', 0, 'allow: scope_covers_path'],
  ['rename', '/vo/in/a -> /vo/data/b', 1, 'deny: path_not_covered'],
])('%s at %s exits with %i: %s', async (operation, path, status, line) => {
  const question = ['--operation', operation, '--path', path, '--base-path', '/vo'];
  const ran = await verify([token, '--issuer', issuerUrl, '--jwks', keysFile, ...question]);
  expect(ran).toMatchObject({ status, stdout: `${line}: ${about}, ${until}\n` });
});

test('--format json tells validity, decision, reason and claims', async () => {
  const args = ['--issuer', issuerUrl, '--jwks', keysFile, '--format', 'json'];
  const denied = await verify([token, ...args, '--operation', 'delete', '--path', '/']);
  expect(JSON.parse(denied.stdout)).toEqual({
    valid: true,
    decision: 'deny',
    reason: 'operation_not_covered',
    claims: claimsOf({ scope: 'storage.read:/data storage.create:/in' }),
  });
  const refused = await verify(['a.b', ...args]);
  expect(JSON.parse(refused.stdout)).toEqual({
    valid: false,
    reason: 'token_malformed',
    message: 'not a signed JWT in compact form',
  });
});

test('without TOKEN the bearer token of the environment is taken, and none is 1', async () => {
  const args = ['--issuer', issuerUrl, '--jwks', keysFile];
  expect(await verify(args, { BEARER_TOKEN: token })).toMatchObject({ status: 0 });
  expect(await verify(args)).toMatchObject({ status: 1, stdout: expect.stringMatching(/^invalid: token_missing: no/) });
});

test('the default issuer is the configured one', async () => {
  const configured = { SLUICE_ISSUER: issuerUrl };
  expect(await verify([token, '--jwks', keysFile], configured)).toMatchObject({ status: 0 });
  expect(await verify([token, '--jwks', keysFile])).toMatchObject({
    status: 1,
    stdout: `invalid: issuer_unknown: issuer \`${issuerUrl}\` not accepted\n`,
  });
});

test('an http issuer is accepted when given', async () => {
  const far = 'http://far.example/';
  const ran = await verify([await sign(key, claimsOf({ iss: far })), '--issuer', far, '--jwks', keysFile]);
  expect(ran.status).toBe(0);
});

test.each([
  [['a', 'b'], 'expected one TOKEN'],
  [['a', '--format', 'xml'], 'format `xml` not known, expected `text` or `json`'],
  [['a', '--operation', 'read'], 'expected both `--operation` and `--path`, or neither'],
  [['a', '--path', '/'], 'expected both `--operation` and `--path`, or neither'],
  [['a', '--operation', 'fly', '--path', '/'], 'operation `fly` not known'],
  [['a', '--issuer', 'issuer'], 'issuer `issuer` is not a URL, expected `https://host/`'],
  [['a', '--issuer', 'file:///x'], 'issuer `file:///x` is not a URL, expected `https://host/`'],
])('%j is wrong usage', async (args, message) => {
  await expect(runCommand(verifyCommand, args)).rejects.toMatchObject({ code: 'usage', message });
});

test.each(['{"keys":5}', 'no json'])('a file of keys with %j is a fault', async (text) => {
  const file = join(directory, 'bad.json');
  await writeFile(file, text);
  await expect(verify([token, '--issuer', issuerUrl, '--jwks', file])).rejects.toMatchObject({ code: 'keys_missing' });
});
