/** What bulk revocation takes: chains and access tokens by every selection (issue: tokens as every lake service asks for them, section 4). */
import type { IssueLogEntry } from '../../src/issuance/issue-log.ts';
import { type Actor, operator } from '../../src/rules/actor.ts';
import { createBulkRevocation, type RevocationSelection } from '../../src/rules/bulk-revocation.ts';
import { createAuditLog } from '../../src/storage/audit-trail.ts';
import { createBulkRevocationStore } from '../../src/storage/bulk-revocation.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { writeIssueLog } from '../support/issue-log-entry.ts';
import { applyLakeText } from '../support/lake.ts';
import { type ChainInput, insertRefreshChain, isChainRevoked } from '../support/refresh-chain.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const minute = 60_000;

const lake = `
version: 1
vo: vo
groups: [{ path: /vo }, { path: /vo/p17 }, { path: /vo/p17/x }, { path: /vo/p170 }]
accounts:
  - { username: alice, id: a, groups: [/vo/p17/x] }
  - { username: bob, id: b, groups: [/vo/p170] }
clients:
  - { clientId: portal }
  - { clientId: fts }
  - { clientId: robot, groups: [/vo/p17] }
storages:
  - { name: POOL, audience: pool, matching: segment, mounts: [{ path: /pool, at: /data }] }
embargoes: [{ id: emb, path: /data/emb, until: 2040-01-01T00:00:00Z }]
`;

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await applyLakeText(database.db, lake);
  await chain('alice-portal', { accountId: 'a', scope: 'storage.read:/pool/emb', audiences: ['pool'] }, -10);
  await chain('alice-fts', {
    accountId: 'a',
    clientId: 'fts',
    originClientId: 'portal',
    scope: 'storage.read:/pool/open',
    audiences: ['pool'],
  });
  await chain('bob-portal', { accountId: 'b', scope: 'openid storage.read:/data' });
  await chain('robot-fts', {
    accountId: null,
    clientId: 'fts',
    subjectClientId: 'robot',
    originClientId: 'robot',
    scope: 'openid',
  });
  await writeIssueLog(database.db, [
    token('t-alice', {
      subject: 'a',
      clientId: 'portal',
      issued: 'storage.read:/pool/emb/x',
      audience: ['pool'],
      at: -10,
    }),
    token('t-alice-fts', {
      subject: 'a',
      clientId: 'fts',
      parent: 't-alice',
      issued: 'storage.read:/pool/open',
      audience: ['pool'],
    }),
    token('t-alice-fts-2', { subject: 'a', clientId: 'robot', parent: 't-alice-fts', issued: 'openid' }),
    token('t-bob', { subject: 'b', clientId: 'portal', issued: 'openid storage.read:/data/', expiresAt: 30 }),
    token('t-robot', { subject: 'robot', clientId: 'robot', issued: 'openid', at: -10 }),
    token('t-over', { subject: 'a', clientId: 'portal', issued: 'storage.read:/data/emb', at: -20, expiresAt: 0 }),
    { ...token('t-none', { subject: 'a', clientId: 'portal' }), event: 'refused' },
  ]);
});
afterEach(() => database.drop());

function chain(name: string, input: Omit<ChainInput, 'token'>, at = 0): Promise<void> {
  return insertRefreshChain(database.db, now + at * minute, { token: name, ...input });
}

/** Times in minutes from now. */
function token(jti: string, { at = 0, expiresAt = 20, ...fields }: Partial<IssueLogEntry>): Partial<IssueLogEntry> {
  return { jti, at: now + at * minute, expiresAt: now + Number(expiresAt) * minute, ...fields };
}

function revocation(logged = async () => {}) {
  return createBulkRevocation({ store: createBulkRevocationStore(database.db), clock: { now: () => now }, logged });
}

async function revoke(selection: RevocationSelection, logged?: () => Promise<void>) {
  const outcome = await revocation(logged).revoke({ actor: operator, reason: 'lost laptop' }, selection);
  if (!outcome.ok) throw new Error(outcome.refusal.message);
  return outcome.value;
}

async function taken() {
  const names = ['alice-portal', 'alice-fts', 'bob-portal', 'robot-fts'];
  const revoked = await Promise.all(names.map((name) => isChainRevoked(database.db, name)));
  const denied = await database.db.selectFrom('revoked_access_tokens').select('jti').orderBy('jti').execute();
  return { chains: names.filter((_, index) => revoked[index]), tokens: denied.map(({ jti }) => jti) };
}

const before = now - 5 * minute;

