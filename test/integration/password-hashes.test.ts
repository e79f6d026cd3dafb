/** Hashes of imports and of weaker parameters are taken once, and are argon2id of today's cost after the login. */
import argon2 from 'argon2';
import bcrypt from 'bcryptjs';
import { startIssuer, type TestIssuer } from '../support/issuer.ts';
import { UserAgent } from '../support/user-agent.ts';

let issuer: TestIssuer;

beforeAll(async () => {
  issuer = await startIssuer();
});
afterAll(() => issuer.close());

async function signIn(password: string): Promise<number> {
  const agent = new UserAgent();
  return (await agent.submit(await agent.get(`${issuer.url}login`), '/login', { username: 'alice', password })).status;
}

async function setHash(hash: string): Promise<void> {
  // What is known of the kinds of hashes is five minutes old at most.
  issuer.clock.advance(301);
  await issuer.database.db
    .updateTable('accounts')
    .set({ password_hash: hash })
    .where('username', '=', 'alice')
    .execute();
}

async function hashNow(): Promise<string | null> {
  const { db } = issuer.database;
  const row = await db
    .selectFrom('accounts')
    .select('password_hash')
    .where('username', '=', 'alice')
    .executeTakeFirstOrThrow();
  return row.password_hash;
}

const today = /^\$argon2id\$v=19\$m=19456,(?:p=1,t=2|t=2,p=1)\$/;

test.each([
  [
    'bcrypt as INDIGO has it',
    (password: string) => bcrypt.hash(password, 4).then((hash) => hash.replace('$2b$', '$2a$')),
  ],
  ['bcrypt of PHP', (password: string) => bcrypt.hash(password, 4).then((hash) => hash.replace('$2b$', '$2y$'))],
  [
    'argon2id of less memory',
    (password: string) => argon2.hash(password, { memoryCost: 4096, timeCost: 3, parallelism: 1 }),
  ],
])('%s is upgraded at the login', async (_kind, makeHash) => {
  const before = await makeHash('one of the old days');
  await setHash(before);
  expect(await signIn('another')).toBe(422);
  expect(await hashNow()).toBe(before);
  expect(await signIn('one of the old days')).toBe(303);
  expect(await hashNow()).toMatch(today);
  expect(await signIn('one of the old days')).toBe(303);
});

test('a hash of the password as another keyboard writes it is found, and replaced by that of the normal form', async () => {
  const decomposed = 'brücke über den fluß'.normalize('NFD');
  await setHash(await bcrypt.hash(decomposed, 4));
  expect(await signIn(decomposed)).toBe(303);
  expect(await hashNow()).toMatch(today);
  expect(await signIn(decomposed.normalize('NFC'))).toBe(303);
});

test('bcrypt knows 72 bytes of a password, so a longer one is taken as it always was, and not hashed anew', async () => {
  const long = 'long '.repeat(20);
  const before = await bcrypt.hash(long, 4);
  await setHash(before);
  expect(await signIn(long)).toBe(303);
  expect(await hashNow()).toBe(before);
});
