/** What an upstream provider itself says of a login (`acr`, `eduperson_assurance`), in the ID token, at userinfo or in both, as far as the lake file believes it: in every token of this login, and in no other (A-ASS-4, ADR 0011). */
import { authorizeUrl, callback, redeem } from '../support/code-flow.ts';
import { decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { scan } from '../support/second-factor.ts';
import { type Saying, startUpstreamProvider, type UpstreamProvider } from '../support/upstream-provider.ts';
import { UserAgent } from '../support/user-agent.ts';

type Name = 'careful' | 'accepted';

let careful: UpstreamProvider;
let accepted: UpstreamProvider;
let lake: TestIssuer;

const raf = 'https://refeds.org/assurance';
const [low, medium, high] = ['low', 'medium', 'high'].map((level) => `${raf}/IAP/${level}`) as [string, string, string];
const unique = `${raf}/ID/unique`;
const [mfa, sfa] = ['https://refeds.org/profile/mfa', 'https://refeds.org/profile/sfa'];
const badge = 'https://home.example/badge';
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';

beforeAll(async () => {
  careful = await startUpstreamProvider();
  accepted = await startUpstreamProvider();
  lake = await startIssuer({
    realTime: true,
    lake: `
version: 1
upstreams:
  - { name: careful, title: Careful, issuer: "${careful.url}", clientId: lake, trusted: true, assurance: { take: ["${raf}/IAP/*", "${unique}"] }, acr: { "${badge}": "https://lake.example/badge" } }
  - { name: accepted, title: Accepted, issuer: "${accepted.url}", clientId: lake, trusted: true, secondFactor: accepted, assurance: { always: ["${unique}"] }, acr: { "${badge}": "${mfa}" } }
clients:
  - { clientId: portal, clientSecret: portal-demo-secret, grantTypes: [authorization_code, refresh_token, "${exchange}"], redirectUris: ["http://localhost:9000/callback"], scopes: [openid, offline_access], audiences: [tree, "https://wlcg.cern.ch/jwt/v1/any"] }
storages: [{ name: TREE, audience: tree, matching: segment }]
`,
  });
});
afterAll(async () => {
  await lake?.close();
  await careful?.close();
  await accepted?.close();
});

let logins = 0;

/** Each in a second of its own: logins of one second cannot be told apart. */
async function firstTokens(name: Name, { claims, userinfo }: Saying) {
  const agent = new UserAgent();
  const request = { scope: 'openid offline_access', prompt: 'consent', idp_hint: name };
  const sent = (await agent.follow(await agent.get(authorizeUrl(lake, request)))).location as URL;
  logins += 1;
  const auth_time = Math.floor(Date.now() / 1000) - 1000 + 2 * logins;
  const provider = name === 'careful' ? careful : accepted;
  const back = provider.answer(sent, { claims: { auth_time, ...claims }, ...(userinfo && { userinfo }) });
  let page = await agent.follow(await agent.get(back));
  page = await agent.follow(await agent.submit(page, '/consent'));
  return (await redeem(lake, callback(page).code)).body;
}

/** What each token of the login says, and what introspection and userinfo say of it. */
async function saidAfter(name: Name, saying: Saying) {
  const first = await firstTokens(name, saying);
  // The same person logs in otherwise before the chain goes on: nothing of that may get into it.
  await firstTokens(name, { claims: { acr: 'other', eduperson_assurance: [high] } });
  const portal = { client: 'portal' };
  const refresh = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
  const second = (await post(lake, '/token', refresh, portal)).body;
  const third = (
    await post(lake, '/token', { ...refresh, refresh_token: second.refresh_token ?? first.refresh_token }, portal)
  ).body;
  const subject = {
    subject_token: third.access_token,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  };
  const exchanged = (
    await post(lake, '/token', { grant_type: exchange, audience: 'tree', scope: 'openid', ...subject }, portal)
  ).body;
  const introspected = (await post(lake, '/introspect', { token: third.access_token }, portal)).body;
  const authorization = `Bearer ${first.access_token}`;
  const atUserinfo = await (await fetch(`${lake.url}userinfo`, { headers: { authorization } })).json();
  const tokens = [first, second].flatMap((answer) => [answer.id_token, answer.access_token]);
  const said = [...tokens, third.access_token, exchanged.access_token].map((token) => decode(token).claims);
  return {
    acr: [...said, introspected].map((claims) => claims.acr),
    assurance: [...said, introspected, atUserinfo].map((claims) => claims.eduperson_assurance),
  };
}

/** All of them say the same. */
const each = (values: readonly unknown[], one: unknown) => values.map(() => one);

describe('assurance', () => {
  test.each<[string, Saying, readonly string[]]>([
    ['said in the ID token', { claims: { eduperson_assurance: [medium, low] } }, [medium, low]],
    ['said at userinfo alone', { userinfo: { eduperson_assurance: [medium, low] } }, [medium, low]],
    ['said as one text', { userinfo: { eduperson_assurance: low } }, [low]],
    [
      'said differently in both is that of the signed one, and no mixture',
      { claims: { eduperson_assurance: [low] }, userinfo: { eduperson_assurance: [high, unique] } },
      [low],
    ],
    [
      'said signed as none is none, whatever userinfo says',
      { claims: { eduperson_assurance: [] }, userinfo: { eduperson_assurance: [high] } },
      [],
    ],
    [
      'that the lake file does not believe, or is no value, is not passed on',
      {
        claims: {
          eduperson_assurance: [
            `${raf}/profile/espresso`,
            `${raf}/ATP/ePA-1d`,
            unique,
            7,
            { a: 1 },
            `${raf}/IAP/with space`,
          ],
        },
      },
      [unique],
    ],
  ])('%s', async (_what, saying, expected) => {
    const said = await saidAfter('careful', saying);
    expect(said.assurance).toEqual(each(said.assurance, expected.length === 0 ? undefined : expected));
    expect(said.acr).toEqual(each(said.acr, sfa));
  });

  test('that is known of every login there is said beside nothing of what the provider claims', async () => {
    const said = await saidAfter('accepted', { claims: { eduperson_assurance: [high] } });
    expect(said.assurance).toEqual(each(said.assurance, [unique]));
  });
});

describe('the strength of the login', () => {
  test.each<[string, Name, Saying, string]>([
    ['REFEDS MFA of a provider that is accepted for it is said', 'accepted', { claims: { acr: mfa } }, mfa],
    ['and so is what means it there', 'accepted', { claims: { acr: badge } }, mfa],
    [
      'REFEDS MFA of any other is one factor, although its people get accounts at once',
      'careful',
      { claims: { acr: mfa } },
      sfa,
    ],
    [
      'what the lake file maps is said as it means',
      'careful',
      { claims: { acr: badge } },
      'https://lake.example/badge',
    ],
    ['what nobody mapped is one factor', 'careful', { claims: { acr: 'urn:example:retina' } }, sfa],
    ['what is no text is one factor', 'accepted', { claims: { acr: [mfa] } }, sfa],
    ['a name that every object has is one factor', 'accepted', { claims: { acr: 'constructor' } }, sfa],
    ['at userinfo alone, which nobody signs, is one factor', 'accepted', { userinfo: { acr: mfa } }, sfa],
    [
      'at userinfo against the ID token is what the ID token says',
      'accepted',
      { claims: { acr: sfa }, userinfo: { acr: mfa } },
      sfa,
    ],
    ['in the ID token against userinfo, too', 'accepted', { claims: { acr: mfa }, userinfo: { acr: sfa } }, mfa],
  ])('%s', async (_what, name, saying, expected) => {
    const said = await saidAfter(name, saying);
    expect(said.acr).toEqual(each(said.acr, expected));
  });

  test('of one factor there and one here is two, with the assurance of the login there', async () => {
    const agent = new UserAgent();
    const wish = { claims: JSON.stringify({ id_token: { acr: { essential: true, value: mfa } } }) };
    const request = { scope: 'openid offline_access', prompt: 'consent', idp_hint: 'careful', ...wish };
    const sent = (await agent.follow(await agent.get(authorizeUrl(lake, request)))).location as URL;
    const claims = { sub: 'two-steps', acr: mfa, eduperson_assurance: [medium] };
    const form = await agent.follow(await agent.get(careful.answer(sent, { claims })));
    expect(form.url.pathname).toBe('/login/second-factor');
    const codes = await agent.submit(form, '/set-up-code', { code: scan(lake, form).code() });
    const page = await agent.follow(await agent.submit(codes, '/continue'));
    const back = await agent.follow(await agent.submit(page, '/consent'));
    const { body } = await redeem(lake, callback(back).code);
    for (const token of [body.id_token, body.access_token]) {
      expect(decode(token).claims).toMatchObject({ acr: mfa, eduperson_assurance: [medium] });
    }
  });

  test('methods that mean two factors are not passed on from who is not accepted for them', async () => {
    const amr = ['pwd', 'mfa', 'otp'];
    const ignored = await firstTokens('careful', { claims: { acr: mfa, amr } });
    expect(decode(ignored.id_token).claims.amr).not.toContain('mfa');
    const taken = await firstTokens('accepted', { claims: { acr: mfa, amr } });
    expect(decode(taken.id_token).claims.amr).toContain('mfa');
  });
});
