/** Key files: what an installation begins with (W-ISS-2, W-KEY-1). */
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint } from 'jose';
import { developmentSecret, ensureDevelopmentKeys, generateKeys } from '../../../src/keys/generate.ts';
import { readKeyFiles } from '../../../src/keys/key-files.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const at = (seconds: number) => ({ now: () => seconds * 1000 });
const make = (seconds: number, development = false) => generateKeys(directory, { clock: at(seconds), development });

test('a key is named by its RFC 7638 thumbprint and readable by its owner only', async () => {
  const [path] = await make(1000);
  const jwk = JSON.parse(await readFile(path!, 'utf8'));
  expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk));
  expect((await stat(path!)).mode & 0o777).toBe(0o600);
});

test('the public part of a key file holds no private member', async () => {
  await make(1000);
  const members = (await readKeyFiles(directory)).flatMap(({ publicJwk }) => Object.keys(publicJwk));
  expect([...new Set(members)].toSorted()).toEqual(['alg', 'crv', 'e', 'kid', 'kty', 'n', 'use', 'x', 'y']);
});

test('key files are read newest first', async () => {
  await make(1000);
  await make(2000);
  expect((await readKeyFiles(directory)).map(({ createdAt }) => createdAt)).toEqual([2000, 2000, 1000, 1000]);
});

test('development keys are made once, also by two starts at the same time, and are told apart', async () => {
  await Promise.all([make(1000, true), make(1000, true)]);
  const first = await readKeyFiles(directory);
  await make(2000, true);
  const again = await readKeyFiles(directory);
  expect(first.map(({ isDevelopment }) => isDevelopment)).toEqual([true, true]);
  expect(again.map(({ kid }) => kid)).toEqual(first.map(({ kid }) => kid));
  const secret = () => developmentSecret(directory, 'development-cookie-secret');
  expect(await secret()).toBe(await secret());
  expect(await developmentSecret(directory, 'development-keys-secret')).not.toBe(await secret());
});

test('a start that meets the first key of another one makes what is missing, and nothing beside the keys of an operator', async () => {
  await generateKeys(directory, { clock: { now: () => 1000 }, algorithms: ['ES256'], development: true });
  await ensureDevelopmentKeys(directory, { now: () => 2000 });
  const algs = async (where: string) => (await readKeyFiles(where)).map(({ alg }) => alg).toSorted();
  expect(await algs(directory)).toEqual(['ES256', 'RS256']);
  await ensureDevelopmentKeys(directory, { now: () => 3000 });
  expect(await algs(directory)).toEqual(['ES256', 'RS256']);

  const own = join(directory, 'own');
  await generateKeys(own, { clock: { now: () => 1000 }, algorithms: ['ES256'], development: false });
  await ensureDevelopmentKeys(own, { now: () => 2000 });
  expect(await algs(own)).toEqual(['ES256']);
});

test('an empty or absent directory has no keys', async () => {
  expect(await readKeyFiles(directory)).toEqual([]);
  expect(await readKeyFiles(join(directory, 'absent'))).toEqual([]);
});

const weak = () => generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'jwk' });
const curve = () => generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' });
const open = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
test.each([
  ['is not JSON', () => '{"kty":"RSA","d":"SECRET', 'is not a JSON object'],
  ['holds only a public key', () => JSON.stringify(open()), 'has no private part'],
  ['holds nonsense', () => '{"kty":"RSA","d":"SECRET"}', 'is not a usable key'],
  ['is too short', () => JSON.stringify(weak()), 'has 1024 bits'],
  ['is of another curve', () => JSON.stringify(curve()), 'is of another type'],
])('a key file that %s is named in one line without its content', async (_what, content, reason) => {
  const path = join(directory, 'broken.jwk.json');
  await make(1000);
  await writeFile(path, content());
  const error = await readKeyFiles(directory).catch((caught: Error) => caught);
  expect(error).toMatchObject({ code: 'keys_invalid', message: expect.stringContaining(`\`${path}\` ${reason}`) });
  expect((error as Error).message).not.toContain('SECRET');
});

test('a key without `iat` is as old as its file', async () => {
  const [path] = await make(1000);
  const jwk = JSON.parse(await readFile(path!, 'utf8'));
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const newer = join(directory, 'newer.jwk.json');
  await writeFile(newer, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'newer' }));
  await chmod(newer, 0o600);
  expect((await readKeyFiles(directory))[0]?.kid).toBe('newer');
  expect(jwk.iat).toBe(1000);
});
