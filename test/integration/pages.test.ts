/** The pages over HTTP, as an attacker or a program meets them. */
import { formOf, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;
let agent: UserAgent;

beforeAll(async () => {
  issuer = await startIssuer({ realTime: true });
});
afterAll(() => issuer?.close());

beforeEach(async () => {
  agent = new UserAgent();
  await issuer.database.db.deleteFrom('consents').execute();
});

const at = (path: string) => new URL(path, issuer.url);
const redirectUri = 'http://localhost:9000/callback';

function authorize(parameters: Record<string, string> = {}): Promise<Page> {
  const url = at('/authorize');
  url.search = new URLSearchParams({
    client_id: 'portal',
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid storage.read:/cta/open',
    ...parameters,
  }).toString();
  return agent.get(url);
}

const toLogin = async (parameters?: Record<string, string>) => agent.follow(await authorize(parameters));
const signIn = async (page: Page, username = 'alice', password = `${username}-demo-password`) =>
  agent.follow(await agent.submit(page, '/login', { username, password }));

/** A POST with the browser's cookies, and the headers that the test chooses. */
function send(path: string, body: string, headers: Record<string, string> = {}) {
  const cookie = [...agent.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  return fetch(at(path), { method: 'POST', redirect: 'manual', body, headers: { ...form, cookie, ...headers } });
}

const csrfOf = (page: Page) => /name="csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
const credentials = 'username=alice&password=alice-demo-password';

describe('a login form that another site sends (SE-04)', () => {
  test('without the token is refused, and nobody is signed in', async () => {
    const page = await toLogin();
    const answer = await send(`${page.url.pathname}/login`, credentials);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('This form did not come from here');
    expect((await toLogin()).html).toContain('Sign in');
  });

  test.each([{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }])(
    'is refused even with the token: %j',
    async (headers) => {
      const page = await toLogin();
      const answer = await send(`${page.url.pathname}/login`, `${credentials}&csrf=${csrfOf(page)}`, headers);
      expect(answer.status).toBe(403);
    },
  );

  test('to the login page of the issuer itself is refused without the browser’s mark', async () => {
    const page = await agent.get(at('/login'));
    agent.cookies.clear();
    expect((await send('/login', `${credentials}&csrf=${csrfOf(page)}`)).status).toBe(403);
  });
});

test('a wrong password and an unknown user get the same page (BF-05)', async () => {
  const wrong = await agent.submit(await toLogin(), '/login', { username: 'alice', password: 'x' });
  const unknown = await agent.submit(await toLogin(), '/login', { username: 'nobody', password: 'x' });
  const neutral = (page: Page) => page.html.replaceAll(/\/interaction\/[^/"]+|name="csrf" value="[^"]+"/g, '');
  expect(wrong.status).toBe(unknown.status);
  expect(neutral(wrong).replace('value="alice"', '')).toBe(neutral(unknown).replace('value="nobody"', ''));
});

test.each([
  ['a NUL', '%00'],
  ['invalid UTF-8', '%ff%fe'],
  ['a very long name', 'x'.repeat(10_000)],
])('%s as username is a failed login', async (_what, username) => {
  const page = await toLogin();
  const body = `username=${username}&password=x&csrf=${csrfOf(page)}`;
  expect((await send(`${page.url.pathname}/login`, body)).status).toBe(422);
});

test('a form of a megabyte and one that is no form are refused', async () => {
  const page = await toLogin();
  const path = `${page.url.pathname}/login`;
  expect((await send(path, `a=${'x'.repeat(1_000_000)}`)).status).toBe(413);
  expect((await send(path, '{}', { 'content-type': 'application/json' })).status).toBe(415);
});

test('a device form from a browser without a session is shown again, and works then', async () => {
  const { body } = await post(issuer, '/devicecode', { client_id: 'cli', scope: 'openid' });
  const fresh = new UserAgent();
  const again = await fresh.request(at('/device'), 'POST', formOf({ user_code: body.user_code, xsrf: 'stale' }));
  expect(again.status).toBe(400);
  const confirm = await fresh.submit(again, '/device', { user_code: body.user_code });
  expect(confirm.status).toBe(200);
  expect(confirm.html).toContain('name="confirm"');
});

test('an interaction that is unknown or another browser’s is a page that says how to start again', async () => {
  const page = await toLogin();
  for (const path of ['/interaction/unknown', page.url.pathname]) {
    const stranger = await new UserAgent().get(at(path));
    expect(stranger.status).toBe(400);
    expect(stranger.html).toContain('Go back to the service and start again');
  }
});

test('consent cannot be given before the login (SE-16)', async () => {
  const page = await toLogin();
  const answer = await send(`${page.url.pathname}/consent`, `csrf=${csrfOf(page)}&scope=openid`);
  expect(answer.status).toBe(303);
  expect(answer.headers.get('location')).toBe(page.url.pathname);
  expect((await agent.get(page.url)).html).toContain('Sign in');
});

test('a scope that was not asked for cannot be added on the consent page', async () => {
  const consent = await signIn(await toLogin());
  const scope = ['openid', 'storage.read:/cta/open', 'storage.read:/'];
  const back = await agent.follow(await agent.submit(consent, '/consent', { scope }));
  expect(back.location?.searchParams.get('code')).toEqual(expect.any(String));
  const rows = await issuer.database.db.selectFrom('consents').select(['granted', 'refused']).execute();
  expect(rows).toEqual([{ granted: ['openid', 'storage.read:/cta/open'], refused: [] }]);
});

test('unticking every storage scope tells the client invalid_scope and is not remembered', async () => {
  const consent = await signIn(await toLogin());
  const back = await agent.follow(await agent.submit(consent, '/consent', { scope: null }));
  expect(Object.fromEntries(back.location?.searchParams ?? [])).toMatchObject({
    error: 'invalid_scope',
    error_description: 'storage.read:/cta/open refused: consent',
    iss: issuer.url,
  });
  expect(await issuer.database.db.selectFrom('consents').selectAll().execute()).toEqual([]);
});

test('an essential acr that no login here reaches is refused, a voluntary one is not met', async () => {
  const mfa = 'https://refeds.org/profile/mfa';
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['urn:of:another:world'] } } });
  const refused = await toLogin({ claims });
  expect(refused.location?.searchParams.get('error')).toBe('unmet_authentication_requirements');
  expect((await toLogin({ acr_values: mfa })).html).toContain('Sign in');
  const sfa = JSON.stringify({ id_token: { acr: { essential: true, value: 'https://refeds.org/profile/sfa' } } });
  expect((await signIn(await toLogin({ claims: sfa }))).html).toContain('asks for access');
});

