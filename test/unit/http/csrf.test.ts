/** Forms from elsewhere are refused (SE-04). */
import { createCsrf } from '../../../src/http/csrf.ts';
import { fakeContext } from '../../support/fake-context.ts';

const csrf = createCsrf({ secrets: ['present secret', 'former secret'], issuer: 'https://issuer.example/vo/' });
const post = (headers: Record<string, string> = {}) => fakeContext({ method: 'POST', headers });

test('the token of the same interaction is accepted', () => {
  expect(csrf.accepts(post(), 'uid-1', csrf.token('uid-1'))).toBe(true);
});

test('the token of another interaction, a changed one and none are refused', () => {
  expect(csrf.accepts(post(), 'uid-2', csrf.token('uid-1'))).toBe(false);
  expect(csrf.accepts(post(), 'uid-1', `${csrf.token('uid-1')}A`)).toBe(false);
  expect(csrf.accepts(post(), 'uid-1', '')).toBe(false);
  expect(csrf.accepts(post(), 'uid-1', null)).toBe(false);
});

test('a token made with a secret that is being replaced is still accepted', () => {
  const before = createCsrf({ secrets: ['former secret'], issuer: 'https://issuer.example/vo/' });
  expect(csrf.accepts(post(), 'uid-1', before.token('uid-1'))).toBe(true);
});

test.each([
  [{ 'sec-fetch-site': 'same-origin', origin: 'null' }, true],
  [{ 'sec-fetch-site': 'none' }, true],
  [{ 'sec-fetch-site': 'cross-site', origin: 'https://issuer.example' }, false],
  [{ 'sec-fetch-site': 'same-site' }, false],
  [{ origin: 'https://issuer.example' }, true],
  [{ origin: 'https://evil.example' }, false],
  [{ origin: 'null' }, false],
])('with a good token, the headers %j are accepted: %s', (headers, accepted) => {
  expect(csrf.accepts(post(headers), 'uid-1', csrf.token('uid-1'))).toBe(accepted);
});
