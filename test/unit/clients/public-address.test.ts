import { isPublicAddress, mayBePublicHost } from '../../../src/clients/public-address.ts';

test.each([
  '0.0.0.0',
  '10.0.0.1',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '2001:0:7f00:1::',
  '2002:7f00:1::',
  '2001:db8::1',
  'fc00::1',
  'fd12:3456::1',
  'fe80::1',
  'fe80::1%lo',
  'ff02::1',
  'localhost',
  '',
  '127.1',
])('`%s` is no public address', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '128.141.0.1', '2606:4700::1111', '2001:1458::1'])(
  '`%s` is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  'localhost',
  'a.localhost',
  'LOCALHOST',
  'localhost.',
  'db.internal',
  'printer.local',
  '[::1]',
  '[::ffff:a00:1]',
])('the host `%s` cannot be public', (host) => {
  expect(mayBePublicHost(host)).toBe(false);
});

test.each(['rp.example', 'local.example', '[2606:4700::1111]', '8.8.8.8'])('the host `%s` may be public', (host) => {
  expect(mayBePublicHost(host)).toBe(true);
});
