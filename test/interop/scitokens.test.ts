/** libscitokens and tokens of the profile `scitokens`: they open what the same request opens as a WLCG token, and nothing more (wlcg-tokens.md section 11). */
import { createPublicKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientCredentials, decode } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { askLibscitokens, libscitokensPackages, libscitokensProfiles } from '../support/libscitokens.ts';
import { ensurePackages } from '../support/packages.ts';
import { profileLake } from '../support/profile-lake.ts';
import { describeParty } from './party-stage.ts';

const missing =
  process.env.SLUICE_TEST_XROOTD === 'skip'
    ? 'SLUICE_TEST_XROOTD is `skip`'
    : await ensurePackages([...libscitokensPackages]);

/** The library takes only a P-256 key by hand. */
function ellipticLake(): string {
  const lake = JSON.parse(profileLake());
  for (const client of lake.clients) client.accessTokenSigningAlg = 'ES256';
  return JSON.stringify(lake);
}

describeParty('libscitokens, SciTokens 2.0', { missing }, () => {
  let issuer: TestIssuer;
  let cache: string;

  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'sluice-scitokens-'));
    issuer = await startIssuer({ lake: ellipticLake(), realTime: true });
  });
  afterAll(async () => {
    await issuer?.close();
    await rm(cache, { recursive: true });
  });

  const tokenOf = async (client: string, scope: string, audience = 'tree') => {
    const { body } = await clientCredentials(issuer, client, { scope, ...(audience && { audience }) });
    return body.access_token as string;
  };

  const asked = [
    ['read', '/data/open/file'],
    ['write', '/data/open/mine/file'],
    ['read', '/data/closed/file'],
    ['write', '/data/open/file'],
    ['read', '/other'],
    ['read', '/data/open/mine/file'],
  ] as const;

  const ask = async (token: string, profile: keyof typeof libscitokensProfiles, audience = 'tree') => {
    const { keys } = (await (await fetch(new URL('jwk', issuer.url))).json()) as {
      keys: { kid: string; kty: string }[];
    };
    const key = keys.find(({ kid }) => kid === decode(token).header.kid);
    const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const [answer] = await askLibscitokens({
      issuer: issuer.url,
      audience,
      kid: key?.kid ?? '',
      publicKey: String(publicKey),
      tokens: [{ token, asked }],
      profile: libscitokensProfiles[profile],
      cache,
    });
    return answer;
  };

  test.each(['scitokens', 'compatible'] as const)('opens what it names, as %s', async (profile) => {
    const token = await tokenOf('sci', 'storage.read:/data/open storage.modify:/data/open/mine');
    expect(await ask(token, profile)).toEqual({
      list: expect.arrayContaining([
        ['read', '/data/open'],
        ['write', '/data/open/mine'],
      ]),
      opened: [true, true, false, false, false, true],
    });
  });

  test('is no WLCG token to it, and a WLCG token is no SciToken', async () => {
    expect(await ask(await tokenOf('sci', 'read:/data/open'), 'wlcg')).toHaveProperty('error');
    expect(await ask(await tokenOf('plain', 'storage.read:/data/open'), 'scitokens')).toHaveProperty('error');
  });

  test('a token in the profile of RFC 9068 opens nothing to it: its scopes are not read as those of WLCG', async () => {
    expect(await ask(await tokenOf('standard', 'storage.read:/data/open'), 'compatible')).toEqual({
      list: [['storage.read', '/data/open']],
      opened: asked.map(() => false),
    });
  });

  test('is refused for another audience, and taken anywhere with ANY', async () => {
    expect(await ask(await tokenOf('sci', 'read:/data/open'), 'scitokens', 'elsewhere')).toHaveProperty('error');
    const anywhere = await tokenOf('sci', 'read:/data/open compute.read', '');
    expect(await ask(anywhere, 'scitokens', 'elsewhere')).toHaveProperty('opened');
  });
});
