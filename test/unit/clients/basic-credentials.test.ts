import { normaliseBasic } from '../../../src/clients/basic-credentials.ts';
import type { RegisteredClient } from '../../../src/clients/client.ts';
import { hashClientSecret } from '../../../src/clients/secret.ts';

const client = (clientId: string, secret: string) =>
  [clientId, { clientId, secretHash: hashClientSecret(secret) } as RegisteredClient] as const;
const clients = new Map([
  client('fts', 'a+b%41 c'),
  client('host:se.example.org', 's3cret:with:colons'),
  client('plain', 'secret'),
]);

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const read = (header: string) => {
  const [id, secret] = Buffer.from(normaliseBasic(header, clients).slice(6), 'base64').toString().split(':');
  return [decodeURIComponent(id ?? ''), decodeURIComponent(secret ?? '')];
};

test.each([
  ['percent-encoded as the standard says', 'fts:a%2Bb%2541+c', ['fts', 'a+b%41 c']],
  ['as they are, without any encoding', 'fts:a+b%41 c', ['fts', 'a+b%41 c']],
  [
    'with an id that contains a colon',
    'host:se.example.org:s3cret:with:colons',
    ['host:se.example.org', 's3cret:with:colons'],
  ],
  [
    'with an encoded id that contains a colon',
    'host%3Ase.example.org:s3cret%3Awith%3Acolons',
    ['host:se.example.org', 's3cret:with:colons'],
  ],
])('reads credentials %s', (_name, sent, expected) => {
  expect(read(basic(sent))).toEqual(expected);
});

test('keeps wrong credentials wrong: nothing is guessed', () => {
  expect(read(basic('plain:Secret'))).toEqual(['plain', 'Secret']);
});

test('leaves other schemes and broken base64 to the library to refuse', () => {
  expect(normaliseBasic('Bearer abc', clients)).toBe('Bearer abc');
  expect(normaliseBasic('Basic !!!', clients)).toBe('Basic !!!');
});
