import { type IncomingMessage, request } from 'node:http';
import { authorizeUrl, login } from '../support/code-flow.ts';
import { basic, clientCredentials, decode, post } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer({ realTime: true });
});
afterAll(() => issuer?.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(new URL(path, issuer.url), { headers, redirect: 'manual' });

/** What fetch does not send: another Host, odd methods, absolute request targets. */
function raw(options: { path: string; method?: string; headers?: Record<string, string>; body?: Buffer }) {
  const { port } = new URL(issuer.url);
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, ...options }, async (response: IncomingMessage) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject);
    sent.end(options.body);
  });
}

describe('metadata and keys (W-DISC-1, W-KEY-1, W-KEY-2)', () => {
  test('every URL starts with the issuer, at both well-known paths', async () => {
    const [openid, oauth] = await Promise.all(
      ['.well-known/openid-configuration', '.well-known/oauth-authorization-server'].map(async (path) =>
        (await get(path)).json(),
      ),
    );
    expect(openid).toEqual(oauth);
    expect(openid).toMatchObject({
      issuer: issuer.url,
      jwks_uri: `${issuer.url}jwk`,
      authorization_endpoint: `${issuer.url}authorize`,
      token_endpoint: `${issuer.url}token`,
      device_authorization_endpoint: `${issuer.url}devicecode`,
      userinfo_endpoint: `${issuer.url}userinfo`,
      introspection_endpoint: `${issuer.url}introspect`,
      revocation_endpoint: `${issuer.url}revoke`,
      end_session_endpoint: `${issuer.url}logout`,
      code_challenge_methods_supported: ['S256'],
      response_types_supported: ['code'],
      authorization_response_iss_parameter_supported: true,
    });
  });

  test('keys are public, named, and those of development say nothing private (JW-18)', async () => {
    const { keys } = (await (await get('jwk')).json()) as { keys: Record<string, string>[] };
    expect(keys.map(({ alg }) => alg).sort()).toEqual(['ES256', 'RS256']);
    for (const key of keys) {
      expect(key.kid).toBeTruthy();
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(secret);
    }
  });

  test.each([
    ['jwk', 'public, max-age=21600'],
    ['.well-known/openid-configuration', 'public, max-age=3600'],
  ])('%s may be cached and is not sent twice', async (path, caching) => {
    const first = await get(path);
    expect(first.headers.get('cache-control')).toBe(caching);
    expect(first.headers.get('access-control-allow-origin')).toBe('*');
    const again = await get(path, { 'if-none-match': first.headers.get('etag') ?? '' });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });
});

describe('hosts and paths', () => {
  test('another host is refused with 421, except for health', async () => {
    const headers = { host: 'evil.example' };
    for (const path of ['/jwk', '/token', '/.well-known/openid-configuration', '/', '/authorize']) {
      expect((await raw({ path, headers })).status).toBe(421);
    }
    for (const path of ['/health', '/health/live', '/health/ready']) {
      expect(await raw({ path, headers })).toEqual({ status: 200, body: '{"status":"UP"}' });
    }
  });

  test('X-Forwarded-Host and an absolute request target change nothing (DH-12)', async () => {
    const answer = await get('.well-known/openid-configuration', {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    });
    expect(await answer.text()).not.toContain('evil.example');
    const { host } = new URL(issuer.url);
    const absolute = await raw({ path: 'http://evil.example/.well-known/openid-configuration', headers: { host } });
    expect(absolute.body).not.toContain('evil.example');
  });

  test('`//token` is taken as `/token`', async () => {
    const fields = {
      grant_type: 'client_credentials',
      scope: 'storage.read:/magic',
      audience: 'https://localhost:8444',
    };
    const { host } = new URL(issuer.url);
    const body = Buffer.from(new URLSearchParams(fields).toString());
    const headers = {
      host,
      authorization: basic('catalogue'),
      'content-type': 'application/x-www-form-urlencoded',
      'content-length': String(body.length),
    };
    expect((await raw({ path: '//token', method: 'POST', headers, body })).status).toBe(200);
  });

  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE'])('%s is not allowed on a protocol path (DH-16)', async (method) => {
    const { host } = new URL(issuer.url);
    for (const path of ['/token', '/authorize', '/jwk', '/userinfo', '/introspect']) {
      expect((await raw({ path, method, headers: { host } })).status).toBe(405);
    }
    expect((await raw({ path: '/', method, headers: { host } })).status).toBe(404);
  });

  test('GET /token says which method is allowed', async () => {
    const answer = await get('token');
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  test('a form posted to /authorize or /logout is taken as its query (OpenID Connect Core 3.1.2.1)', async () => {
    const { searchParams } = authorizeUrl(issuer, { scope: 'openid' });
    const agent = new UserAgent();
    const page = await agent.follow(await agent.request(new URL('authorize', issuer.url), 'POST', searchParams));
    expect(page.html).toContain('name="password"');
    const logout = await agent.request(
      new URL('logout', issuer.url),
      'POST',
      new URLSearchParams({ client_id: 'portal' }),
    );
    expect([logout.status, logout.location?.href]).toEqual([303, `${issuer.url}logout?client_id=portal`]);
  });

  test('an issuer with a path answers below it, and at RFC 8414’s place for the metadata', async () => {
    const base = await startIssuer({ path: 'vo/' });
    try {
      expect(base.url).toMatch(/\/vo\/$/);
      const metadata = await (await fetch(new URL('.well-known/openid-configuration', base.url))).json();
      expect(metadata).toMatchObject({ issuer: base.url, token_endpoint: `${base.url}token` });
      for (const place of ['/.well-known/openid-configuration/vo', '/.well-known/oauth-authorization-server/vo']) {
        expect(await (await fetch(new URL(place, base.url))).json()).toEqual(metadata);
      }
      const { body } = await clientCredentials(base, 'catalogue', {
        scope: 'storage.read:/magic',
        audience: 'https://localhost:8444',
      });
      expect(decode(body.access_token).claims.iss).toBe(base.url);
      expect((await login(base, { scope: 'openid' })).status).toBe(200);
    } finally {
      await base.close();
    }
  });
});

