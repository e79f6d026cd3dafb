/** flaat, which guards Python services, takes access tokens by discovery, JWKS, userinfo and introspection, and reads the groups. */
import { decode } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { preparePythonEnvironment } from '../support/python-environment.ts';
import { freePort } from '../support/server-process.ts';
import { userToken } from './party-code.ts';
import { script } from './party-script.ts';
import { describeParty, openPartyStage, type PartyStage } from './party-stage.ts';

const python = await preparePythonEnvironment('flaat', new URL('flaat/requirements.txt', import.meta.url));
const alice = '5a1e0000-0000-4000-8000-000000000001';

describeParty(`flaat ${python.versionOf('flaat')}`, python, () => {
  let stage: PartyStage;
  let service: string;
  let neighbour: TestIssuer;

  beforeAll(async () => {
    stage = await openPartyStage(withEntitlements);
    const { place, certificates, issuer } = stage;
    const port = await freePort();
    service = `https://localhost:${port}`;
    const settings = [String(port), certificates.cert, certificates.key, issuer.url, 'portal', 'portal-demo-secret'];
    const app = place.start(stage.trust, [python.bin('python'), script('flaat/server.py'), ...settings]);
    neighbour = await startIssuer({ certificates, realTime: true });
    await app.waitFor(/flaat listens/);
  });
  afterAll(async () => {
    await neighbour?.close();
    await stage?.close();
  });

  const ask = async (path: string, token: string) => {
    const answer = await fetch(service + path, { headers: { authorization: `Bearer ${token}` } });
    const text = await answer.text();
    return { status: answer.status, body: answer.status === 200 && text.startsWith('{') ? JSON.parse(text) : text };
  };

  test('knows the user of a token, by userinfo and by introspection', async () => {
    const token = await userToken(stage.issuer, { scope: 'openid profile email' });
    expect(await ask('/whoami', token)).toMatchObject({
      status: 200,
      body: {
        subject: alice,
        issuer: stage.issuer.url,
        userinfo: { preferred_username: 'alice' },
        introspected: { active: true, sub: alice },
      },
    });
  });

  test('lets the members of a group in, and nobody whose token does not name the group', async () => {
    const member = await userToken(stage.issuer, { scope: 'openid wlcg.groups' });
    const outsider = await userToken(stage.issuer, { scope: 'openid wlcg.groups' }, { username: 'bob' });
    const silent = await userToken(stage.issuer, { scope: 'openid' });
    expect(await ask('/cta', member)).toEqual({ status: 200, body: 'for members of CTA' });
    expect((await ask('/cta', outsider)).status).toBe(403);
    expect((await ask('/cta', silent)).status).toBe(403);
  });

  test('reads groups as AARC entitlements, in the profile that the client asks for by a scope (AARC-G069)', async () => {
    const scope = 'openid aarc entitlements wlcg.groups';
    const member = await userToken(stage.issuer, { scope });
    const outsider = await userToken(stage.issuer, { scope }, { username: 'bob' });
    expect(decode(member).claims).toMatchObject({ entitlements: expect.arrayContaining([entitlement]) });
    expect(await ask('/entitled', member)).toEqual({ status: 200, body: 'for those with the entitlement of CTA' });
    expect((await ask('/entitled', outsider)).status).toBe(403);
  });

  test('refuses the token of another issuer, a changed one, and none at all', async () => {
    const foreign = await userToken(neighbour, { scope: 'openid profile' });
    const own = await userToken(stage.issuer, { scope: 'openid profile' });
    const [header = '', , signature = ''] = own.split('.');
    const [, claims = ''] = (await userToken(stage.issuer, { scope: 'openid' }, { username: 'dana' })).split('.');
    for (const token of [foreign, [header, claims, signature].join('.'), '']) {
      expect((await ask('/whoami', token)).status).toBe(401);
    }
  });
});

const entitlement = 'urn:geant:escape.example.org:group:escape:cta';

/** The portal may have tokens of the profile `aarc`. */
function withEntitlements(lake: string): string {
  return lake
    .replace(/^groups:.*$/m, 'entitlements: { namespace: "urn:geant:escape.example.org" }\n\n$&')
    .replace('scopes: [openid, profile, email,', '$& aarc, entitlements,');
}
