/** A-ASS-4: tokens assert what the login behind them proved, and nothing of the account's other logins, through codes, refreshes and exchanges. */
import { createAuthenticationStore } from '../../src/storage/authentications.ts';
import { authorizeUrl, callback, redeem } from '../support/code-flow.ts';
import { decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { recoveryCodesOn, scan } from '../support/second-factor.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let home: TestIssuer;
let lake: TestIssuer;

const medium = 'https://refeds.org/assurance/IAP/medium';
const low = 'https://refeds.org/assurance/IAP/low';
const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const scope = 'openid offline_access';

const homeLake = (callbackUri: string) => `
version: 1
accounts:
  - { id: carl-at-home, username: carl, password: carl-home-password }
clients:
  - { clientId: lake, clientSecret: lake-secret, redirectUris: ["${callbackUri}"], scopes: [openid, profile, email] }
`;

const lakeFile = (issuer: string) => `
version: 1
accounts:
  - { id: carl-here, username: carl, password: carl-lake-password }
upstreams:
  - { name: home, title: Home Institute, issuer: "${issuer}", clientId: lake, assurance: { always: ["${medium}"] } }
clients:
  - { clientId: portal, clientSecret: portal-demo-secret, grantTypes: [authorization_code, refresh_token, "${exchange}"], redirectUris: ["http://localhost:9000/callback"], scopes: [openid, offline_access], audiences: [tree, "https://wlcg.cern.ch/jwt/v1/any"] }
storages:
  - { name: TREE, audience: tree, matching: segment }
`;

beforeAll(async () => {
  lake = await startIssuer({
    lake: 'version: 1\n',
    realTime: true,
    config: { upstreamSecrets: { home: 'lake-secret' } },
  });
  home = await startIssuer({ lake: homeLake(`${lake.url}upstream/callback/home`), realTime: true });
  await lake.apply(lakeFile(home.url));
  const identity = { issuer: home.url, subject: 'carl-at-home', account_id: 'carl-here' };
  await lake.database.db.insertInto('identities').values(identity).execute();
});
afterAll(async () => {
  await lake?.close();
  await home?.close();
});

/** A token response after a login at the home institute, or with the password here. */
async function tokensOf(way: 'home' | 'password') {
  // Logins of one second cannot be told apart.
  lake.clock.advance(2);
  const agent = new UserAgent();
  const hint = way === 'home' ? { idp_hint: 'home' } : {};
  let page = await agent.follow(await agent.get(authorizeUrl(lake, { scope, prompt: 'consent', ...hint })));
  if (way === 'home') {
    const there = new UserAgent();
    let at = await there.follow(await there.get(page.location as URL));
    at = await signInAtHome(at, there);
    // Remembered after the first time.
    if (at.html.includes('/consent')) at = await there.follow(await there.submit(at, '/consent'));
    page = await agent.follow(await agent.get(at.location as URL));
  } else {
    page = await agent.follow(await agent.submit(page, '/login', { username: 'carl', password: 'carl-lake-password' }));
  }
  page = await agent.follow(await agent.submit(page, '/consent'));
  const { status, body } = await redeem(lake, callback(page).code);
  expect([status, body.error]).toEqual([200, undefined]);
  return body;
}

/** Second factors at the home institute; codes that count once each. */
let codesAtHome: string[] | undefined;

async function signInAtHome(page: Page, there: UserAgent): Promise<Page> {
  const next = await there.follow(
    await there.submit(page, '/login', { username: 'carl', password: 'carl-home-password' }),
  );
  if (codesAtHome === undefined || !next.html.includes('name="code"')) return next;
  return there.follow(await there.submit(next, '/code', { code: codesAtHome.pop() ?? '' }));
}

const assuranceIn = (token: string) => decode(token).claims.eduperson_assurance;

test.each([
  ['home', [medium], low],
  ['password', [low], medium],
] as const)('a login with %s keeps to what it proved', async (way, has, hasNot) => {
  // The account's other login, before and after.
  const other = way === 'home' ? 'password' : 'home';
  await tokensOf(other);
  const first = await tokensOf(way);
  await tokensOf(other);
  const refreshed = await post(
    lake,
    '/token',
    { grant_type: 'refresh_token', refresh_token: first.refresh_token },
    { client: 'portal' },
  );
  const exchanged = await post(
    lake,
    '/token',
    {
      grant_type: exchange,
      audience: 'tree',
      scope: 'openid',
      subject_token: refreshed.body.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    },
    { client: 'portal' },
  );
  expect([refreshed.body, exchanged.body]).toMatchObject([
    { id_token: expect.any(String) },
    { access_token: expect.any(String) },
  ]);
  const introspected = await post(lake, '/introspect', { token: first.access_token }, { client: 'portal' });
  const said = [
    assuranceIn(first.id_token),
    assuranceIn(first.access_token),
    assuranceIn(refreshed.body.id_token),
    assuranceIn(refreshed.body.access_token),
    assuranceIn(exchanged.body.access_token),
    introspected.body.eduperson_assurance,
  ];
  for (const values of said) {
    expect(values).toEqual(expect.arrayContaining([...has]));
    expect(values).not.toContain(hasNot);
  }
});

test('two logins of one second prove what both proved: the values of both, and one factor where either had one', async () => {
  const store = createAuthenticationStore(lake.database.db);
  const [mfa, sfa] = ['https://refeds.org/profile/mfa', 'https://refeds.org/profile/sfa'];
  const login = { accountId: 'carl-here', amr: ['pwd'], upstream: null, at: 1_000_000 };
  await store.record({ ...login, acr: mfa, amr: ['pwd', 'otp'], assurance: [medium, low] });
  await store.record({ ...login, acr: sfa, assurance: [low] });
  // A stronger one after that gives nothing back.
  await store.record({ ...login, acr: mfa, amr: ['pwd', 'otp'], assurance: [medium, low] });
  expect(await store.find('carl-here', 1000)).toMatchObject({ acr: sfa, amr: ['pwd'], assurance: [low] });
});

describe('two factors at the home institute', () => {
  const mfa = 'https://refeds.org/profile/mfa';
  const sfa = 'https://refeds.org/profile/sfa';
  const accepted = () => lakeFile(home.url).replace('clientId: lake,', 'clientId: lake, secondFactor: accepted,');
  const rule = '\nsecondFactor: { clients: [portal] }\n';

  beforeAll(async () => {
    const agent = new UserAgent();
    const page = await agent.follow(await agent.get(`${home.url}login?to=/account/security/one-time-code`));
    const form = await signInAtHome(page, agent);
    const shown = await agent.submit(form, '/one-time-code', { code: scan(home, form).code() });
    codesAtHome = [...recoveryCodesOn(shown)];
  });
  afterEach(() => lake.apply(lakeFile(home.url), { prune: true }));

  test('are one here unless the provider is accepted for them, and no token says otherwise', async () => {
    const ignored = await tokensOf('home');
    expect([ignored.id_token, ignored.access_token].map((token) => decode(token).claims.acr)).toEqual([sfa, sfa]);
    expect(decode(ignored.id_token).claims.amr).not.toContain('mfa');
    await lake.apply(accepted());
    const taken = await tokensOf('home');
    expect([taken.id_token, taken.access_token].map((token) => decode(token).claims.acr)).toEqual([mfa, mfa]);
  });

  test('spare the second factor here only where they are accepted', async () => {
    await lake.apply(accepted() + rule);
    expect(decode((await tokensOf('home')).access_token).claims.acr).toBe(mfa);
    await lake.apply(lakeFile(home.url) + rule, { prune: true });
    lake.clock.advance(2);
    const agent = new UserAgent();
    const sent = await agent.follow(await agent.get(authorizeUrl(lake, { scope, idp_hint: 'home' })));
    const there = new UserAgent();
    let at = await signInAtHome(await there.follow(await there.get(sent.location as URL)), there);
    if (at.html.includes('/consent')) at = await there.follow(await there.submit(at, '/consent'));
    expect((await agent.follow(await agent.get(at.location as URL))).url.pathname).toBe('/login/second-factor');
  });
});
