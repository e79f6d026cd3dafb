/** Hostile input to the API: a clear 4xx, never a fault, and the rules untouched (issue: the policy, "Hostile input"). */
import { request } from 'node:http';
import { type Call, callApi, callerWith, clientToken, startApiIssuer } from '../support/api.ts';
import type { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let token: string;
let bot: Call;
let before: unknown;

beforeAll(async () => {
  issuer = await startApiIssuer();
  token = await clientToken(issuer, 'rules-bot', 'policy:read policy:write');
  bot = callerWith(issuer, token);
  before = await rules();
});
afterAll(() => issuer?.close());

/** Everything that a write could have changed. */
async function rules(): Promise<unknown> {
  const lists = ['/grants', '/embargoes', '/storages', '/namespace'];
  return Promise.all(lists.map(async (path) => (await bot('GET', path)).body.items));
}

let linesSeen = 0;

afterEach(() => {
  const lines = issuer.logLines().slice(linesSeen);
  linesSeen += lines.length;
  expect(lines.filter(({ msg }) => msg === 'fault')).toEqual([]);
});

/** A request as bytes, which fetch would not send. */
function raw(method: string, path: string, body?: Buffer, headers: Record<string, string> = {}) {
  const { port, host } = new URL(issuer.url);
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const all = {
      host,
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': 'application/json', 'content-length': String(body.length) }),
      ...headers,
    };
    const sent = request({ host: '127.0.0.1', port, method, path, headers: all }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const grant = { subject: 'user:bob', actions: ['read'], path: '/magic' };
const embargo = { path: '/cta/hostile', until: '2027-06-01T00:00:00Z' };
const long = 'a'.repeat(100_000);
const everyByte = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

/** Values that are wrong wherever a text with a grammar is expected. */
const wrongValues: readonly unknown[] = [
  `/${long}`,
  long,
  '/a\u0000b',
  '/\ud800',
  '\udc00',
  '/a/../b',
  '/a/%2e%2e/b',
  '/a|b',
  '',
  ' ',
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [[[[]]]],
  { toString: 'x' },
  '__proto__',
  'constructor',
];

describe('values', () => {
  test.each(Object.keys(grant))('every wrong value of `%s` in a grant is 400 with its place', async (field) => {
    for (const value of wrongValues) {
      const { status, body } = await bot('POST', '/grants', { body: { ...grant, [field]: value } });
      expect([status, body.errors[0].in]).toEqual([400, 'body']);
      expect(body.errors[0].pointer.startsWith(`/${field}`)).toBe(true);
      expect(JSON.stringify(body).length).toBeLessThan(5000);
    }
  });

  test.each([
    'path',
    'exempt',
    'actions',
    'from',
    'until',
    'hardLimit',
    'retroactive',
    'parties',
    'limits',
    'maxTokenLifetimeSeconds',
    'state',
  ])('every wrong value of `%s` in an embargo is 400 or 422', async (field) => {
    // What is right in this place, or says nothing.
    const harmless = (value: unknown) =>
      (field === 'exempt' || field === 'parties') && Array.isArray(value) && value.length === 0
        ? true
        : (field === 'limits' && JSON.stringify(value) === '{}') || (field === 'retroactive' && value === true);
    for (const value of wrongValues.filter((one) => !harmless(one))) {
      const { status } = await bot('POST', '/embargoes', { body: { ...embargo, [field]: value } });
      expect([field, value, status]).toEqual([field, value, 400]);
    }
  });

  test('every byte value in a path is refused unless the grammar has it (policy-semantics 2.2)', async () => {
    const good = /[A-Za-z0-9\-_.~=@,/]/;
    for (const character of everyByte.filter((one) => !good.test(one))) {
      const answers = await Promise.all([
        bot('POST', '/grants', { body: { ...grant, path: `/magic/x${character}y` } }),
        bot('GET', `/grants?path=${encodeURIComponent(`/magic/x${character}y`)}`),
        bot('POST', '/namespace', { body: { path: `/x${character}` } }),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
    }
  });

  test('every byte value in an id or a subject finds nothing or is refused', async () => {
    for (const character of everyByte) {
      const id = `none${encodeURIComponent(character)}x`;
      const answers = await Promise.all([
        bot('GET', `/grants/${id}`),
        bot('GET', `/embargoes/${id}/history`),
        bot('GET', `/storages/${id}`),
        bot('DELETE', `/embargoes/cta-p17/parties/user:${id}`, { headers: { 'if-match': '*' } }),
        bot('GET', `/policy/why/${id}`),
      ]);
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    }
  });

  test('texts for people hold no control characters, no NUL and no half of a character', async () => {
    for (const text of ['a\u0000', 'a\n', '\u001b[2J', '\ud800', 'x'.repeat(1001), '']) {
      const { status } = await bot('POST', '/embargoes', { body: { ...embargo, title: text } });
      expect([text.slice(0, 5), status]).toEqual([text.slice(0, 5), 400]);
      expect((await bot('POST', '/grants', { body: { ...grant, reason: text } })).status).toBe(400);
    }
  });

  test.each([
    ['a path of 40 000 characters', `/grants?path=/${long.slice(0, 40_000)}`],
    ['an id of 40 000 characters', `/grants/${long.slice(0, 40_000)}`],
    ['5000 parameters', `/grants?${Array.from({ length: 5000 }, (_, index) => `p${index}=1`).join('&')}`],
  ])('%s in the request line is refused by its length', async (_name, path) => {
    const { status } = await raw('GET', `/api/v1${path}`);
    expect([400, 414, 431]).toContain(status);
  });

  test('many faults are told up to a limit', async () => {
    const fields = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`field${index}`, 1]));
    const { status, body } = await bot('POST', '/grants', { body: { ...grant, ...fields } });
    expect([status, body.errors.length]).toEqual([400, 100]);
    const named = await bot('POST', '/grants', { body: { ...grant, [long]: 1 } });
    expect(JSON.stringify(named.body).length).toBeLessThan(2000);
  });

  test('names of object members are fields like others', async () => {
    const body = `{"subject":"user:bob","actions":["read"],"path":"/magic","__proto__":{"path":"/"},"constructor":1}`;
    const answer = await bot('POST', '/grants', { body });
    expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/__proto__',
      '/constructor',
    ]);
  });

  test('10 000 scopes, and scopes of every kind, are decided or refused, never a fault', async () => {
    const many = Array.from({ length: 1000 }, (_, index) => `storage.read:/d${index}`).join(' ');
    const { body } = await bot('POST', '/policy/evaluate', { body: { client: 'rules-bot', scope: many } });
    expect(body.refused[0].reason).toBe('too-many');
    for (const scope of [...everyByte.map((character) => `storage.read:/a${character}b`), '\ud800', 'wlcg.groups:']) {
      const answer = await bot('POST', '/policy/evaluate', { body: { client: 'rules-bot', scope } });
      expect(answer.status).toBe(200);
    }
    const most = Array.from({ length: 10_000 }, (_, index) => `storage.read:/d${index}`).join(' ');
    expect((await bot('POST', '/policy/evaluate', { body: { client: 'rules-bot', scope: most } })).status).toBe(400);
    for (const name of ['user', 'client', 'audience', 'subjectScope']) {
      const texts = { client: 'rules-bot', scope: 'openid', [name]: '\u0000\ud800\u2028' };
      expect([200, 404]).toContain((await bot('POST', '/policy/evaluate', { body: texts })).status);
    }
  });
});

