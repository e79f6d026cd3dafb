/** Any order of uses of the tokens of a chain, against a model of one sentence: a replaced token gets its successor until its own grace ends, and ends the chain after it (W-REF-3). */
import fc from 'fast-check';
import { sql } from 'kysely';
import { makeNonce, successorOf } from '../../src/artifacts/refresh-family.ts';
import { nextToken } from '../../src/artifacts/refresh-rotation.ts';
import { standingOf } from '../../src/artifacts/refresh-standing.ts';
import { createRefreshTokenStore } from '../../src/storage/refresh-tokens.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';
import { insertRefreshChain } from '../support/refresh-chain.ts';
import { alice, refreshLake } from '../support/refresh-lake.ts';

const settings = {
  refreshTokens: 'rotate',
  refreshTokenRotateBelow: 1,
  refreshTokenIdleSeconds: null,
  tokenEndpointAuthMethod: 'client_secret_basic',
} as const;

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(database.db, refreshLake());
});
afterAll(() => database.drop());

/** What the store and the rules give for a token: the next one, or that the chain ended by it, or had. */
async function present(token: string, grace: number, now: number): Promise<string> {
  const store = createRefreshTokenStore(database.db);
  const all = { ...settings, refreshTokenGraceSeconds: grace };
  const chain = await store.find(token);
  if (chain === undefined) return 'not found';
  const standing = standingOf(chain, all, now);
  if (standing === 'reused') await store.revoke(chain.id, now);
  if (standing !== 'live') return standing;
  return (await nextToken(store, chain, token, all, now)) ?? 'lost';
}

/** Time that passes in seconds, and which token of those that were given comes then (0: the first, 1: the last). */
const uses = fc.array(
  fc.record({ passes: fc.integer({ min: 0, max: 40 }), which: fc.double({ min: 0, max: 1, noNaN: true }) }),
  {
    minLength: 1,
    maxLength: 25,
  },
);

test('every sequence of uses gives what the model gives', async () => {
  await fc.assert(
    fc.asyncProperty(uses, fc.constantFrom(0, 30, 100), async (steps, grace) => {
      let now = Date.parse('2026-11-22T12:00:00Z');
      const tokens: string[] = [crypto.randomUUID()];
      const replacedAt: number[] = [];
      await insertRefreshChain(database.db, now, { token: tokens[0] ?? '', accountId: alice, scope: 'openid' });
      let hasEnded = false;
      for (const { passes, which } of steps) {
        now += passes * 1000;
        const index = Math.round(which * (tokens.length - 1));
        const given = await present(tokens[index] ?? '', grace, now);
        const isPresent = index === tokens.length - 1;
        if (hasEnded) expect(given).toBe('revoked');
        else if (isPresent) {
          expect(tokens).not.toContain(given);
          expect(given.split('.')).toHaveLength(2);
          replacedAt.push(now);
          tokens.push(given);
        } else if (now < (replacedAt[index] ?? 0) + grace * 1000) expect(given).toBe(tokens[index + 1]);
        else {
          expect(given).toBe('reused');
          hasEnded = true;
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('uses at the same time agree', async () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const first = crypto.randomUUID();
  await insertRefreshChain(database.db, now, { token: first, accountId: alice, scope: 'openid' });
  let token: string = first;
  for (let generation = 0; generation < 5; generation += 1) {
    const given: string[] = await Promise.all(Array.from({ length: 10 }, () => present(token, 30, now)));
    expect(new Set(given).size).toBe(1);
    token = given[0] ?? '';
  }
  expect(await present(first, 30, now)).not.toBe(token);
});

test.each([
  ['none', true],
  ['none', false],
  ['client_secret_basic', false],
] as const)('a multi-use token of a client that authenticates by %s, bound to a key: %s', async (method, isBound) => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const token = crypto.randomUUID();
  const store = createRefreshTokenStore(database.db);
  await insertRefreshChain(database.db, now, { token, accountId: alice, scope: 'openid' });
  const found = await store.find(token);
  if (found === undefined) throw new Error('the chain is not there');
  const chain = { ...found, payload: { ...found.payload, confirmation: isBound ? { jkt: 'key' } : null } };
  const multiUse = {
    ...settings,
    refreshTokens: 'multi-use',
    refreshTokenGraceSeconds: 60,
    tokenEndpointAuthMethod: method,
  } as const;
  // RFC 9700 section 2.2.2 (RT-15).
  const stays = method !== 'none' || isBound;
  expect((await nextToken(store, chain, token, multiUse, now)) === token).toBe(stays);
});

test('a rotation changes no index: the row is written anew within its page', async () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  let token: string = crypto.randomUUID();
  await insertRefreshChain(database.db, now, { token, accountId: alice, scope: 'openid' });
  const counts = await database.db.transaction().execute(async (trx) => {
    const store = createRefreshTokenStore(trx);
    for (let count = 0; count < 20; count += 1) {
      const chain = await store.find(token);
      const nonce = makeNonce();
      const to = successorOf(token, nonce);
      expect(await store.rotate(chain?.id ?? '', { from: token, to, nonce, inGrace: [] }, now)).toBe(true);
      token = to;
    }
    const { rows } = await sql<{ updated: number; within: number }>`
      SELECT pg_stat_get_xact_tuples_updated(oid)::int AS updated,
        pg_stat_get_xact_tuples_hot_updated(oid)::int AS within
      FROM pg_class WHERE relname = 'refresh_tokens'`.execute(trx);
    return rows[0];
  });
  expect(counts?.updated).toBeGreaterThanOrEqual(20);
  // Now and then a page is full.
  expect((counts?.within ?? 0) / (counts?.updated ?? 1)).toBeGreaterThan(0.6);
});
