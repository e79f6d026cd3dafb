/** What a service asks of a login reaches the upstream provider, and a login there that is older than was asked for is none (OpenID Connect Core sections 3.1.2.1 and 2, AARC-G061). */
import { authorizeUrl, callback, redeem } from '../support/code-flow.ts';
import { decode } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type Saying, startUpstreamProvider, type UpstreamProvider } from '../support/upstream-provider.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let odd: UpstreamProvider;
let lake: TestIssuer;

const mfa = 'https://refeds.org/profile/mfa';

const lakeFile = () => `
version: 1
upstreams: [{ name: odd, title: Odd Institute, issuer: "${odd.url}", clientId: lake, trusted: true }]
clients:
  - { clientId: portal, clientSecret: portal-demo-secret, redirectUris: ["http://localhost:9000/callback"], scopes: [openid] }
`;

beforeAll(async () => {
  odd = await startUpstreamProvider();
  lake = await startIssuer({ lake: lakeFile(), realTime: true, config: { upstreamSecrets: { odd: 'odd-secret' } } });
});
afterAll(async () => {
  await lake?.close();
  await odd?.close();
});

const now = () => Math.floor(Date.now() / 1000);

/** Where the browser is sent for a request of the portal. */
async function sentFor(agent: UserAgent, wishes: Record<string, string>): Promise<URL> {
  const request = authorizeUrl(lake, { scope: 'openid', idp_hint: 'odd', ...wishes });
  const { location, html } = await agent.follow(await agent.get(request));
  if (location?.origin !== odd.url) throw new Error(`not sent to the provider: ${location} ${html.slice(0, 500)}`);
  return location;
}

async function comeBack(agent: UserAgent, sent: URL, saying?: Saying): Promise<Page> {
  let page = await agent.follow(await agent.get(odd.answer(sent, saying)));
  if (page.html.includes('/consent"')) page = await agent.follow(await agent.submit(page, '/consent'));
  return page;
}

/** Claims of the ID token that the portal gets in the end. */
async function idTokenOf(page: Page): Promise<Record<string, unknown>> {
  const { body } = await redeem(lake, callback(page).code);
  return decode(body.id_token).claims;
}

function expectOld(page: Page): void {
  expect([page.status, page.location]).toEqual([409, null]);
  expect(page.html).toContain('Odd Institute did not ask for a new sign-in');
}