describe('bodies', () => {
  test.each([
    ['deep lists', '['.repeat(100_000)],
    ['deep lists, closed', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['deep objects', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    [
      'deep members of a grant',
      JSON.stringify({ ...grant, x: 1 }).replace('1', `${'['.repeat(50_000)}${']'.repeat(50_000)}`),
    ],
    ['half an object', '{"subject":'],
    ['two objects', '{}{}'],
    ['a text', '"x"'],
    ['a number', '1'],
    ['null', 'null'],
    ['a list', '[]'],
    ['NaN', '{"path": NaN}'],
    ['a byte order mark in the middle', '{"subject":\ufeff1}'],
  ])('%s is 400', async (_name, body) => {
    for (const path of ['/grants', '/embargoes', '/policy/evaluate', '/policy/impact', '/namespace']) {
      expect((await bot('POST', path, { body })).status).toBe(400);
    }
  });

  test('bytes that are no UTF-8 are 400', async () => {
    const bytes = Buffer.concat([Buffer.from('{"subject":"user:'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    expect((await raw('POST', '/api/v1/grants', bytes)).status).toBe(400);
    for (let byte = 0; byte < 256; byte += 1) {
      expect((await raw('POST', '/api/v1/grants', Buffer.from([byte]))).status).toBe(400);
    }
  });

  test('none where one is needed is 415 or 400', async () => {
    expect((await raw('POST', '/api/v1/grants')).status).toBe(415);
    expect((await raw('POST', '/api/v1/grants', Buffer.alloc(0))).status).toBe(400);
  });

  test('more than 256 KiB is 413, whether announced or not', async () => {
    const body = Buffer.from(JSON.stringify({ ...grant, reason: 'x'.repeat(300_000) }));
    expect((await raw('POST', '/api/v1/grants', body)).status).toBe(413);
    const chunked = await fetch(new URL('api/v1/grants', issuer.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(chunked.status).toBe(413);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/merge-patch+json',
    'application/json; charset=latin1',
    'application/jsonx',
    'multipart/form-data; boundary=x',
  ])('of type `%s` are 415', async (type) => {
    const answer = await bot('POST', '/grants', { body: grant, headers: { 'content-type': type } });
    expect([answer.status, answer.body.type]).toEqual([415, 'urn:sluice:problem:unsupported-media-type']);
  });

  test('compressed ones are 415; a charset that says UTF-8 is taken', async () => {
    const compressed = await bot('POST', '/grants', { body: grant, headers: { 'content-encoding': 'gzip' } });
    expect(compressed.status).toBe(415);
    const headers = { 'content-type': 'Application/JSON; Charset=UTF-8' };
    expect((await bot('POST', '/grants', { body: { ...grant, path: 'x' }, headers })).status).toBe(400);
  });

  test('one that breaks off is nobody’s fault', async () => {
    const { port, host } = new URL(issuer.url);
    const headers = {
      host,
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': '1000',
    };
    const sent = request({ host: '127.0.0.1', port, method: 'POST', path: '/api/v1/grants', headers });
    const ended = new Promise((resolve) => sent.once('error', resolve).once('close', resolve));
    await new Promise<void>((resolve) => sent.write('{"subject":', () => resolve()));
    sent.destroy();
    await ended;
    expect((await bot('GET', '/session')).status).toBe(200);
  });
});

describe('request targets', () => {
  test.each([
    '/api/v1/../../etc/passwd',
    '/api/v1/grants/..%2f..%2fetc%2fpasswd',
    '/api/v1/grants/%00',
    '/api/v1/grants/%zz',
    '/api/v1/grants/%c3%28',
    '/api/v1/grants/%ed%a0%80',
    '/api/v1/grants?path=%ff',
    '/api/v1/grants?%00=1',
    '/api/v1/grants?constructor=1&__proto__=2&toString=3',
    '/api/v1/constructor',
    '/api/v1/grants/{id}',
    '/api//v1///grants?limit=0',
    '/api/v1/grants;x=1',
    '/api/v1/policy/who-can?operation=constructor&path=/',
  ])('%s is 4xx', async (path) => {
    const { status, body } = await raw('GET', path);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(body).not.toMatch(/root:x|at .*\.ts:/);
  });

  test.each(['if-match', 'if-none-match', 'authorization', 'content-type', 'sec-fetch-site', 'sluice-csrf', 'cookie'])(
    'every byte that a header may hold in `%s` is harmless',
    async (name) => {
      for (let byte = 33; byte < 256; byte += 1) {
        if (byte === 127) continue;
        const headers = { [name]: `"${String.fromCharCode(byte)}"` };
        const { status } = await callApi(issuer, 'PUT', '/grants/members-read', { token, body: { path: 1 }, headers });
        expect(status).toBeLessThan(500);
      }
    },
  );
});

test('after all of it the rules are what they were', async () => {
  expect(await rules()).toEqual(before);
});