test('claims asked for one by one are shown and remembered', async () => {
  const claims = JSON.stringify({ userinfo: { email: null } });
  const consent = await signIn(await toLogin({ claims }));
  expect(consent.html).toContain('See these details of your account: e-mail address');
  await agent.follow(await agent.submit(consent, '/consent'));
  const again = await agent.follow(await authorize({ claims }));
  expect(again.location?.searchParams.get('code')).toEqual(expect.any(String));
});

test('a remembered consent answers prompt=none, a wider request does not', async () => {
  const consent = await signIn(await toLogin());
  await agent.follow(await agent.submit(consent, '/consent'));
  const silent = await authorize({ prompt: 'none' });
  expect(silent.location?.searchParams.get('code')).toEqual(expect.any(String));
  const wider = await authorize({ prompt: 'none', scope: 'openid storage.read:/' });
  expect(wider.location?.searchParams.get('error')).toBe('consent_required');
});

test('an account suspended between login and consent gets nothing', async () => {
  const consent = await signIn(await toLogin(), 'bob');
  const { db } = issuer.database;
  await db.updateTable('accounts').set({ state: 'suspended' }).where('username', '=', 'bob').execute();
  const answer = await agent.submit(consent, '/consent');
  await db.updateTable('accounts').set({ state: 'active' }).where('username', '=', 'bob').execute();
  const back = await agent.follow(answer);
  expect(back.location?.searchParams.get('error')).toBe('access_denied');
});

