import { masked } from '../../../src/shared/masked.ts';

const opaque = 'v7PfQpYx3m0cK8ZrS1tUwB5nEoLhDgJa2iRkX4sCyTq';
const jwt = `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.${opaque}`;

test.each([
  [jwt, '[token]'],
  [`openid ${jwt} profile`, 'openid [token] profile'],
  [opaque, '[token]'],
  [`audience ${opaque}.${opaque} is not one`, 'audience [token] is not one'],
  [
    `\`${opaque}\` not known, and some words more to be long enough`,
    '`[token]` not known, and some words more to be long enough',
  ],
  ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbGljZSIsImV4cCI6MX0.', '[token]'],
])('%j does not reach a log or an error', (text, expected) => {
  expect(masked(text)).toBe(expected);
});

test.each([
  `storage.read:/escape/${opaque}`,
  'storage.read:/a/very/long/path/of/many/segments/that/is/no/secret openid offline_access',
  `https://${opaque}.example.org`,
  '5a1e0000-0000-4000-8000-000000000001 and some words more to be long enough',
  'urn:ietf:params:oauth:grant-type:token-exchange',
])('%j stays as it is', (text) => {
  expect(masked(text)).toBe(text);
});
