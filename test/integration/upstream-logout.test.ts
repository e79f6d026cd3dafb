/** Logouts with an upstream provider: one there after one here, and one here when the provider tells of one there. */
import { eventually, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type Signing, startUpstreamProvider, type UpstreamProvider } from '../support/upstream-provider.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let home: TestIssuer;
let odd: UpstreamProvider;
let lake: TestIssuer;

const event = { 'http://schemas.openid.net/event/backchannel-logout': {} };

const homeLake = (issuer: string) => `
version: 1
accounts:
  - { id: ada-at-home, username: ada, password: ada-home-password }
clients:
  - clientId: lake
    clientSecret: lake-secret
    redirectUris: ["${issuer}upstream/callback/home"]
    postLogoutRedirectUris: ["${issuer}upstream/signed-out"]
    backchannelLogoutUri: "${issuer}upstream/backchannel-logout/home"
    scopes: [openid]
`;

const lakeFile = (logout = true) => `
version: 1
accounts: [{ id: bob-here, username: bob, password: bob-lake-password }]
upstreams:
  - { name: home, title: Home Institute, issuer: "${home.url}", clientId: lake, trusted: true }
  - { name: odd, title: Odd Institute, issuer: "${odd.url}", clientId: lake, trusted: true, logout: ${logout} }
clients:
  - { clientId: portal, clientSecret: portal-demo-secret, redirectUris: ["http://localhost:9000/callback"], postLogoutRedirectUris: ["http://localhost:9000/bye"], scopes: [openid] }
`;

beforeAll(async () => {
  odd = await startUpstreamProvider();
  lake = await startIssuer({
    lake: 'version: 1\n',
    realTime: true,
    config: { upstreamSecrets: { home: 'lake-secret', odd: 'odd-secret' } },
  });
  home = await startIssuer({
    lake: homeLake(lake.url),
    realTime: true,
    config: { allowPrivateFetch: ['127.0.0.1', 'localhost'] },
  });
  await lake.apply(lakeFile());
});
afterAll(async () => {
  await lake?.close();
  await home?.close();
  await odd?.close();
});

const begin = (agent: UserAgent, name: string) => agent.get(`${lake.url}login/upstream/${name}?to=/account`);
const isSignedIn = async (agent: UserAgent) => (await agent.get(`${lake.url}account`)).status === 200;

/** Signed in here by way of the home institute, and the browser's session there. */
async function throughHome() {
  const here = new UserAgent();
  const there = new UserAgent();
  const sent = await begin(here, 'home');
  let at = await there.follow(await there.get(sent.location as URL));
  at = await there.follow(await there.submit(at, '/login', { username: 'ada', password: 'ada-home-password' }));
  if (at.html.includes('/consent')) at = await there.follow(await there.submit(at, '/consent'));
  await here.follow(await here.get(at.location as URL));
  return { here, there };
}

let logins = 0;

/** Each in a second of its own. */
async function throughOdd(said: Record<string, unknown> = {}) {
  const agent = new UserAgent();
  logins += 1;
  const claims = { auth_time: Math.floor(Date.now() / 1000) - 1000 + 2 * logins, ...said };
  const sent = (await begin(agent, 'odd')).location as URL;
  await agent.follow(await agent.get(odd.answer(sent, { claims })));
  expect(await isSignedIn(agent)).toBe(true);
  return agent;
}

/** The button of the page that signs out there as well. */
function submitThere(agent: UserAgent, page: Page): Promise<Page> {
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
  const action = new URL(/formaction="([^"]+)"/.exec(page.html)?.[1] ?? 'none', page.url);
  return agent.request(action, 'POST', new URLSearchParams({ xsrf, logout: 'yes' }), page.url);
}

