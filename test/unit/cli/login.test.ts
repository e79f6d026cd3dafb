/** `sluice login` against a small issuer over HTTP; waiting is injected and moves the clock. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createLoginCommand } from '../../../src/cli/login.ts';
import { runCommand } from './run-command.ts';

type Reply = { readonly status?: number; readonly body: unknown };

class FakeDeviceIssuer {
  readonly requests: { readonly path: string; readonly form: Record<string, string> }[] = [];
  metadata: object = {};
  deviceAnswer: Reply = {
    body: {
      device_code: 'device-code',
      user_code: 'WDJB-MJHT',
      verification_uri: 'http://localhost/device',
      verification_uri_complete: 'http://localhost/device?user_code=WDJB-MJHT',
      expires_in: 60,
    },
  };
  tokenAnswers: Reply[] = [];
  url = '';
  readonly #server: Server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(await request.toArray()).toString()));
    this.requests.push({ path, form });
    const { status = 200, body } = this.#answer(path);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
    this.metadata = {
      issuer: this.url,
      device_authorization_endpoint: `${this.url}devicecode`,
      token_endpoint: `${this.url}token`,
    };
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(path: string): Reply {
    if (path.startsWith('/.well-known')) return { body: this.metadata };
    if (path === '/devicecode') return this.deviceAnswer;
    return this.tokenAnswers.shift() ?? { status: 400, body: { error: 'authorization_pending' } };
  }
}

const pending = { status: 400, body: { error: 'authorization_pending' } };
const granted = { body: { access_token: 'the.access.token', token_type: 'Bearer', scope: 'openid storage.read:/x' } };

let issuer: FakeDeviceIssuer;
let directory: string;
let waits: number[];

beforeEach(async () => {
  issuer = new FakeDeviceIssuer();
  await issuer.start();
  directory = await mkdtemp(join(tmpdir(), 'sluice-login-'));
  waits = [];
});

afterEach(async () => {
  await issuer.stop();
  await rm(directory, { recursive: true });
});

function login(args: readonly string[] = [], fetch = globalThis.fetch) {
  let now = 0;
  const command = createLoginCommand({
    fetch,
    clock: { now: () => now },
    wait: async (milliseconds) => {
      now += milliseconds;
      waits.push(milliseconds / 1000);
    },
  });
  return runCommand(command, ['--issuer', issuer.url, ...args]);
}

test('shows address, code and a QR code, waits, and writes the token alone to the output', async () => {
  issuer.tokenAnswers = [pending, granted];
  const { status, stdout, stderr } = await login([
    '--scope',
    'openid',
    '--scope',
    'storage.read:/x',
    '--audience',
    'a',
  ]);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'the.access.token\n' });
  expect(stderr).toContain('http://localhost/device\n');
  expect(stderr).toContain('WDJB-MJHT');
  expect(stderr).toMatch(/[▀▄█]{10}/);
  expect(stderr).toContain('granted: openid storage.read:/x');
  expect(stderr).not.toContain('the.access.token');
  expect(issuer.requests.slice(1)).toEqual([
    { path: '/devicecode', form: { client_id: 'cli', scope: 'openid storage.read:/x', audience: 'a' } },
    ...Array(2).fill({
      path: '/token',
      form: {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        device_code: 'device-code',
        client_id: 'cli',
      },
    }),
  ]);
});

test('polls every 5 s when no interval is named, 5 s slower when told to slow down (RFC 8628 section 3.5)', async () => {
  issuer.tokenAnswers = [pending, { status: 400, body: { error: 'slow_down' } }, pending, granted];
  await login();
  expect(waits).toEqual([5, 5, 10, 10]);
});

test('keeps to the interval that the issuer names', async () => {
  issuer.deviceAnswer = { body: { ...(issuer.deviceAnswer.body as object), interval: 7 } };
  issuer.tokenAnswers = [granted];
  await login();
  expect(waits).toEqual([7]);
});

test('goes on, slower, while the issuer is in trouble', async () => {
  issuer.tokenAnswers = [{ status: 503, body: {} }, { body: 'no json' }, granted];
  expect(await login()).toMatchObject({ status: 0 });
  expect(waits).toEqual([5, 10, 20]);
});

test('stops when the code has expired', async () => {
  expect(await login()).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('sluice login: the code has expired before it was confirmed\n'),
  });
  expect(waits).toHaveLength(11);
});

test.each([
  [{ error: 'access_denied' }, 'the login was denied'],
  [{ error: 'expired_token' }, 'the code has expired before it was confirmed'],
  [{ error: 'invalid_grant', error_description: 'no\u001b[2J' }, 'the issuer refuses: invalid_grant: no?[2J'],
  [{ error: 'invalid_client' }, 'the issuer refuses: invalid_client'],
  [{ access_token: 5 }, 'the issuer sends no token'],
  [{ access_token: 'two words' }, 'the issuer sends no token'],
])('the answer %j ends the login', async (body, message) => {
  issuer.tokenAnswers = [{ body }];
  expect(await login()).toMatchObject({ status: 1, stdout: '', stderr: expect.stringContaining(`${message}\n`) });
});

test('--out replaces the file with one that only its owner reads, and leaves no rest', async () => {
  const file = join(directory, 'bt_u1');
  await writeFile(file, 'old', { mode: 0o644 });
  issuer.tokenAnswers = [granted];
  expect(await login(['--out', file])).toMatchObject({ status: 0, stdout: '' });
  expect(await readFile(file, 'utf8')).toBe('the.access.token\n');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(directory)).toEqual(['bt_u1']);
});

test('a place that cannot be written is found out before anybody logs in', async () => {
  const file = join(directory, 'none', 'bt_u1');
  await expect(login(['--out', file])).rejects.toMatchObject({ code: 'usage' });
  expect(issuer.requests).toEqual([]);
});

test('a target that cannot be replaced leaves no token behind', async () => {
  issuer.tokenAnswers = [granted];
  await expect(login(['--out', directory])).rejects.toMatchObject({ code: expect.any(String) });
  const siblings = await readdir(dirname(directory));
  expect(siblings.filter((name) => name.startsWith(`${basename(directory)}.`))).toEqual([]);
});

describe('an issuer that does not answer as the grant says', () => {
  test.each([
    [{ issuer: 'http://other/' }, 'names another issuer'],
    [{ device_authorization_endpoint: undefined }, 'offers no device flow'],
    [{ token_endpoint: undefined }, '`undefined` is not an https URL'],
    [{ device_authorization_endpoint: 'file:///etc/passwd' }, '`file:///etc/passwd` is not an https URL'],
  ])('metadata with %j', async (change, message) => {
    issuer.metadata = { ...issuer.metadata, ...change };
    await expect(login()).rejects.toMatchObject({
      code: 'issuer_unavailable',
      message: expect.stringContaining(message),
    });
  });

  test('an issuer that is not there', async () => {
    const unreachable = createLoginCommand({ fetch, clock: { now: () => 0 }, wait: async () => {} });
    await expect(runCommand(unreachable, ['--issuer', 'http://127.0.0.1:1/'])).rejects.toMatchObject({
      code: 'issuer_unavailable',
      message: 'the metadata of `http://127.0.0.1:1/` cannot be had',
    });
  });

  test.each([
    [{ status: 400, body: { error: 'unauthorized_client' } }, 'the issuer refuses: unauthorized_client'],
    [{ status: 500, body: {} }, 'gives no answer'],
    [{ body: { device_code: 'x' } }, 'the issuer sends no device code'],
    [{ body: { device_code: 'x', user_code: 'y', verification_uri: 'z', expires_in: '60' } }, 'sends no device code'],
  ])('a device answer %j', async (answer, message) => {
    issuer.deviceAnswer = answer;
    await expect(login()).rejects.toMatchObject({
      code: 'issuer_unavailable',
      message: expect.stringContaining(message),
    });
  });

  test('the final slash of the issuer may be left out', async () => {
    issuer.url = issuer.url.slice(0, -1);
    issuer.tokenAnswers = [granted];
    issuer.deviceAnswer = {
      body: { ...(issuer.deviceAnswer.body as object), verification_uri_complete: undefined },
    };
    expect(await login()).toMatchObject({ status: 0 });
  });
});
