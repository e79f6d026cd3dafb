/** Signing keys are files; the newest signs and all are published (W-ISS-2, W-KEY-1, W-KEY-3). */
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import { createTokenSigner } from '../../../src/issuance/sign.ts';
import { developmentCookieSecret, ensureDevelopmentKeys, generateKeys } from '../../../src/keys/generate.ts';
import { loadKeySet } from '../../../src/keys/key-set.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keys-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const at = (seconds: number) => ({ now: () => seconds * 1000 });
const make = (seconds: number, development = false) => generateKeys(directory, { clock: at(seconds), development });

test('a generated pair of keys signs RS256 and ES256 tokens that the published keys verify', async () => {
  await make(1000);
  const keys = await loadKeySet(directory);
  const signer = createTokenSigner(keys.signing);
  for (const alg of ['RS256', 'ES256'] as const) {
    const jwk = keys.publicJwks.keys.find((key) => key.alg === alg)!;
    const token = await signer.sign(alg, { sub: 'x' });
    const { protectedHeader } = await compactVerify(token, await importJWK(jwk));
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: jwk.kid });
  }
  expect(keys.isDevelopment).toBe(false);
});

test('a key is named by its RFC 7638 thumbprint and readable by its owner only', async () => {
  const [path] = await make(1000);
  const jwk = JSON.parse(await readFile(path!, 'utf8'));
  expect(jwk.kid).toBe(await calculateJwkThumbprint(jwk));
  expect((await stat(path!)).mode & 0o777).toBe(0o600);
});

test('the published keys hold no private member', async () => {
  await make(1000);
  const { publicJwks, privateJwks } = await loadKeySet(directory);
  const members = publicJwks.keys.flatMap((key) => Object.keys(key));
  expect([...new Set(members)].toSorted()).toEqual(['alg', 'crv', 'e', 'kid', 'kty', 'n', 'use', 'x', 'y']);
  expect(privateJwks.keys.every((key) => 'd' in key)).toBe(true);
});

test('the newest key signs and the older ones stay published', async () => {
  await make(1000);
  const old = await loadKeySet(directory);
  await make(2000);
  const both = await loadKeySet(directory);
  expect(both.signing.RS256.kid).not.toBe(old.signing.RS256.kid);
  expect(both.publicJwks.keys.map(({ kid }) => kid)).toEqual(
    expect.arrayContaining(old.publicJwks.keys.map(({ kid }) => kid)),
  );
  expect(both.publicJwks.keys).toHaveLength(4);
});

test('development keys are made once, also by two starts at the same time, and are told apart', async () => {
  await Promise.all([make(1000, true), make(1000, true)]);
  const first = await loadKeySet(directory);
  await make(2000, true);
  const again = await loadKeySet(directory);
  expect(first.isDevelopment).toBe(true);
  expect(again.publicJwks).toEqual(first.publicJwks);
  expect(await developmentCookieSecret(directory)).toBe(await developmentCookieSecret(directory));
});

test('a start that meets the first key of another one makes what is missing, and nothing beside the keys of an operator', async () => {
  await generateKeys(directory, { clock: { now: () => 1000 }, algorithms: ['ES256'], development: true });
  await ensureDevelopmentKeys(directory, { now: () => 2000 });
  const { publicJwks } = await loadKeySet(directory);
  expect(publicJwks.keys.map(({ alg }) => alg).toSorted()).toEqual(['ES256', 'RS256']);
  await ensureDevelopmentKeys(directory, { now: () => 3000 });
  expect((await loadKeySet(directory)).publicJwks).toEqual(publicJwks);

  const own = join(directory, 'own');
  await generateKeys(own, { clock: { now: () => 1000 }, algorithms: ['ES256'], development: false });
  await ensureDevelopmentKeys(own, { now: () => 2000 });
  await expect(loadKeySet(own)).rejects.toMatchObject({ code: 'keys_missing' });
});

test('an empty or absent directory says that keys are missing', async () => {
  await expect(loadKeySet(directory)).rejects.toMatchObject({ code: 'keys_missing' });
  await expect(loadKeySet(join(directory, 'absent'))).rejects.toMatchObject({ code: 'keys_missing' });
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
  const error = await loadKeySet(directory).catch((caught: Error) => caught);
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
  expect((await loadKeySet(directory)).signing.RS256.kid).toBe('newer');
  expect(jwk.iat).toBe(1000);
});