test.each<[string, RevocationSelection, string[], string[]]>([
  [
    'a client: what it has, what rests on its tokens, and what was exchanged from them',
    { client: 'portal' },
    ['alice-portal', 'alice-fts', 'bob-portal'],
    ['t-alice', 't-alice-fts', 't-alice-fts-2', 't-bob'],
  ],
  ['a client that acted for itself', { client: 'robot' }, ['robot-fts'], ['t-alice-fts-2', 't-robot']],
  [
    'a user, whatever the client',
    { user: 'alice' },
    ['alice-portal', 'alice-fts'],
    ['t-alice', 't-alice-fts', 't-alice-fts-2'],
  ],
  [
    'a group with those below it and its clients, and not its namesakes',
    { group: '/vo/p17' },
    ['alice-portal', 'alice-fts', 'robot-fts'],
    ['t-alice', 't-alice-fts', 't-alice-fts-2', 't-robot'],
  ],
  [
    'an embargo, in the paths of each storage, and in logical ones without audience',
    { embargo: 'emb' },
    ['alice-portal', 'bob-portal'],
    ['t-alice', 't-bob'],
  ],
  [
    'a time, with what was exchanged later from a token of before',
    { issuedBefore: before },
    ['alice-portal'],
    ['t-alice', 't-alice-fts', 't-alice-fts-2', 't-robot'],
  ],
  [
    'a time to its first millisecond',
    { issuedFrom: now - 10 * minute, issuedBefore: now },
    ['alice-portal'],
    ['t-alice', 't-alice-fts', 't-alice-fts-2', 't-robot'],
  ],
  [
    'several things, which must all hold',
    { embargo: 'emb', user: 'alice', client: 'portal', issuedBefore: before },
    ['alice-portal'],
    ['t-alice'],
  ],
])('takes by %s', async (_, selection, chains, tokens) => {
  const outcome = await revoke(selection);

  expect(await taken()).toEqual({ chains, tokens });
  const last = now + (tokens.includes('t-bob') ? 30 : 20) * minute;
  expect(outcome).toEqual({
    at: now,
    refreshChains: chains.length,
    accessTokens: { count: tokens.length, lastExpiry: last },
  });
});

test('tokens of a refresh go with their chain, also those that are younger than the time asked for', async () => {
  const { id } = await database.db
    .selectFrom('refresh_tokens')
    .select('id')
    .where('created_at', '<', new Date(before))
    .executeTakeFirstOrThrow();
  await writeIssueLog(database.db, [token('t-refreshed', { subject: 'a', clientId: 'portal', parent: id })]);

  await revoke({ issuedBefore: before, user: 'alice' });
  expect((await taken()).tokens).toContain('t-refreshed');
});

test('a second call finds no chain, and still tells which access tokens are out', async () => {
  await revoke({ user: 'bob' });

  expect(await revoke({ user: 'bob' })).toEqual({
    at: now,
    refreshChains: 0,
    accessTokens: { count: 1, lastExpiry: now + 30 * minute },
  });
  expect(await revoke({ user: 'bob', issuedBefore: before })).toMatchObject({
    refreshChains: 0,
    accessTokens: { count: 0, lastExpiry: null },
  });
});

test('a token that is logged while the chains end is denied as well, and counted', async () => {
  let calls = 0;
  const outcome = await revoke({ user: 'bob' }, async () => {
    calls += 1;
    if (calls === 2) await writeIssueLog(database.db, [token('t-late', { subject: 'b', clientId: 'portal' })]);
  });

  expect(outcome.accessTokens.count).toBe(2);
  expect((await taken()).tokens).toEqual(['t-bob', 't-late']);
});

test('the audit log says who took what and why, and cannot be changed', async () => {
  await revoke({ user: 'alice', issuedBefore: now });

  const entries = await createAuditLog(database.db).read({ action: 'tokens.revoked' }, { limit: 10, after: null });
  expect(entries.items).toEqual([
    {
      id: expect.any(String),
      at: now,
      action: 'tokens.revoked',
      actor: 'operator',
      address: null,
      reason: 'lost laptop',
      detail: {
        selection: { user: 'alice', issuedBefore: '2026-11-22T12:00:00.000Z' },
        refreshChains: 1,
        accessTokens: { count: 3, lastExpiry: '2026-11-22T12:20:00.000Z' },
      },
    },
  ]);
  await expect(database.db.deleteFrom('audit_log').execute()).rejects.toThrow('the audit log is never changed');
  await expect(database.db.updateTable('audit_log').set({ reason: 'none' }).execute()).rejects.toThrow('never changed');
});

test.each<[string, RevocationSelection, string]>([
  ['nothing', {}, 'expected at least one of `client`'],
  ['a name that nobody has', { client: 'portal', user: 'nobody' }, 'user `nobody` not known'],
  ['a time that ends before it begins', { issuedFrom: now, issuedBefore: now }, 'ends before it begins'],
])('refuses to select %s', async (_, selection, message) => {
  await expect(revoke(selection)).rejects.toThrow(message);
  expect(await taken()).toEqual({ chains: [], tokens: [] });
});

test.each<[string, Partial<Actor>]>([
  ['is no administrator', { roles: ['reader'] }],
  ['may not write with this session', { mayWrite: false }],
])('refuses who %s', async (_, more) => {
  const outcome = await revocation().revoke({ actor: { ...operator, ...more }, reason: 'r' }, { user: 'alice' });

  expect(outcome).toMatchObject({ ok: false, refusal: { kind: 'forbidden' } });
  expect((await taken()).chains).toEqual([]);
});
