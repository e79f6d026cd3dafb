/** Keys of a device, by a module of the operator: here one that keeps them in its own memory (issue: keys; docs/design/keys.md). */
import { verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importJWK, jwtVerify } from 'jose';
import { createTokenSigner } from '../../../src/issuance/sign.ts';
import { loadKeyModule } from '../../../src/keys/key-module.ts';
import { createKeyProvider } from '../../../src/keys/key-provider.ts';
import { createKeySealer } from '../../../src/keys/seal.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'key-module-'));
});
afterAll(() => rm(directory, { recursive: true }));

const device = `
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
const slots = new Map();
export async function createSigner({ alg, reference }) {
  const slot = reference ?? randomUUID();
  if (reference !== null && !slots.has(slot)) throw new Error('no such slot');
  if (!slots.has(slot)) slots.set(slot, alg === 'RS256' ? generateKeyPairSync('rsa', { modulusLength: 3072 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  const { privateKey, publicKey } = slots.get(slot);
  return {
    reference: slot,
    publicJwk: publicKey.export({ format: 'jwk' }),
    sign: async (alg, input) => sign('sha256', input, alg === 'RS256' ? privateKey : { key: privateKey, dsaEncoding: 'ENCODING' }),
  };
}
`;

async function moduleOf(name: string, text: string) {
  const path = join(directory, `${name}.mjs`);
  await writeFile(path, text);
  return loadKeyModule(path);
}

const sealer = createKeySealer(['s'.repeat(32)]);

test.each(['RS256', 'ES256'] as const)(
  'a device makes an %s key that signs tokens, found again by its reference',
  async (alg) => {
    const module = await moduleOf(`good-${alg}`, device.replace('ENCODING', 'ieee-p1363'));
    const provider = createKeyProvider({ sealer, module });
    const key = await provider.make(alg, 1000);
    expect(key).toMatchObject({ sealed: null, reference: expect.any(String), publicJwk: { alg, kid: key.kid } });
    expect(Object.keys(key.publicJwk)).not.toContain('d');

    const opened = await provider.open(key);
    const signer = createTokenSigner({ current: () => ({ signing: { [alg]: opened } }) });
    const token = await signer.sign(alg, { sub: 'x' });
    const { protectedHeader } = await jwtVerify(token, await importJWK(key.publicJwk));
    expect(protectedHeader).toEqual({ alg, typ: 'JWT', kid: key.kid });
    const payload = token.split('.')[1] ?? '';
    expect(signer.frameCharacters(alg)).toBe(token.length - payload.length);
  },
);

test('a signature that the public key does not verify is found before the key is published', async () => {
  const module = await moduleOf('der', device.replace('ENCODING', 'der'));
  await expect(createKeyProvider({ sealer, module }).make('ES256', 0)).rejects.toMatchObject({
    code: 'keys_invalid',
    message: expect.stringContaining('its public key does not verify'),
  });
});

test('a reference that the device does not know, another key and a missing module are clear faults', async () => {
  const module = await moduleOf('known', device.replace('ENCODING', 'ieee-p1363'));
  const provider = createKeyProvider({ sealer, module });
  const [key, other] = [await provider.make('ES256', 0), await provider.make('ES256', 0)];
  const rejection = (code: string, text: string) => ({ code, message: expect.stringContaining(text) });
  await expect(provider.open({ ...key, reference: 'gone' })).rejects.toMatchObject(
    rejection('keys_invalid', 'gives no key'),
  );
  await expect(provider.open({ ...key, reference: other.reference })).rejects.toMatchObject(
    rejection('keys_invalid', 'gives another key'),
  );
  await expect(createKeyProvider({ sealer, module: null }).open(key)).rejects.toMatchObject(
    rejection('keys_invalid', '`SLUICE_KEYS_MODULE`'),
  );
});

test('a device that stops answering is `signing_unavailable`', async () => {
  let calls = 0;
  const good = await moduleOf('flaky', device.replace('ENCODING', 'ieee-p1363'));
  const module = {
    createSigner: async (wanted: Parameters<typeof good.createSigner>[0]) => {
      const signer = await good.createSigner(wanted);
      return { ...signer, sign: async () => Promise.reject(new Error(`call ${++calls}`)) };
    },
  };
  const provider = createKeyProvider({ sealer, module });
  const key = await provider.open(await provider.make('ES256', 0));
  await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ code: 'signing_unavailable' });
});

test.each([
  ['is absent', undefined],
  ['exports nothing', 'export const x = 1;'],
  ['cannot be parsed', 'export {'],
])('a module that %s is named with its setting', async (name, text) => {
  const path = join(directory, `${name.replaceAll(' ', '-')}.mjs`);
  if (text !== undefined) await writeFile(path, text);
  await expect(loadKeyModule(path)).rejects.toMatchObject({
    code: 'keys_invalid',
    message: expect.stringMatching(/`SLUICE_KEYS_MODULE`/),
  });
});

test('a key that is made here signs as its public key says', async () => {
  const provider = createKeyProvider({ sealer, module: null });
  for (const alg of ['RS256', 'ES256'] as const) {
    const key = await provider.make(alg, 0);
    const opened = await provider.open(key);
    const input = Buffer.from('input');
    const signature = await opened.sign(input);
    const publicKey = { key: { ...key.publicJwk }, format: 'jwk' as const, dsaEncoding: 'ieee-p1363' as const };
    expect(verify('sha256', input, publicKey, signature)).toBe(true);
    expect(signature.length).toBe(opened.signatureBytes);
  }
});
