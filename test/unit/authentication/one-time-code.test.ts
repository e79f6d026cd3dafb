/** One-time codes of RFC 6238, appendix B, in six digits. */
import { secretAddress, secretText, stepOf } from '../../../src/authentication/one-time-code.ts';

const secret = Buffer.from('12345678901234567890');

test.each([
  ['1970-01-01T00:00:59Z', '287082', 1],
  ['2005-03-18T01:58:29Z', '081804', 0x23523ec],
  ['2005-03-18T01:58:31Z', '050471', 0x23523ed],
  ['2009-02-13T23:31:30Z', '005924', 0x273ef07],
  ['2033-05-18T03:33:20Z', '279037', 0x3f940aa],
  ['2603-10-11T11:33:20Z', '353130', 0x27bc86aa],
])('the code of the vector at %s', (instant, code, step) => {
  expect(stepOf(secret, code, Date.parse(instant))).toBe(step);
});

test('a code counts one step early and one late, with the step that it belongs to, and no further', () => {
  const at = (seconds: number) => stepOf(secret, '287082', seconds * 1000);
  expect([at(0), at(29), at(30), at(59), at(60), at(89)]).toEqual([1, 1, 1, 1, 1, 1]);
  expect(at(90)).toBeUndefined();
});

test('spaces do not count, and nothing but six digits is a code', () => {
  const at = Date.parse('1970-01-01T00:00:59Z');
  expect(stepOf(secret, ' 287 082', at)).toBe(1);
  for (const code of ['', '28708', '2870822', '94287082', 'abcdef', '２８７０８２']) {
    expect(stepOf(secret, code, at)).toBeUndefined();
  }
});

test('the secret is shown as base32 in groups and as the address that apps read', () => {
  expect(secretText(secret)).toBe('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
  const address = new URL(secretAddress(secret, { issuer: 'Sluice', username: 'alice' }));
  expect(address.href).toMatch(/^otpauth:\/\/totp\/Sluice:alice\?/);
  expect(Object.fromEntries(address.searchParams)).toMatchObject({
    issuer: 'Sluice',
    secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
    digits: '6',
    period: '30',
    algorithm: 'SHA1',
  });
});
