/** What a hostile or broken provider, or somebody between, can send to the callback: a page that says so, nobody signed in, and nothing of it in the log (OpenID Connect Core 3.1.3.7, RFC 9207, RFC 9700 section 4.4). */
import type { ServerResponse } from 'node:http';
import { base64url, SignJWT } from 'jose';
import { createUpstreamClient } from '../../src/federation/upstream-client.ts';
import { newUpstreamRequest } from '../../src/federation/upstream-request.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import {
  type Saying,
  type Signing,
  startUpstreamProvider,
  type UpstreamProvider,
} from '../support/upstream-provider.ts';
import { type Page, UserAgent } from '../support/user-agent.ts';

type Name = 'odd' | 'other' | 'lists' | 'names' | 'public';

let providers: Readonly<Record<Name, UpstreamProvider>>;
let lake: TestIssuer;

const secret = 'a-secret-of-the-client-at-the-provider';

const lakeFile = () => `
version: 1
accounts: [{ id: bob-here, username: bob, password: bob-lake-password }]
upstreams:
${Object.entries(providers)
  .map(
    ([name, { url }]) =>
      `  - { name: ${name}, title: ${name} Institute, issuer: "${url}", clientId: lake, trusted: true }`,
  )
  .join('\n')}
`;

beforeAll(async () => {
  const symmetric = { id_token_signing_alg_values_supported: ['ES256', 'HS256', 'none'] };
  providers = {
    odd: await startUpstreamProvider(),
    other: await startUpstreamProvider(),
    lists: await startUpstreamProvider('lake', symmetric),
    names: await startUpstreamProvider('lake', { authorization_response_iss_parameter_supported: true }),
    public: await startUpstreamProvider(),
  };
  const { public: _none, ...confidential } = providers;
  lake = await startIssuer({
    lake: lakeFile(),
    realTime: true,
    config: { upstreamSecrets: Object.fromEntries(Object.keys(confidential).map((name) => [name, secret])) },
  });
});
afterAll(async () => {
  await lake?.close();
  for (const provider of Object.values(providers ?? {})) await provider.close();
});

const now = () => Math.floor(Date.now() / 1000);
const begin = async (agent: UserAgent, name: Name = 'odd') =>
  (await agent.get(`${lake.url}login/upstream/${name}?to=/account`)).location as URL;

/** The page after an answer of the provider. */
async function answered(saying: Saying = {}, name: Name = 'odd'): Promise<{ agent: UserAgent; page: Page }> {
  const agent = new UserAgent();
  const sent = await begin(agent, name);
  return { agent, page: await agent.get(providers[name].answer(sent, saying)) };
}

/** A clear page of ours, nobody signed in, no account, and nothing of what was sent in the log. */
async function expectRefused(
  { agent, page }: { agent: UserAgent; page: Page },
  reason?: RegExp | string,
): Promise<void> {
  expect([page.status, page.location]).toEqual([409, null]);
  expect(page.headers.get('content-type')).toMatch('text/html');
  expect(page.html).toContain('did not succeed');
  expect(page.html).not.toMatch(/\bat .*\.(?:js|ts):\d|node_modules|eyJ[\w-]+\./);
  if (reason !== undefined) expect(page.html).toMatch(reason);
  expect((await agent.get(`${lake.url}account`)).location?.pathname).toBe('/login');
  expect(await lake.database.db.selectFrom('accounts').select('username').execute()).toEqual([{ username: 'bob' }]);
  expect(lake.logLines().filter(({ level }) => Number(level) >= 50)).toEqual([]);
  // Tokens, codes, and what claims say of people.
  expect(JSON.stringify(lake.logLines())).not.toMatch(/eyJ[\w-]+\.|code-\d|mallory/);
}

