import type { Context } from 'koa';
import { createClientAddress, createTrustedProxies } from '../../../src/http/client-address.ts';

const request = (socket: string, forwarded = '') =>
  ({ req: { socket: { remoteAddress: socket } }, get: () => forwarded }) as unknown as Context;

test.each([
  ['a header from anywhere is not believed', [], '192.0.2.7', '10.1.1.1', '192.0.2.7'],
  ['a trusted proxy names the client', ['10.0.0.0/8'], '10.0.0.2', '192.0.2.7', '192.0.2.7'],
  [
    'only the hops behind trusted proxies count',
    ['10.0.0.0/8'],
    '10.0.0.2',
    '6.6.6.6, 192.0.2.7, 10.0.0.3',
    '192.0.2.7',
  ],
  ['IPv4 in IPv6 notation is IPv4', ['10.0.0.2'], '::ffff:10.0.0.2', '192.0.2.7', '192.0.2.7'],
  ['words in the header are no addresses', ['10.0.0.2'], '10.0.0.2', 'unknown', '10.0.0.2'],
])('%s', (_name, trusted, socket, forwarded, expected) => {
  expect(createClientAddress(createTrustedProxies(trusted))(request(socket, forwarded))).toBe(expected);
});