test('a session whose account is suspended leads to the login page, and to login_required where nobody may be asked', async () => {
  await agent.follow(await agent.submit(await signIn(await toLogin(), 'bob'), '/consent'));
  const { db } = issuer.database;
  await db.updateTable('accounts').set({ state: 'suspended' }).where('username', '=', 'bob').execute();
  const asked = await toLogin();
  const silent = await authorize({ prompt: 'none' });
  await db.updateTable('accounts').set({ state: 'active' }).where('username', '=', 'bob').execute();
  expect(asked.html).toContain('Sign in');
  expect(silent.location?.searchParams.get('error')).toBe('login_required');
});

test('hostile parameters come back as text (XI-04, XI-05)', async () => {
  const attack = '"><img src=x onerror=alert(1)>';
  const page = await toLogin({ login_hint: attack, state: attack });
  expect(page.html).not.toContain('<img');
  const error = await authorize({ redirect_uri: 'http://evil.example/<img>', scope: attack });
  expect(error.status).toBe(400);
  expect(error.html).not.toContain('<img');
  expect(error.headers.get('content-type')).toMatch(/^text\/html/);
});

test('form_post answers with a form of its own policy, its values escaped (XI-07)', async () => {
  const consent = await signIn(await toLogin({ response_mode: 'form_post', state: '"><script>alert(1)</script>' }));
  const page = await agent.follow(await agent.submit(consent, '/consent'));
  expect(page.status).toBe(200);
  expect(page.html).toContain(`<form method="post" action="${redirectUri}">`);
  expect(page.html).not.toContain('<script>alert');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'sha256-");
});

test('errors are pages for browsers and JSON for programs', async () => {
  const page = await agent.get(at('/nothing/here'));
  expect(page.status).toBe(404);
  expect(page.html).toContain('Page not found');
  const program = await fetch(at('/nothing/here'), { headers: { accept: '*/*' } });
  expect(program.status).toBe(404);
  expect(await program.json()).toEqual({ error: 'not_found' });
  const unknown = await authorize({ client_id: 'nobody' });
  expect(unknown.status).toBe(400);
  expect(unknown.html).toContain('This request cannot be answered');
});

test('the token endpoint answers JSON to a program that says it prefers HTML', async () => {
  const headers = { accept: 'text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2' };
  const answer = await send('/token', 'grant_type=nonsense&client_id=cli', headers);
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: 'unsupported_grant_type' });
});

test('every page forbids scripts and frames and is not kept', async () => {
  const consent = await signIn(await toLogin());
  for (const page of [
    consent,
    await agent.get(at('/')),
    await agent.get(at('/login')),
    await agent.get(at('/device')),
  ]) {
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('referrer-policy')).toBe('same-origin');
  }
});

test('200 logins at once leave the keys quick to get, and the excess is told to come back (BF-11)', async () => {
  const page = await toLogin();
  const body = (name: number) => `username=user${name}&password=wrong&csrf=${csrfOf(page)}`;
  const logins = Array.from({ length: 200 }, (_, name) => send(`${page.url.pathname}/login`, body(name)));
  const started = performance.now();
  await fetch(at('/jwk')).then((answer) => answer.arrayBuffer());
  expect(performance.now() - started).toBeLessThan(1000);
  const answers = await Promise.all(logins);
  // Too many at a time, or too many failures from one network.
  const excess = answers.filter(({ status }) => status === 503 || status === 429);
  expect(excess.length).toBeGreaterThanOrEqual(150);
  for (const { headers } of excess) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 422).length).toBe(200 - excess.length);
});