describe('an ID token', () => {
  test.each<[string, Record<string, unknown>]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['of the issuer with a slash more', { iss: 'SLASH' }],
    ['with the nonce of another login', { nonce: 'another' }],
    ['without nonce', { nonce: undefined }],
    ['for another client', { aud: 'another' }],
    ['for several clients, without azp', { aud: ['lake', 'another'] }],
    ['for several clients, this one not the authorized party', { aud: ['lake', 'another'], azp: 'another' }],
    ['for this client, another the authorized party', { azp: 'another' }],
    ['without audience', { aud: undefined }],
    ['that has ended', { iat: now() - 3600, exp: now() - 300 }],
    ['without end', { exp: undefined }],
    ['issued in an hour', { iat: now() + 3600, exp: now() + 7200 }],
    ['that counts in an hour only', { nbf: now() + 3600, exp: now() + 7200 }],
    ['without time of issue', { iat: undefined }],
    ['without subject', { sub: undefined }],
    ['with a subject that is no text', { sub: 7 }],
    ['with an empty subject', { sub: '' }],
    ['with a subject without end', { sub: 'm'.repeat(1001) }],
    ['with a subject of control characters', { sub: 'ada\nmallory' }],
    ['with a login that is no time', { auth_time: 'yesterday' }],
    ['with a login in an hour', { auth_time: now() + 3600 }],
  ])('%s is refused', async (_what, change) => {
    const claims = change.iss === 'SLASH' ? { iss: `${providers.odd.url}/` } : change;
    await expectRefused(await answered({ claims: { email: 'mallory@evil.example', ...claims } }));
  });

  const hmac = (key: string) => (claims: Record<string, unknown>) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'own' }).sign(Buffer.from(key));
  const unsigned = (claims: Record<string, unknown>) =>
    `${[{ alg: 'none' }, claims].map((part) => base64url.encode(JSON.stringify(part))).join('.')}.`;
  const changed = (_claims: Record<string, unknown>, honest: string) => {
    const [header, payload = '', signature] = honest.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return [header, base64url.encode(JSON.stringify({ ...claims, sub: 'bob' })), signature].join('.');
  };
  test.each<[string, Signing, Name[]]>([
    ['signed by a key that it does not publish', { strange: true }, ['odd', 'lists']],
    ['changed after it was signed', { forge: changed }, ['odd', 'lists']],
    ['without its signature', { forge: (_, honest) => honest.replace(/[^.]+$/, '') }, ['odd', 'lists']],
    ['that names an unknown key', { header: { kid: 'unknown' } }, ['odd', 'lists']],
    ['of alg `none`', { forge: unsigned }, ['odd', 'lists']],
    ['signed with the secret of the client', { forge: hmac(secret) }, ['odd', 'lists']],
    ['signed with the public key as a secret', { forge: (claims) => hmac(providers.odd.publicKey)(claims) }, ['odd']],
    [
      'signed with the public key as a secret',
      { forge: (claims) => hmac(providers.lists.publicKey)(claims) },
      ['lists'],
    ],
    ['that is none', { forge: () => 'mallory' }, ['odd']],
    ['that is empty', { forge: () => '' }, ['odd']],
    ['with a critical header that nobody knows', { header: { crit: ['b64'], b64: true } as never }, ['odd']],
  ])('%s is refused, whatever discovery lists', async (_what, signing, names) => {
    for (const name of names) await expectRefused(await answered({ signing }, name));
  });
});

