/** `sluice keys` beside a running server: no restart, one clear line for each refusal, and starts that cannot sign (W-KEY-3; issue: keys). */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../support/http.ts';
import { createServerPlace, type ServerPlace } from '../support/server-place.ts';
import { runSluice, type Variables } from '../support/server-process.ts';

let place: ServerPlace;
let settings: Variables;
beforeAll(async () => {
  place = await createServerPlace();
  settings = await place.settings('var', { SLUICE_KEYS_DIR: join(place.directory, 'keys') });
});
afterAll(() => place.clear());

const keys = (...args: readonly string[]) => runSluice(settings, 'keys', ...args);

async function published(): Promise<string[]> {
  const answer = await fetch(`http://localhost:${settings.SLUICE_PORT}/jwk`);
  const jwks = (await answer.json()) as { keys: { kid: string }[] };
  return jwks.keys.map(({ kid }) => kid).toSorted();
}

const list = async () => {
  const { stdout } = await keys('list');
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/))
    .map(([alg = '', kid = '', state = '', times = '']) => ({ alg, kid, state, times }));
};

test('a running server follows each command, and the history has who and why', async () => {
  const server = await place.startReady(settings);
  const before = await published();
  // JW-18: not the key that the library brings for trials.
  expect(before).not.toContain('keystore-CHANGE-ME');
  expect((await list()).map(({ kid }) => kid).toSorted()).toEqual(before);
  expect((await list()).map(({ state }) => state)).toEqual(['active', 'active']);

  const { stdout } = await keys('publish', '--alg', 'ES256', '--reason', 'before the audit');
  const [kid = ''] = stdout.split(' ');
  await eventually(async () => ((await published()).includes(kid) ? true : undefined));

  expect(await keys('activate', kid)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^sluice keys: key `\S+` is published since [^\n]*`--now`[^\n]*\n$/),
  });
  expect((await keys('activate', kid, '--now')).status).toBe(0);
  const old = await eventually(async () => {
    const found = await list();
    return found.find(({ kid: one }) => one === kid)?.state === 'active'
      ? found.find(({ alg, state }) => alg === 'ES256' && state === 'retired')
      : undefined;
  });
  expect(await keys('remove', old.kid)).toMatchObject({ status: 1, stderr: expect.stringContaining('may live') });
  // One thumbprint in 64 begins with a dash; it is a KID still.
  const dashed = `-${'a'.repeat(42)}`;
  expect(await keys('remove', dashed, '--emergency', '--reason', 'stolen')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(`no key \`${dashed}\``),
  });
  expect(await keys('remove', old.kid, '--emergency')).toEqual({
    status: 2,
    stdout: '',
    stderr: 'sluice keys: expected `--reason` with `--emergency`, see `sluice keys --help`\n',
  });
  const removed = await keys('remove', old.kid, '--emergency', '--reason', 'stolen');
  expect(removed).toMatchObject({ status: 0, stdout: expect.stringContaining('within 6 hours') });
  await eventually(async () => ((await published()).includes(old.kid) ? undefined : true));

  const history = (await keys('history')).stdout;
  expect(history).toMatch(new RegExp(`^\\S+Z {2}${kid} {2}published, by operator: before the audit$`, 'm'));
  expect(history).toMatch(new RegExp(`^\\S+Z {2}${old.kid} {2}removed, by operator: stolen$`, 'm'));
  await server.stop();

  // The same keys after a restart, though the key files still say otherwise.
  const again = await place.startReady(settings);
  const after = await published();
  expect(after).toContain(kid);
  expect(after).not.toContain(old.kid);
  await again.stop();
});

test('another secret than the one that encrypted the keys is one clear line without secret or key, and makes no key', async () => {
  const wrong = { ...settings, SLUICE_KEYS_SECRET: 'another-secret-of-32-characters-or-more' };
  const { status, stderr } = await place.start(wrong).ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^sluice: signing key `\S+` cannot be decrypted, expected [^\n]*`SLUICE_KEYS_SECRET`[^\n]*\n$/,
  );
  expect(stderr).not.toContain('another-secret');
  const line = /^sluice keys: signing key `\S+` cannot be decrypted, expected [^\n]*`SLUICE_KEYS_SECRET`[^\n]*\n$/;
  expect(await runSluice(wrong, 'keys', 'rotate')).toMatchObject({ status: 1, stderr: expect.stringMatching(line) });
  expect((await list()).filter(({ state }) => state === 'published')).toEqual([]);
});

test('secrets are exchanged: the new one in front, `seal`, the old one taken away', async () => {
  const [old] = await Promise.all([readFile(join(settings.SLUICE_KEYS_DIR!, 'development-keys-secret'), 'utf8')]);
  const fresh = 'a-fresh-secret-of-32-characters-or-more';
  const both = { ...settings, SLUICE_KEYS_SECRET: `${fresh},${old.trim()}` };
  expect((await runSluice(both, 'keys', 'seal', '--reason', 'yearly')).stdout).toMatch(/sealed\n$/);
  expect(await runSluice(both, 'keys', 'seal')).toMatchObject({ status: 0, stdout: 'nothing to do\n' });
  settings = { ...settings, SLUICE_KEYS_SECRET: fresh };
  await (await place.startReady(settings)).stop();
});

test('production makes keys of its own where there are no key files, and leaves none in clear', async () => {
  const lakeFile = join(place.directory, 'own.yaml');
  await writeFile(lakeFile, 'version: 1\nvo: escape\n');
  const keysDir = join(place.directory, 'production');
  await mkdir(keysDir);
  settings = await place.settings('production-var', {
    NODE_ENV: 'production',
    SLUICE_KEYS_DIR: keysDir,
    SLUICE_LAKE_FILE: lakeFile,
    SLUICE_COOKIE_SECRETS: 'c'.repeat(40),
    SLUICE_KEYS_SECRET: 'k'.repeat(40),
  });
  const server = await place.startReady(settings);
  expect(await published()).toHaveLength(2);
  expect(await readdir(keysDir)).toEqual([]);
  await server.stop();
});

test('keys of a device sign with the module of the settings, and nothing of them is in the database', async () => {
  const path = join(place.directory, 'device.mjs');
  await writeFile(
    path,
    `import { createPrivateKey, createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
export async function createSigner({ alg, reference }) {
  const file = reference ?? '${place.directory}/slot-' + randomUUID();
  if (reference === null) {
    const pair = alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
    writeFileSync(file, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
  const key = createPrivateKey(readFileSync(file));
  return {
    reference: file,
    publicJwk: createPublicKey(key).export({ format: 'jwk' }),
    sign: async (alg, input) => sign('sha256', input, alg === 'RS256' ? key : { key, dsaEncoding: 'ieee-p1363' }),
  };
}
`,
  );
  const keysDir = join(place.directory, 'device');
  await mkdir(keysDir);
  settings = await place.settings('device-var', { ...settings, SLUICE_KEYS_DIR: keysDir, SLUICE_KEYS_MODULE: path });
  settings = { ...settings, SLUICE_DATA_DIR: join(place.directory, 'device-var') };
  await (await place.startReady(settings)).stop();
  // Found again by their references after a restart.
  const server = await place.startReady(settings);
  expect((await list()).map(({ times }) => times.endsWith('in a device'))).toEqual([true, true]);
  await server.stop();
  const { SLUICE_KEYS_MODULE: _, ...without } = settings;
  expect((await place.start(without).ended).stderr).toMatch(/^sluice: signing key `\S+` is in a device[^\n]*\n$/);
});
