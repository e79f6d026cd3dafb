import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGuardedFetch, type GuardedFetchOptions } from '../../../src/provider/guarded-fetch.ts';

let answer: (req: IncomingMessage, res: ServerResponse) => void = () => {};
let connections = 0;
const server = createServer((req, res) => answer(req, res));
server.on('connection', () => {
  connections += 1;
});
let port: number;
const failures: string[] = [];

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(resolve);
  });
});
beforeEach(() => {
  connections = 0;
  failures.length = 0;
});

const guarded = (options: Partial<GuardedFetchOptions> = {}) =>
  createGuardedFetch({ allowed: [], onFailure: (host, reason) => failures.push(`${host}: ${reason}`), ...options });

/** Every failure has the same words. */
const nothing = 'the address could not be fetched';

test.each([
  'https://127.0.0.1:PORT/',
  'https://[::1]:PORT/',
  'https://[::ffff:127.0.0.1]:PORT/',
  'https://2130706433:PORT/',
  'https://0x7f.1:PORT/',
  'https://127.0.0.1.:PORT/',
  'https://localhost:PORT/',
  'https://169.254.169.254/latest/meta-data',
  'https://10.0.0.1/x.json',
])('DC-02: %s is not connected to', async (url) => {
  await expect(guarded()(url.replace('PORT', String(port)))).rejects.toThrow(nothing);
  expect(connections).toBe(0);
  expect(failures).toEqual([expect.stringContaining('public address')]);
});

test.each(['http://rp.example/', 'file:///etc/passwd', 'gopher://rp.example/', 'https://u:p@rp.example/'])(
  '%s is not fetched',
  async (url) => {
    await expect(guarded()(url)).rejects.toThrow(nothing);
  },
);

test('a name that leads into the own network is not connected to, even when another of its addresses is public', async () => {
  const fetch = guarded({
    lookup: async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ],
  });
  await expect(fetch(`https://rp.example:${port}/`)).rejects.toThrow(nothing);
  expect(connections).toBe(0);
  expect(failures).toEqual([`rp.example:${port}: is not at a public address`]);
});

test('the connection goes to the addresses that were checked: the name is looked up once', async () => {
  let lookups = 0;
  const fetch = guarded({
    allowed: ['rp.example'],
    lookup: async () => {
      lookups += 1;
      return [{ address: '127.0.0.1', family: 4 }];
    },
  });
  answer = (_req, res) => res.end('{}');
  expect(await (await fetch(`http://rp.example:${port}/`)).json()).toEqual({});
  expect(lookups).toBe(1);
});

describe('an address that the operator allows', () => {
  const fetch = guarded({ allowed: ['127.0.0.0/8'] });
  const url = () => `http://127.0.0.1:${port}/keys`;

  test('is fetched, over plain HTTP too', async () => {
    answer = (_req, res) => res.setHeader('content-type', 'application/json').end('{"keys":[]}');
    const response = await fetch(url(), { headers: { accept: 'application/json' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ keys: [] });
  });

  test('is sent a body', async () => {
    let heard = '';
    answer = (req, res) => {
      req.on('data', (chunk) => {
        heard += chunk;
      });
      req.on('end', () => res.writeHead(204).end());
    };
    const response = await fetch(url(), { method: 'POST', body: 'logout_token=ü' });
    expect([response.status, heard]).toEqual([204, 'logout_token=ü']);
  });

  test('redirects nowhere', async () => {
    answer = (_req, res) => res.writeHead(302, { location: `http://127.0.0.1:${port}/other` }).end();
    await expect(fetch(url())).rejects.toThrow(nothing);
    expect(connections).toBe(1);
  });

  test('DC-12: answers no endless body', async () => {
    answer = (_req, res) => {
      const more = () => res.write('x'.repeat(16_384), () => res.destroyed || more());
      more();
    };
    await expect(fetch(url())).rejects.toThrow(nothing);
    expect(failures).toEqual([expect.stringContaining('more than 65536 bytes')]);
  });

  test('DC-12: answers soon', async () => {
    const hasty = guarded({ allowed: ['127.0.0.1'], timeoutMs: 50 });
    answer = (_req, res) => res.writeHead(200).flushHeaders();
    await expect(hasty(url())).rejects.toThrow(nothing);
    expect(failures).toEqual([expect.stringContaining('takes too long')]);
  });
});
