/** The HTTP side of a protected resource (RFC 6750, W-RS-9). */
import { bearerToken, challenge } from '../../../src/validate/index.ts';

test.each([
  ['Bearer abc.def-_~+/==', 'abc.def-_~+/=='],
  ['bearer  abc', 'abc'],
  ['Basic abc', ''],
  ['Bearer', ''],
  ['Bearer a b', ''],
  ['Bearer a, Bearer b', ''],
  ['', ''],
  [undefined, ''],
])('the token of %j is %j', (header, expected) => {
  expect(bearerToken(header)).toBe(expected);
});

test('a missing or invalid token is 401 invalid_token', () => {
  expect(challenge({ code: 'token_expired', message: 'token expired at `2026-01-01T00:00:00.000Z`' })).toEqual({
    status: 401,
    headers: {
      'WWW-Authenticate':
        'Bearer error="invalid_token", error_description="token expired at `2026-01-01T00:00:00.000Z`"',
    },
  });
});

test('a valid token that does not suffice is 403 insufficient_scope', () => {
  expect(challenge({ decision: 'deny', reason: 'path_not_covered' })).toEqual({
    status: 403,
    headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", error_description="path_not_covered"' },
  });
});

test('keys that cannot be had are a fault of the service: 503', () => {
  expect(challenge({ code: 'keys_unavailable', message: 'm' }).status).toBe(503);
});

test('a description cannot end its quotes or its line', () => {
  const { headers } = challenge({ code: 'claim_invalid', message: 'a"b\\c\r\nd' });
  expect(headers['WWW-Authenticate']).toBe('Bearer error="invalid_token", error_description="a?b?c??d"');
});