describe('the way back', () => {
  test('a code of one provider at the place of another is refused (mix-up)', async () => {
    const agent = new UserAgent();
    const [odd, other] = [await begin(agent), await begin(agent, 'other')];
    const back = providers.odd.answer(odd);
    // As the attacker would have it: the other's place with the state of the first, and with its own.
    const moved = new URL(back.href.replace('/callback/odd', '/callback/other'));
    await expectRefused({ agent, page: await agent.get(moved) }, 'was not begun here');
    const mixed = providers.other.answer(other);
    mixed.searchParams.set('code', back.searchParams.get('code') ?? '');
    await expectRefused({ agent, page: await agent.get(mixed) });
  });

  test('of an answer that names its issuer this is the one, once, and where discovery says so it is there (RFC 9207)', async () => {
    const page = async (name: Name, iss: readonly string[]) => {
      const agent = new UserAgent();
      const back = providers[name].answer(await begin(agent, name));
      for (const one of iss) back.searchParams.append('iss', one);
      return { agent, page: await agent.get(back) };
    };
    await expectRefused(await page('odd', [providers.other.url]));
    await expectRefused(await page('names', ['']));
    await expectRefused(await page('names', [providers.odd.url]));
    await expectRefused(await page('names', []));
    await expectRefused(await page('names', [providers.names.url, providers.names.url]));
  });

  test('from a provider that the lake file has dropped, or given another issuer, meanwhile leads nowhere', async () => {
    for (const then of ['version: 1\n', lakeFile().replace(providers.odd.url, 'https://idp.elsewhere.example')]) {
      const agent = new UserAgent();
      const back = providers.odd.answer(await begin(agent));
      await lake.apply(then, { prune: true });
      const page = await agent.get(back);
      expect([page.status, page.location, page.html.includes('not used any more')]).toEqual([404, null, true]);
      await lake.apply(lakeFile(), { prune: true });
    }
  });

  test('parameters that came twice, both a code and an error, or a very long one are a page and no fault', async () => {
    const change = async (more: string) => {
      const agent = new UserAgent();
      const back = providers.odd.answer(await begin(agent));
      return { agent, page: await agent.get(`${back}${more}`) };
    };
    for (const more of ['&code=again', '&state=again', '&error=access_denied', '&error=%00&error_description=%F0']) {
      await expectRefused(await change(more));
    }
    await expectRefused(await change(`&error=${'m'.repeat(5000)}`));
    const agent = new UserAgent();
    await expectRefused({ agent, page: await agent.get(`${lake.url}upstream/callback/odd?state=%00&code=%00`) });
  });

  test('a text in an error is no part of the page', async () => {
    const agent = new UserAgent();
    const state = (await begin(agent)).searchParams.get('state') ?? '';
    const query = new URLSearchParams({
      state,
      error: '<script>alert(1)</script>',
      error_description: 'call 555-1234',
    });
    const page = await agent.get(`${lake.url}upstream/callback/odd?${query}`);
    await expectRefused({ agent, page });
    expect(page.html).not.toMatch(/<script>alert|555-1234/);
  });
});

describe('userinfo', () => {
  test.each<[string, Record<string, unknown>]>([
    ['of another person', { sub: 'mallory' }],
    ['of nobody', { sub: undefined }],
    ['of no text', { sub: ['ada'] }],
  ])('%s is refused', async (_what, userinfo) => {
    await expectRefused(await answered({ userinfo }));
  });
});

