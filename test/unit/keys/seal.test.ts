/** Private keys at rest: only the right secret opens them, and only under their own name (issue: keys). */
import { generateKeyPairSync } from 'node:crypto';
import { createKeySealer } from '../../../src/keys/seal.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [old, present, other] = ['o', 'p', 'x'].map((letter) => letter.repeat(32)) as [string, string, string];

test('a key is opened by the secret that sealed it, also once that is no longer the newest', async () => {
  const sealed = await createKeySealer([old]).seal('k1', privateKey);
  for (const secrets of [[old], [present, old]]) {
    expect((await createKeySealer(secrets).unseal('k1', sealed)).equals(privateKey)).toBe(true);
  }
  expect(await createKeySealer([present, old]).isNewest('k1', sealed)).toBe(false);
  expect(await createKeySealer([old, present]).isNewest('k1', sealed)).toBe(true);
});

test('what is stored is another text each time and holds nothing of the key', async () => {
  const sealer = createKeySealer([present]);
  const texts = [await sealer.seal('k1', privateKey), await sealer.seal('k1', privateKey)];
  expect(texts[0]).not.toBe(texts[1]);
  const { d = '' } = privateKey.export({ format: 'jwk' });
  expect(texts.join()).not.toContain(d);
});

test.each([
  ['another secret', async (sealed: string) => createKeySealer([other]).unseal('k1', sealed)],
  ['the name of another key', async (sealed: string) => createKeySealer([present]).unseal('k2', sealed)],
  ['a changed text', async (sealed: string) => createKeySealer([present]).unseal('k1', flipped(sealed))],
  ['a cut text', async (sealed: string) => createKeySealer([present]).unseal('k1', sealed.slice(0, 60))],
])('%s opens nothing, and the fault names the setting and no secret', async (_, unseal) => {
  const sealed = await createKeySealer([present]).seal('k1', privateKey);
  const error = await unseal(sealed).catch((caught: Error) => caught);
  expect(error).toMatchObject({ code: 'keys_invalid', message: expect.stringContaining('`SLUICE_KEYS_SECRET`') });
  expect(String(error)).not.toMatch(/pppp|xxxx/);
  expect(String(error)).not.toContain(sealed.slice(20, 40));
});

function flipped(sealed: string): string {
  const at = sealed.length - 40;
  return sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1);
}
