/** Logging in: one answer for everybody who may not. */
import type { Account } from '../../../src/accounts/account.ts';
import { createAuthenticate } from '../../../src/accounts/login.ts';
import { hashPassword } from '../../../src/accounts/password.ts';
import { ok } from '../../../src/shared/result.ts';

const alice: Account = {
  id: '1',
  username: 'alice',
  name: null,
  email: null,
  roles: [],
  state: 'active',
  endsAt: null,
  memberships: [],
};
const attempt = { succeeded: async () => {} };
const origin = { network: '192.0.2.7', knownTo: () => null };
const now = Date.parse('2026-11-22T12:00:00Z');

async function authenticateWith(accounts: Readonly<Record<string, Account>>, lookups: string[] = []) {
  const passwordHash = await hashPassword('right');
  return createAuthenticate({
    clock: { now: () => now },
    attempts: { wait: async () => 0, password: async () => ok(attempt), code: async () => ok(attempt) },
    passwords: { replaceHash: async () => {}, bcryptCost: async () => null },
    accounts: {
      findById: async () => undefined,
      findByUsername: async (username) => {
        lookups.push(username);
        const account = accounts[username];
        return account && { account, passwordHash };
      },
    },
  });
}

test('the right password of an active account is accepted', async () => {
  const authenticate = await authenticateWith({ alice });
  expect(await authenticate({ username: 'alice', password: 'right' }, origin)).toEqual({
    kind: 'accepted',
    account: alice,
  });
});

test.each([
  ['a wrong password', { username: 'alice', password: 'wrong' }],
  ['an unknown user', { username: 'nobody', password: 'right' }],
  ['no password', { username: 'alice', password: '' }],
  ['no username', { username: '', password: 'right' }],
  ['a suspended account', { username: 'suspended', password: 'right' }],
  ['an account that ended', { username: 'ended', password: 'right' }],
  ['a password of a megabyte', { username: 'alice', password: 'x'.repeat(1_000_000) }],
])('%s is rejected without a reason (BF-05)', async (_what, credentials) => {
  const authenticate = await authenticateWith({
    alice,
    suspended: { ...alice, state: 'suspended' },
    ended: { ...alice, endsAt: now },
  });
  expect(await authenticate(credentials, origin)).toEqual({ kind: 'rejected' });
});

test.each(['a\0lice', 'x'.repeat(256)])('a name that cannot be anybody is not looked up', async (username) => {
  const lookups: string[] = [];
  const authenticate = await authenticateWith({ alice }, lookups);
  expect(await authenticate({ username, password: 'right' }, origin)).toEqual({ kind: 'rejected' });
  expect(lookups).toEqual([]);
});

test('a flood of logins is turned away instead of queued without end (BF-11)', async () => {
  const authenticate = await authenticateWith({ alice });
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, () => authenticate({ username: 'alice', password: 'right' }, origin)),
  );
  const count = (kind: string) => outcomes.filter((outcome) => outcome.kind === kind).length;
  expect(count('accepted')).toBeGreaterThan(0);
  expect(count('busy')).toBeGreaterThan(0);
  expect(count('rejected')).toBe(0);
});