describe('a provider that answers', () => {
  const send = (status: number, type: string, body: string) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': type }).end(body);
  };
  const json = (body: unknown, status = 200) => send(status, 'application/json', JSON.stringify(body));
  /** For ever, as fast as it is read. */
  const endless = (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":"');
    const more = () => {
      while (!response.destroyed && response.write('m'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  };
  const answers: [string, (response: ServerResponse) => void][] = [
    ['500', json({ error: 'server_error', error_description: 'mallory' }, 500)],
    ['500 in HTML', send(500, 'text/html', '<h1>mallory</h1>')],
    ['a page', send(200, 'text/html', '<h1>mallory</h1>')],
    ['nothing', send(200, 'application/json', '')],
    ['half of it', send(200, 'application/json', '{"access_token":')],
    ['null', json(null)],
    ['a list', json([])],
    ['without end', endless],
    ['with a redirect', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['by hanging up', (response) => response.destroy()],
  ];
  afterEach(() => {
    for (const path of ['/token', '/userinfo', '/.well-known/openid-configuration']) providers.odd.instead(path);
  });

  test.each(answers)('%s is a page that says that it could not be used', async (_what, answer) => {
    for (const path of ['/token', '/userinfo']) {
      providers.odd.instead(path, answer);
      await expectRefused(await answered(), 'odd Institute could not be used');
      providers.odd.instead(path);
    }
  });

  test.each(answers)('%s where its discovery is, too', async (_what, answer) => {
    const broken = await startUpstreamProvider();
    broken.instead('/.well-known/openid-configuration', answer);
    await lake.apply(
      `${lakeFile()}  - { name: broken, title: Broken Institute, issuer: "${broken.url}", clientId: lake }\n`,
    );
    const agent = new UserAgent();
    await expectRefused(
      { agent, page: await agent.get(`${lake.url}login/upstream/broken`) },
      'Broken Institute could not',
    );
    await broken.close();
  });

  test.each<[string, Record<string, unknown>]>([
    ['another issuer', { issuer: 'https://evil.example' }],
    ['no issuer', { issuer: undefined }],
    ['no place to sign in', { authorization_endpoint: undefined }],
    ['a script as place to sign in', { authorization_endpoint: 'javascript:alert(1)' }],
    ['a file as place to sign in', { authorization_endpoint: 'file:///etc/passwd' }],
    ['a number as place to sign in', { authorization_endpoint: 7 }],
    ['no place of tokens', { token_endpoint: undefined }],
    ['a file as place of tokens', { token_endpoint: 'file:///etc/passwd' }],
    ['a text of data as place of tokens', { token_endpoint: 'data:application/json,{}' }],
    ['a list as place of tokens', { token_endpoint: ['x'] }],
    ['no keys', { jwks_uri: undefined }],
    ['a file as keys', { jwks_uri: 'file:///etc/passwd' }],
    ['a text as algorithms', { id_token_signing_alg_values_supported: 'HS256' }],
  ])('with %s in its discovery signs nobody in', async (_what, metadata) => {
    const broken = await startUpstreamProvider('lake', metadata);
    await lake.apply(`${lakeFile()}  - { name: broken, title: Broken, issuer: "${broken.url}", clientId: lake }\n`);
    const agent = new UserAgent();
    let page = await agent.get(`${lake.url}login/upstream/broken`);
    if (page.location !== null) {
      expect(page.location.origin).toBe(broken.url);
      page = await agent.get(broken.answer(page.location));
    }
    await expectRefused({ agent, page }, 'Broken could not be used');
    await lake.apply(lakeFile(), { prune: true });
    await broken.close();
  });

  test('again as it should is used again', async () => {
    for (const name of ['odd', 'public'] as const) {
      const { agent, page } = await answered({}, name);
      expect((await agent.follow(page)).url.pathname).toBe('/account');
    }
  });

  /** A client of the provider that waits for no more than a moment. */
  const impatient = () => {
    const reasons: string[] = [];
    const client = createUpstreamClient({
      secrets: {},
      clock: lake.clock,
      onFailure: (_name, reason) => reasons.push(reason),
      onAnswer: () => {},
      timeoutSeconds: 0.3,
    });
    const upstream = { name: 'odd', title: 'Odd Institute', issuer: providers.odd.url, clientId: 'lake' };
    const request = newUpstreamRequest(Date.now(), { fresh: false });
    return {
      client,
      reasons,
      upstream,
      request,
      place: { redirectUri: `${lake.url}upstream/callback/odd`, state: 'one' },
    };
  };

  test('not when it is asked anew is used as it was known before', async () => {
    const { client, upstream, place, request } = impatient();
    expect(await client.ask(upstream)).toMatchObject({ value: { algorithms: ['ES256'] } });
    providers.odd.instead('/.well-known/openid-configuration', () => {});
    const asked = client.ask(upstream);
    expect((await client.begin(upstream, place, request, {})).ok).toBe(true);
    expect((await asked).ok).toBe(false);
    expect((await client.begin(upstream, place, request, {})).ok).toBe(true);
  });

  test('with a script as its place of logouts is not sent anybody there', async () => {
    for (const end_session_endpoint of ['javascript:alert(1)', 'data:text/html,x', 7, '']) {
      const broken = await startUpstreamProvider('lake', { end_session_endpoint });
      const { client, upstream } = impatient();
      const place = { idToken: 'x', returnTo: lake.url };
      expect(await client.logoutUrl({ ...upstream, issuer: broken.url }, place)).toBeUndefined();
      await broken.close();
    }
  });

  const drops = (response: ServerResponse) => {
    const timer = setInterval(() => response.write(' '), 20);
    response.on('close', () => clearInterval(timer));
  };
  test.each([
    ['never', () => {}],
    ['in drops', drops],
  ])('%s is given up', async (_what, answer) => {
    const { client, reasons, upstream, place, request } = impatient();
    const sent = await client.begin(upstream, place, request, {});
    expect(sent.ok).toBe(true);
    const back = sent.ok ? providers.odd.answer(sent.value) : new URL(lake.url);
    providers.odd.instead('/token', answer);
    expect(await client.complete(upstream, back, 'one', request)).toMatchObject({ error: { code: 'conflict' } });
    expect(reasons).toEqual([expect.stringContaining('OAUTH_TIMEOUT')]);
  });
});
