/** Hostile input to the endpoints of the flows and to explain: a clear 4xx, never a fault, and the policy as it was (issue: the policy, "Hostile input"). */
import { request } from 'node:http';
import { explainCommand } from '../../src/cli/explain.ts';
import { runCommand } from '../support/command.ts';
import { basic, clientCredentials } from '../support/http.ts';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let version: unknown;
let linesSeen = 0;

beforeAll(async () => {
  issuer = await startIssuer();
  version = await policyVersion();
});
afterAll(() => issuer?.close());

afterEach(async () => {
  const lines = issuer.logLines().slice(linesSeen);
  linesSeen += lines.length;
  expect(lines.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  const fields = { audience: 'https://localhost:8444', scope: 'storage.read:/cta/open' };
  expect(await clientCredentials(issuer, 'catalogue', fields)).toMatchObject({ status: 200 });
  expect(await policyVersion()).toEqual(version);
});

function policyVersion() {
  return issuer.database.db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
}

interface Answer {
  readonly status: number;
  readonly location: string;
  readonly body: string;
}

/** What Node reads of a request before its body. */
const longestLine = 16 * 1024;
const headersTooLarge: Answer = { status: 431, location: '', body: '' };

/** As bytes, which fetch would not send. */
function send(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  const { port, host } = new URL(issuer.url);
  const type = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(body.length) };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers: { host, ...(body === '' ? {} : type), ...headers } },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const { statusCode = 0, headers: given } = response;
        resolve({ status: statusCode, location: given.location ?? '', body: Buffer.concat(chunks).toString() });
      },
    );
    // Of a request line of this length not all is read, so that the answer may be lost with the connection.
    sent.on('error', (error) => (path.length > longestLine ? resolve(headersTooLarge) : reject(error)));
    sent.end(body, 'latin1');
  });
}

const forms: Readonly<Record<string, readonly [string, Record<string, string>, string]>> = {
  '/token': ['/token', { authorization: basic('catalogue') }, 'grant_type=client_credentials'],
  '/devicecode': ['/devicecode', {}, 'client_id=cli'],
  '/par': [
    '/par',
    { authorization: basic('portal') },
    'response_type=code&client_id=portal&redirect_uri=http%3A%2F%2Flocalhost%3A9000%2Fcallback&state=s',
  ],
};
const posted = Object.keys(forms);

function post(endpoint: string, more: string): Promise<Answer> {
  const [path, headers, base] = forms[endpoint] ?? ['', {}, ''];
  return send('POST', path, headers, `${base}&${more}`);
}

/** Of the browser's endpoint an error may also be the client's to hear. */
function authorize(more: string): Promise<Answer> {
  const base =
    'response_type=code&client_id=portal&redirect_uri=http%3A%2F%2Flocalhost%3A9000%2Fcallback&state=s&code_challenge=x&code_challenge_method=S256';
  return send('GET', `/authorize?${base}&${more}`, {});
}

function expectRefusal({ status, location, body }: Answer): void {
  expect(status === 302 || status === 303 ? location : status).toEqual(
    status >= 400 ? expect.anything() : expect.stringMatching(/[?&]error=/),
  );
  expect(status).toBeLessThan(500);
  expect(body).not.toContain('access_token');
  expect(body.length).toBeLessThan(20_000);
}

const percent = (byte: number) => `%${byte.toString(16).padStart(2, '0')}`;
const bytes = Array.from({ length: 256 }, (_, byte) => byte);
/** What may be in the name of a directory. */
const legal = /^[A-Za-z0-9\-_.~=@,/]$/;