describe('a logout here', () => {
  test('ends the session at the provider too when the user wants it, and ends where the service asked', async () => {
    const { here, there } = await throughHome();
    const bye = 'http://localhost:9000/bye';
    const query = new URLSearchParams({ client_id: 'portal', post_logout_redirect_uri: bye, state: 's1' });
    const page = await here.get(`${lake.url}logout?${query}`);
    expect(page.html).toContain('Home Institute');
    // Browsers hold the whole chain of redirects of a form against it.
    expect(page.headers.get('content-security-policy')).toMatch(/form-action [^;]*localhost/);
    const sent = await submitThere(here, page);
    expect(sent.location?.href).toMatch(`${home.url}logout?`);
    expect(await isSignedIn(here)).toBe(false);

    const asked = await there.get(sent.location as URL);
    const left = await there.follow(await there.submit(asked, '/confirm', { logout: 'yes' }));
    expect(left.location?.href).toMatch(`${lake.url}upstream/signed-out?state=`);
    expect((await here.get(left.location as URL)).location?.href).toBe(`${bye}?state=s1`);
    // Once, and in no other browser.
    const again = await here.get(left.location as URL);
    expect(again.location?.pathname).toBe('/logout/success');
  });

  test('ends only the one here when that is all the user wants, and for who signed in with a password', async () => {
    const { here } = await throughHome();
    const page = await here.get(`${lake.url}logout`);
    const after = await here.submit(page, '/confirm', { logout: 'yes' });
    expect(after.location?.origin).toBe(new URL(lake.url).origin);
    const bob = new UserAgent();
    const form = await bob.get(`${lake.url}login`);
    await bob.follow(await bob.submit(form, '/login', { username: 'bob', password: 'bob-lake-password' }));
    expect((await bob.get(`${lake.url}logout`)).html).not.toContain('formaction');
  });

  test('offers none at a provider for which the lake file says so', async () => {
    const agent = await throughOdd();
    expect((await agent.get(`${lake.url}logout`)).html).toContain('formaction');
    await lake.apply(lakeFile(false));
    expect((await agent.get(`${lake.url}logout`)).html).not.toContain('formaction');
    await lake.apply(lakeFile());
  });

  test('offers none after an ID token that is too long for an address; told of, the logout there counts all the same', async () => {
    const agent = await throughOdd({ sid: 'long', groups: Array.from({ length: 500 }, (_, n) => `group-${n}`) });
    expect((await agent.get(`${lake.url}logout`)).html).not.toContain('formaction');
    const claims = { ...{ iss: odd.url, aud: 'lake', jti: 'long', sid: 'long' }, events: event };
    const iat = Math.floor(Date.now() / 1000);
    const logout_token = await odd.sign({ ...claims, iat, exp: iat + 60 }, { header: { typ: 'logout+jwt' } });
    expect((await post(lake, '/upstream/backchannel-logout/odd', { logout_token })).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(false);
  });

  test('a guessed secret of the form leads nowhere and ends nothing', async () => {
    const agent = await throughOdd();
    await agent.get(`${lake.url}logout`);
    const fields = new URLSearchParams({ xsrf: 'guessed', logout: 'yes' });
    const answer = await agent.request(new URL('logout/confirm?upstream', lake.url), 'POST', fields);
    expect([answer.status, answer.location]).toEqual([400, null]);
    expect(await isSignedIn(agent)).toBe(true);
  });
});

describe('a logout at the provider (OpenID Connect Back-Channel Logout 1.0)', () => {
  test('ends the session here, and no other of the account', async () => {
    const { here, there } = await throughHome();
    // Logins of one second cannot be told apart.
    for (const { clock } of [lake, home]) clock.advance(2);
    const other = await throughHome();
    await there.follow(await there.submit(await there.get(`${home.url}logout`), '/confirm', { logout: 'yes' }));
    await eventually(async () => ((await isSignedIn(here)) ? undefined : true));
    expect(await isSignedIn(other.here)).toBe(true);
    const entries = await lake.database.db
      .selectFrom('audit_log')
      .select(['actor', 'reason'])
      .where('action', '=', 'session.ended')
      .execute();
    expect(entries).toContainEqual({ actor: 'system:upstream', reason: 'signed out at Home Institute' });
  });

  const now = () => Math.floor(Date.now() / 1000);
  let count = 0;
  const honest = (): Record<string, unknown> => {
    count += 1;
    const [iat, exp] = [now(), now() + 120];
    return { iss: odd.url, aud: 'lake', iat, exp, jti: `j${count}`, sub: 'ada', sid: 'one', events: event };
  };
  const tell = async (
    claims: Record<string, unknown>,
    signing: Signing = { header: { typ: 'logout+jwt' } },
    name = 'odd',
  ) => post(lake, `/upstream/backchannel-logout/${name}`, { logout_token: await odd.sign(claims, signing) });

  test.each<[string, Record<string, unknown>]>([
    ['of the session', { sub: undefined }],
    ['of the person', { sid: undefined }],
  ])('ends it when the token says it %s alone', async (_what, change) => {
    const agent = await throughOdd();
    const { status, headers } = await tell({ ...honest(), ...change });
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(await isSignedIn(agent)).toBe(false);
  });

  test('of a session of which the ID token did not tell ends those of the person', async () => {
    const agent = await throughOdd({ sid: undefined });
    await tell(honest());
    expect(await isSignedIn(agent)).toBe(false);
  });

  test('ends both of two logins in one second, which cannot be told apart', async () => {
    const time = Math.floor(lake.clock.now() / 1000) - 60;
    const agents = [
      await throughOdd({ sid: 'first', auth_time: time }),
      await throughOdd({ sid: 'second', auth_time: time }),
    ];
    await tell({ ...honest(), sid: 'second' });
    for (const agent of agents) expect(await isSignedIn(agent)).toBe(false);
  });

  test('of another session or person ends nothing, and is no error', async () => {
    const agent = await throughOdd();
    expect((await tell({ ...honest(), sid: 'two' })).status).toBe(200);
    expect((await tell({ ...honest(), sub: 'eve', sid: undefined })).status).toBe(200);
    expect(await isSignedIn(agent)).toBe(true);
  });

  test('counts once: what is sent again does not end a session of later', async () => {
    await throughOdd();
    const claims = honest();
    expect((await tell(claims)).status).toBe(200);
    const agent = await throughOdd();
    expect((await tell(claims)).status).toBe(400);
    expect(await isSignedIn(agent)).toBe(true);
  });

  test.each<[string, Record<string, unknown>, Signing | null]>([
    ['signed by a key of somebody else', {}, { strange: true }],
    ['of another issuer', { iss: 'https://evil.example' }, null],
    ['for another client', { aud: 'portal' }, null],
    ['that has ended', { exp: 1 }, null],
    ['that is old, whatever end it names', { iat: now() - 3600 }, null],
    ['without an end', { exp: undefined }, null],
    ['without an id', { jti: undefined }, null],
    ['without the event', { events: {} }, null],
    [
      'with an event that is no object',
      { events: { 'http://schemas.openid.net/event/backchannel-logout': 'x' } },
      null,
    ],
    ['with a nonce, as an ID token has', { nonce: 'n' }, null],
    ['of nobody', { sub: undefined, sid: undefined }, null],
    ['with a session that is no text', { sid: 1 }, null],
    ['that says to be an access token', {}, { header: { typ: 'at+jwt' } }],
  ])('a token %s is refused', async (_what, change, signing) => {
    const agent = await throughOdd();
    const { status, body } = await tell({ ...honest(), ...change }, signing ?? undefined);
    expect([status, body.error]).toEqual([400, 'invalid_request']);
    expect(await isSignedIn(agent)).toBe(true);
  });

  test('a token that is unsigned, none, two or no token at all is refused, and so is an unknown provider', async () => {
    const parts = [{ alg: 'none' }, honest()].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
    const path = '/upstream/backchannel-logout/odd';
    for (const fields of [{ logout_token: `${parts.join('.')}.` }, {}, { logout_token: 'x' }, { other: 'x' }]) {
      expect((await post(lake, path, fields)).status).toBe(400);
    }
    expect((await tell(honest(), {}, 'nobody')).status).toBe(400);
    const json = await fetch(new URL(path, lake.url), { method: 'POST', body: '{}' });
    expect(json.status).toBe(400);
  });
});