describe('a wish reaches the provider', () => {
  const nested = (issuer: string) => `${issuer}?idp_hint=${encodeURIComponent('https://idp.home.example')}`;
  test.each<[string, Record<string, string>, Record<string, string | null>]>([
    ['nothing', {}, { login_hint: null, acr_values: null, idp_hint: null, prompt: null, max_age: '43200' }],
    ['login_hint', { login_hint: 'ada@home.example' }, { login_hint: 'ada@home.example' }],
    [
      'acr_values',
      { acr_values: `${mfa} https://refeds.org/profile/sfa` },
      { acr_values: `${mfa} https://refeds.org/profile/sfa` },
    ],
    ['the acr claim', { claims: JSON.stringify({ id_token: { acr: { value: mfa } } }) }, { acr_values: mfa }],
    ['max_age', { max_age: '300' }, { max_age: '300', prompt: null }],
    ['max_age beyond what is taken', { max_age: '1000000' }, { max_age: '43200', prompt: null }],
    ['max_age=0', { max_age: '0' }, { max_age: '0', prompt: 'login' }],
    ['prompt=login', { prompt: 'login' }, { max_age: '0', prompt: 'login' }],
    ['prompt=login consent', { prompt: 'login consent' }, { max_age: '0', prompt: 'login' }],
    ['idp_hint', { idp_hint: 'NESTED' }, { idp_hint: 'https://idp.home.example' }],
    ['aarc_idp_hint', { idp_hint: '', aarc_idp_hint: 'NESTED' }, { idp_hint: 'https://idp.home.example' }],
  ])('%s', async (_what, wishes, expected) => {
    const filled = Object.entries(wishes).map(([name, value]) => [name, value.replace('NESTED', nested(odd.url))]);
    const sent = await sentFor(new UserAgent(), Object.fromEntries(filled));
    const found = Object.keys(expected).map((name) => [name, sent.searchParams.get(name)]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  test('acr_values in the words of the provider first', async () => {
    const words =
      'secondFactor: accepted, acr: { "urn:odd:two": "https://refeds.org/profile/mfa", "with blank": "https://refeds.org/profile/mfa" }';
    await lake.apply(lakeFile().replace('trusted: true', `trusted: true, ${words}`));
    const sent = await sentFor(new UserAgent(), { acr_values: `${mfa} urn:else` });
    expect(sent.searchParams.get('acr_values')).toBe(`urn:odd:two ${mfa} urn:else`);
    await lake.apply(lakeFile(), { prune: true });
  });

  test('from a pushed request too', async () => {
    const body = new URLSearchParams({
      ...Object.fromEntries(
        authorizeUrl(lake, { scope: 'openid', idp_hint: 'odd', prompt: 'login', login_hint: 'ada' }).searchParams,
      ),
    });
    const authorization = `Basic ${Buffer.from('portal:portal-demo-secret').toString('base64')}`;
    const pushed = await fetch(`${lake.url}par`, { method: 'POST', body, headers: { authorization } });
    const { request_uri } = (await pushed.json()) as { request_uri: string };
    const agent = new UserAgent();
    const url = new URL(`authorize?${new URLSearchParams({ client_id: 'portal', request_uri })}`, lake.url);
    const { location } = await agent.follow(await agent.get(url));
    const said = ['login_hint', 'prompt', 'max_age'].map((name) => location?.searchParams.get(name));
    expect(said).toEqual(['ada', 'login', '0']);
  });
});

test('who cancels at the provider goes back to the request of the service, and on in another way', async () => {
  const agent = new UserAgent();
  const sent = await sentFor(agent, {});
  const query = new URLSearchParams({ error: 'access_denied', state: sent.searchParams.get('state') ?? '' });
  const page = await agent.get(`${lake.url}upstream/callback/odd?${query}`);
  expect([page.status, page.html.includes('access_denied')]).toEqual([409, true]);
  const back = await agent.get(new URL(/href="([^"]+\?choose)"/.exec(page.html)?.[1] ?? 'none', lake.url));
  expect([back.status, back.html.includes('Odd Institute')]).toEqual([200, true]);
  const again = await agent.get(new URL(/href="([^"]+\/upstream\/odd)"/.exec(back.html)?.[1] ?? 'none', lake.url));
  expect((await idTokenOf(await comeBack(agent, again.location as URL))).sub).toEqual(expect.any(String));
});

describe('a login at the provider', () => {
  test.each<[string, Record<string, string>, number | undefined]>([
    ['an hour ago', { prompt: 'login' }, 3600],
    ['at a time that it does not say', { prompt: 'login' }, undefined],
    ['an hour ago', { max_age: '0' }, 3600],
    ['ten minutes ago', { max_age: '300' }, 600],
    ['at a time that it does not say', { max_age: '300' }, undefined],
  ])('%s is none for %j', async (_what, wishes, age) => {
    const agent = new UserAgent();
    const claims = { auth_time: age === undefined ? undefined : now() - age };
    expectOld(await comeBack(agent, await sentFor(agent, wishes), { claims }));
    expect((await agent.get(`${lake.url}account`)).status).toBe(303);
  });

  test.each([
    [{ prompt: 'login' }, 0],
    [{ max_age: '300' }, 200],
    [{ max_age: '100000' }, 40_000],
    [{ claims: JSON.stringify({ id_token: { auth_time: { essential: true } } }) }, 90_000],
  ])('that is new enough for %j is told by its own time', async (wishes, age) => {
    const agent = new UserAgent();
    const at = now() - age;
    const page = await comeBack(agent, await sentFor(agent, wishes), { claims: { sub: `aged-${age}`, auth_time: at } });
    expect((await idTokenOf(page)).auth_time).toBe(at);
  });

  test('whose time nobody asked for and nobody says counts as old as it may be', async () => {
    const agent = new UserAgent();
    const wish = { claims: JSON.stringify({ id_token: { auth_time: { essential: true } } }) };
    const page = await comeBack(agent, await sentFor(agent, wish), {
      claims: { sub: 'timeless', auth_time: undefined },
    });
    expect(Number((await idTokenOf(page)).auth_time)).toBeLessThanOrEqual(now() - 43_200);
    // So it is no fresh one for pages either, nor for a service that asks for one later.
    const form = await agent.get(`${lake.url}account/security/password`);
    expect(form.location?.search).toContain('again=1');
    expect((await sentFor(agent, { max_age: '3600' })).searchParams.get('prompt')).toBe('login');
  });

  test('from before is asked for anew when the session here is older than a service wants', async () => {
    const agent = new UserAgent();
    const claims = { sub: 'sitting', auth_time: now() - 1000 };
    await comeBack(agent, await sentFor(agent, {}), { claims });
    const sent = await sentFor(agent, { max_age: '600' });
    expect(sent.searchParams.get('prompt')).toBe('login');
    expectOld(await comeBack(agent, sent, { claims }));
    // The session is as it was: enough for who does not ask.
    const page = await agent.follow(await agent.get(authorizeUrl(lake, { scope: 'openid', max_age: '3600' })));
    expect(page.location?.searchParams.get('code')).toEqual(expect.any(String));
  });

  test('too old to set up a second factor after it is done anew, and leads there', async () => {
    await lake.apply(`${lakeFile()}secondFactor: { clients: [portal] }\n`);
    const agent = new UserAgent();
    const claims = { sub: 'needy', auth_time: now() - 7200 };
    const first = await agent.follow(await agent.get(odd.answer(await sentFor(agent, {}), { claims })));
    // The hint leads on to the provider, for a new login.
    expect([first.location?.origin, first.location?.searchParams.get('prompt')]).toEqual([odd.url, 'login']);
    const again = { claims: { ...claims, auth_time: now() } };
    const page = await agent.follow(await agent.get(odd.answer(first.location as URL, again)));
    expect([page.status, page.url.pathname]).toEqual([200, '/login/second-factor']);
    expect(page.html).toContain('set-up-code');
    await lake.apply(lakeFile(), { prune: true });
  });
});