describe('scopes', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `storage.read:/d${index}`).join('+');
  test.each([
    ['a path of 100 000 characters', `scope=storage.read:/${'a'.repeat(100_000)}`],
    ['a path of 50 000 characters', `scope=storage.read:/${'a/'.repeat(25_000)}`],
    ['a path of 513 characters', `scope=storage.read:/${'a'.repeat(512)}`],
    ['10 000 scopes', `scope=${many}`],
    ['one scope beside a malformed one', 'scope=storage.read:/cta/open+storage.read:/cta/%2e%2e/magic'],
    ['a malformed capability set', `scope=wlcg.capabilityset:/${'%2e'.repeat(200)}`],
    ['scopes given twice', 'scope=storage.read:/cta/open&scope=storage.read:/magic'],
  ])('%s are refused in every flow', async (_, parameter) => {
    for (const endpoint of posted) expectRefusal(await post(endpoint, parameter));
    expectRefusal(await authorize(parameter));
  });

  test('65 storage scopes are too many (policy-semantics 2.2)', async () => {
    const answer = await post('/token', `scope=${many.split('+').slice(0, 65).join('+')}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('too-many');
  });

  test.each(posted)('with any one byte are a name or refused at %s', async (endpoint) => {
    for (const byte of bytes) {
      const character = String.fromCharCode(byte);
      // A space makes two scopes of one, of which the second is none that is known.
      if (legal.test(character) || character === ' ') continue;
      const { status, body } = await post(endpoint, `scope=storage.read:/cta/open/a${percent(byte)}b`);
      expect({ byte, status }).toEqual({ byte, status: 400 });
      expect(JSON.parse(body).error).toMatch(/^invalid_(scope|request)$/);
    }
  });

  test('with any one byte are a name or refused at /authorize', async () => {
    for (const byte of bytes) {
      const character = String.fromCharCode(byte);
      if (legal.test(character) || character === ' ') continue;
      expectRefusal(await authorize(`scope=openid+storage.read:/cta/open/a${percent(byte)}b`));
    }
  });
});

describe('audiences', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => `https://s${index}.example.org`).join('+');
  test.each([
    ['one of 100 000 characters', `audience=${'a'.repeat(100_000)}`],
    ['one of 50 000 characters', `audience=https://${'a'.repeat(50_000)}`],
    ['10 000 in one parameter', `audience=${many}`],
    ['1000 parameters', many.split('+').slice(0, 1000).join('&audience=').replace(/^/, 'audience=')],
  ])('%s are refused in every flow', async (_, parameter) => {
    for (const endpoint of posted) expectRefusal(await post(endpoint, `scope=storage.read:/cta/open&${parameter}`));
    expectRefusal(await authorize(`scope=openid&${parameter}`));
  });

  test.each(posted)('with any one byte are refused at %s', async (endpoint) => {
    for (const byte of bytes) {
      const answer = await post(
        endpoint,
        `scope=storage.read:/cta/open&audience=https://x${percent(byte)}y.example.org`,
      );
      expect({ byte, status: answer.status }).toEqual({ byte, status: 400 });
    }
  });
});

test.each(bytes.filter((byte) => byte % 5 === 0 || byte < 33 || byte > 126))(
  'byte %d in the identifier of a client, a code, a state or a hint of the user ends in no fault',
  async (byte) => {
    const text = `x${percent(byte)}y`;
    const answers = [
      await send('POST', '/token', {}, `grant_type=client_credentials&client_id=${text}&client_secret=${text}`),
      await post('/token', `grant_type=authorization_code&code=${text}`),
      await send('POST', '/devicecode', {}, `client_id=${text}`),
      await authorize(`scope=openid&login_hint=${text}&state=${text}`),
      await send('GET', `/device?user_code=${text}`, {}),
    ];
    for (const { status } of answers) expect(status).toBeLessThan(500);
  },
);

describe('explain', () => {
  const explain = (args: readonly string[], input = '') => runCommand(issuer.database.url, explainCommand, args, input);

  const question = { client: 'catalogue', audience: 'https://localhost:8444', at: '2026-11-22T12:00:00Z' };

  test('answers a question with hostile fields in a batch, and those around it', async () => {
    const good = { ...question, scope: 'storage.read:/cta/open' };
    const hostile = [
      { ...question, scope: `storage.read:/${'a'.repeat(100_000)}` },
      { ...question, scope: Array.from({ length: 10_000 }, (_, index) => `storage.read:/d${index}`).join(' ') },
      { ...question, scope: `storage.read:/cta/${String.fromCharCode(...bytes)}` },
      { ...question, scope: 'openid', audience: String.fromCharCode(...bytes) },
      { ...question, scope: 'openid', user: `bob\u0000${'x'.repeat(100_000)}` },
      { ...question, scope: 'openid', at: '2026-02-31T99:00:00Z' },
      { ...question, scope: 'openid', at: 1e308 },
      { ...question, scope: { toString: 1 } },
      { ...question, __proto__: { scope: 'openid' } },
    ];
    const lines = hostile.flatMap((one) => [JSON.stringify(one), JSON.stringify(good)]);
    const { stdout } = await explain(['--batch'], lines.join('\n'));
    const answers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(lines.length);
    for (const [index, answer] of answers.entries()) {
      if (index % 2 === 1) expect(answer).toMatchObject({ granted: ['storage.read:/cta/open'] });
      else expect(answer.granted ?? []).toEqual([]);
    }
  });
});
