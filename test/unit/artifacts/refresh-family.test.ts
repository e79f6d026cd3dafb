import { familyOf, makeNonce, successorOf } from '../../../src/artifacts/refresh-family.ts';

const first = 'f'.repeat(43);

test('a successor begins with its family, and so does the one after it', () => {
  const second = successorOf(first, makeNonce());
  const third = successorOf(second, makeNonce());
  expect([second, third].map((token) => familyOf(token))).toEqual([first, first]);
  expect(second).toMatch(/^f{43}\.[\w-]{43}$/);
  expect(third).toHaveLength(87);
});

test('the same token and nonce make the same successor, and either other one another', () => {
  const nonce = makeNonce();
  expect(successorOf(first, nonce)).toBe(successorOf(first, nonce));
  expect(successorOf(first, nonce)).not.toBe(successorOf(first, makeNonce()));
  expect(successorOf(first, nonce)).not.toBe(successorOf(`${first.slice(1)}g`, nonce).replace(/^f+g/, first));
});

test.each([
  `.${'s'.repeat(43)}`,
  `${first}.`,
  `${first}.short`,
  `${first}.${'s'.repeat(44)}`,
  `${first}.${'ä'.repeat(43)}`,
])('what is no token of a chain has no family: `%s`', (token) => {
  expect(familyOf(token)).toBeUndefined();
});