describe('what every answer carries', () => {
  test('pages and JSON have security headers and a request id', async () => {
    for (const path of ['', 'jwk', 'nothing-here']) {
      const { headers } = await get(path, { accept: 'text/html' });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  test('cookies are signed, HttpOnly and SameSite (SE-09)', async () => {
    const agent = new UserAgent();
    const page = await agent.get(authorizeUrl(issuer, { scope: 'openid' }));
    const cookies = page.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/httponly/i);
    for (const cookie of cookies) expect(cookie).toMatch(/samesite=(lax|strict)/i);
    expect(cookies.filter((cookie) => /^[^=]+\.sig=/.test(cookie)).length).toBe(cookies.length / 2);
  });

  test('a page that does not exist is a page for people and JSON for programs', async () => {
    const page = await get('nothing-here', { accept: 'text/html' });
    expect([page.status, page.headers.get('content-type')]).toEqual([404, expect.stringContaining('text/html')]);
    const json = await get('nothing-here', { accept: 'application/json' });
    expect([json.status, json.headers.get('content-type')]).toEqual([404, expect.stringContaining('application/json')]);
  });
});

describe('hostile input gets a 4xx', () => {
  const scope = (text: string) => ({
    grant_type: 'client_credentials',
    scope: text,
    audience: 'https://localhost:8444',
  });
  const many = Array.from({ length: 10_000 }, (_, index) => `storage.read:/d${index}`).join(' ');

  test.each<[string, Record<string, string | string[]>]>([
    ['a body of one megabyte (DH-01)', scope('a'.repeat(1_000_000))],
    ['10 000 scopes', scope(many)],
    ['200 scopes', scope(many.slice(0, 4000))],
    ['a NUL in a scope', scope('storage.read:/a\u0000b')],
    ['a NUL in the client id', { ...scope('storage.read:/a'), client_id: 'a\u0000' }],
    ['quotes and backslashes in a scope', scope('storage.read:/a"\\')],
    ['a scope beyond ASCII (ST-15)', scope('storage.read:/data/\uff21lice')],
    ['a path of 50 000 characters (DH-07)', scope(`storage.read:/${'a'.repeat(50_000)}`)],
    ['a glob (ST-26)', scope('storage.read:/*')],
    ['repeated grant types', { ...scope('storage.read:/a'), grant_type: ['client_credentials', 'client_credentials'] }],
    ['repeated scopes', { ...scope('storage.read:/a'), scope: ['storage.read:/a', 'storage.read:/b'] }],
    [
      'names of object members',
      { ...scope('storage.read:/a b'), __proto__x: '1', 'constructor[prototype]': '1', scope: '__proto__ constructor' },
    ],
  ])('%s', async (_name, fields) => {
    const { status, body } = await post(issuer, '/token', fields, { client: 'catalogue' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body.error).toMatch(/^[a-z_]+$/);
    expect(JSON.stringify(body)).not.toMatch(/at .*\.(ts|js):/);
  });

  test.each([
    ['invalid UTF-8', 'grant_type=client_credentials&scope=storage.read:/%ff%fe', 'application/x-www-form-urlencoded'],
    ['deep JSON (DH-04)', '['.repeat(100_000), 'application/json'],
    ['a broken form', '%%%&=&&==%', 'application/x-www-form-urlencoded'],
  ])('%s', async (_name, body, type) => {
    const answer = await fetch(new URL('token', issuer.url), {
      method: 'POST',
      body,
      headers: { 'content-type': type, authorization: basic('catalogue') },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
  });

  test.each([
    'authorize?client_id=portal&client_id=portal',
    'authorize?client_id=%00',
    'authorize?response_type=code&client_id=portal&scope=openid&redirect_uri=http://localhost:9000/callback&state=%00&nonce=%01',
    `authorize?client_id=portal&scope=${'a'.repeat(12_000)}`,
    'authorize?claims=%7B%7B&client_id=portal&response_type=code&scope=openid&redirect_uri=http://localhost:9000/callback',
    'device?user_code=%00',
    'logout?id_token_hint=nonsense',
    'interaction/../../etc/passwd',
    'assets/..%2f..%2fetc/passwd',
  ])('GET %s', async (path) => {
    const answer = await get(path, { accept: 'text/html' });
    const text = await answer.text();
    expect(answer.status).toBeLessThan(500);
    expect(text).not.toMatch(/at .*\.(ts|js):|root:x:/);
  });

  test('a log line stays one line, whatever was sent (XI-13)', async () => {
    await post(issuer, '/token', { ...scope('storage.read:/a'), client_id: 'x","level":60,"event":"login_ok' });
    for (const line of issuer.logLines()) expect(line).not.toHaveProperty('event', 'login_ok');
  });
});
