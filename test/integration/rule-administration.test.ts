/** The administration of rules on PostgreSQL: history, lost updates, open data, parties and what they leave behind (policy-semantics 7). */
import { sql } from 'kysely';
import type { IssueLogEntry } from '../../src/issuance/issue-log.ts';
import type { HistoryEntry } from '../../src/rules/administration.ts';
import type { Answer } from '../../src/rules/refusal.ts';
import { createIssueLogWriter } from '../../src/storage/issue-log.ts';
import { createRevocationStore } from '../../src/storage/revocations.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';
import { insertRefreshChain, isChainRevoked } from '../support/refresh-chain.ts';
import { admin, administer, embargoOf, grantOf, user } from '../support/rules.ts';

const lake = `
version: 1
vo: escape
groups: [{ path: /escape }, { path: /escape/p17 }]
accounts:
  - { id: id-alice, username: alice, groups: [/escape, /escape/p17] }
  - { id: id-bob, username: bob, groups: [/escape] }
  - { id: id-dana, username: dana, groups: [/escape] }
clients:
  - { clientId: portal, clientSecret: at-least-32-characters-of-secret-x, grantTypes: [refresh_token] }
storages:
  - { name: one, audience: "https://one.example", matching: segment, mounts: [{ path: /data, at: /cta }] }
grants:
  - { id: members, subject: "group:/escape", actions: [read], path: /cta }
`;

const now = Date.parse('2026-11-22T12:00:00Z');
const inSixHours = '2026-11-22T19:00:00Z';
let database: TestDatabase;
const rules = () => administer(database.db, () => now);
const manager = user('dana', { roles: ['embargo-manager'], embargoPaths: ['/cta'] });
const alice = user('alice', { groups: ['/escape', '/escape/p17'] });

beforeAll(async () => {
  database = await createTestDatabase();
  await applyLakeText(database.db, lake);
});
afterAll(() => database?.drop());

async function record(fields: Partial<IssueLogEntry> & { readonly jti: string }): Promise<void> {
  const writer = createIssueLogWriter(database.db, (error) => {
    throw error;
  });
  writer.record({
    at: now - 60_000,
    event: 'issued',
    subject: 'id-bob',
    clientId: 'portal',
    parent: null,
    exchangeRule: null,
    flow: 'authorization_code',
    audience: ['https://one.example'],
    requested: '',
    issued: 'storage.read:/data',
    refused: [],
    because: [],
    policyVersion: 1,
    expiresAt: now + 3_600_000,
    cap: null,
    address: null,
    ...fields,
  });
  await writer.close();
}

describe('grants', () => {
  test('a write answers with the version of the grant and the policy version from which it holds', async () => {
    const outcome = await rules().grants.create(
      { actor: admin, reason: 'for the open day' },
      grantOf({ id: 'day', subject: 'user:bob', path: '/open' }),
    );
    const { version } = await database.db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
    expect(outcome).toMatchObject({ ok: true, version: 1, policyVersion: Number(version), warnings: [] });
    expect(await rules().grants.get(admin, 'day')).toMatchObject({ ok: true, value: { version: 1 } });
  });

  test('a write on an older version is refused with the present one, and changes nothing', async () => {
    const grant = grantOf({ id: 'lost', subject: 'user:bob', path: '/lost' });
    await rules().grants.create({ actor: admin }, grant);
    await rules().grants.replace({ actor: admin, expectedVersion: 1 }, { ...grant, path: '/lost/a' });
    const refused = await rules().grants.replace({ actor: admin, expectedVersion: 1 }, { ...grant, path: '/lost/b' });
    expect(refused).toMatchObject({ ok: false, refusal: { kind: 'version-mismatch', version: 2 } });
    expect(await rules().grants.get(admin, 'lost')).toMatchObject({ value: { record: { path: '/lost/a' } } });
  });

  test('of two writers at once with the same expected version one is refused', async () => {
    const grant = grantOf({ id: 'race', subject: 'user:bob', path: '/race' });
    await rules().grants.create({ actor: admin }, grant);
    const outcomes = await Promise.all(
      ['/race/a', '/race/b'].map((path) =>
        rules().grants.replace({ actor: admin, expectedVersion: 1 }, { ...grant, path }),
      ),
    );
    expect(outcomes.map(({ ok }) => ok).sort()).toEqual([false, true]);
  });

  test('the history says who, when and why, oldest first, also of a grant that is gone', async () => {
    const grant = grantOf({ id: 'gone', subject: 'user:bob', path: '/gone' });
    await rules().grants.create({ actor: user('root', { roles: ['admin'] }), reason: 'asked for' }, grant);
    await rules().grants.remove({ actor: admin, reason: 'not needed' }, 'gone');
    expect(await rules().grants.history(admin, 'gone')).toMatchObject({
      ok: true,
      value: [
        { version: 1, change: 'created', actor: 'user:root', reason: 'asked for', record: { path: '/gone' } },
        { version: 2, change: 'removed', actor: 'operator', reason: 'not needed', record: null },
      ],
    });
  });

  test('a grant that the policy would refuse in a lake file is refused with the place of the fault', async () => {
    const create = (fields: Parameters<typeof grantOf>[0]) => rules().grants.create({ actor: admin }, grantOf(fields));
    expect(await create({ id: 'who', subject: 'user:nobody', path: '/x' })).toMatchObject({
      refusal: { kind: 'invalid', faults: [{ path: ['subject'], message: 'account `nobody` not known' }] },
    });
    expect(
      await create({ id: 'when', subject: 'user:bob', path: '/x', from: inSixHours, until: '2026-01-01T00:00:00Z' }),
    ).toMatchObject({ refusal: { kind: 'invalid', faults: [{ path: ['until'] }] } });
    expect(await create({ id: 'dots', subject: 'user:bob', path: '/c.a' })).toMatchObject({
      refusal: {
        kind: 'invalid',
        faults: [
          {
            path: ['path'],
            message: expect.stringMatching(/would be confused with `\/cta` \(path of `members` of the database\)/),
          },
        ],
      },
    });
    expect(await database.db.selectFrom('grants').select('id').where('path', 'in', ['/x', '/c.a']).execute()).toEqual(
      [],
    );
  });

  test('only administrators write grants, and readers see them', async () => {
    const grant = grantOf({ id: 'no', subject: 'user:bob', path: '/cta' });
    const reader = user('carol', { roles: ['reader'] });
    for (const actor of [reader, manager, alice]) {
      expect(await rules().grants.create({ actor }, grant)).toMatchObject({ refusal: { kind: 'forbidden' } });
    }
    expect(await rules().grants.get(reader, 'members')).toMatchObject({ ok: true });
    expect(await rules().grants.get(alice, 'members')).toMatchObject({ refusal: { kind: 'not-found' } });
    const silent = user('root', { roles: ['admin'], mayWrite: false });
    expect(await rules().grants.create({ actor: silent }, grant)).toMatchObject({ refusal: { kind: 'forbidden' } });
  });

  test('a list comes in pages, and the pages hold everything once', async () => {
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const page = await rules().grants.list(admin, {}, { limit: 2, after });
      if (!page.ok) throw new Error(page.refusal.message);
      ids.push(...page.value.items.map(({ record: { id } }) => id));
      after = page.value.next;
    } while (after !== null);
    const all = await database.db.selectFrom('grants').select('id').orderBy('id').execute();
    expect(ids).toEqual(all.map(({ id }) => id));
  });
});

describe('an embargo on open data', () => {
  beforeAll(async () => {
    await record({ jti: 'above', issued: 'storage.read:/data', expiresAt: now + 3_600_000 });
    await record({ jti: 'below', issued: 'storage.read:/data/open/run1', expiresAt: now + 1_800_000 });
    await record({ jti: 'beside', issued: 'storage.read:/data/opened', expiresAt: now + 7_200_000 });
    await record({ jti: 'ended', issued: 'storage.read:/data/open', expiresAt: now - 1 });
  });

  test('is refused unless it begins late enough, and the refusal says what is out', async () => {
    const refused = await rules().embargoes.create({ actor: manager }, embargoOf({ id: 'soon', path: '/cta/open' }));
    expect(refused).toMatchObject({
      ok: false,
      refusal: {
        kind: 'conflict',
        message: expect.stringContaining('retroactive'),
        exposure: { tokens: 2, latestExpiry: now + 3_600_000 },
      },
    });
    expect(await rules().embargoes.get(admin, 'soon')).toMatchObject({ refusal: { kind: 'not-found' } });
  });

  test('may begin after the longest token and the guard', async () => {
    const create = (id: string, from: string) =>
      rules().embargoes.create({ actor: manager }, embargoOf({ id, path: '/cta/open', from }));
    expect(await create('late', '2026-11-22T18:01:00Z')).toMatchObject({ ok: true, value: { phase: 'scheduled' } });
    expect(await create('early', '2026-11-22T18:00:59Z')).toMatchObject({ refusal: { kind: 'conflict' } });
    await rules().embargoes.withdraw({ actor: manager }, 'late');
  });

  test('holds at once when it says so, and answers with the exposure', async () => {
    const outcome = await rules().embargoes.create(
      { actor: manager },
      embargoOf({ id: 'at-once', path: '/cta/open', retroactive: true }),
    );
    expect(outcome).toMatchObject({
      ok: true,
      value: { phase: 'active' },
      exposure: { tokens: 2, latestExpiry: now + 3_600_000 },
      warnings: [expect.stringContaining('closes data that')],
    });
  });

  test('is no embargo on open data where only its own parties have a grant', async () => {
    const parties = [{ subject: 'user:bob' as const, role: 'pi' as const, actions: ['read' as const] }];
    await rules().grants.create({ actor: admin }, grantOf({ id: 'own', subject: 'user:bob', path: '/restricted' }));
    const outcome = await rules().embargoes.create(
      { actor: admin },
      embargoOf({ id: 'restricted', path: '/restricted', parties }),
    );
    expect(outcome).toMatchObject({ ok: true, warnings: [] });
  });

  test('on `/` is legal and says that it closes everything', async () => {
    const stop = embargoOf({ id: 'stop', path: '/', retroactive: true });
    const outcome = await rules().embargoes.create({ actor: admin, reason: 'an incident' }, stop);
    expect(outcome).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('the whole lake'), expect.anything()],
    });
    expect(await rules().embargoes.release({ actor: admin }, 'stop')).toMatchObject({ ok: true });
  });
});

describe('the life of an embargo', () => {
  const limits = { maxUntil: '2027-06-01T00:00:00Z', whoMayExtend: ['pi' as const] };
  const parties = [
    { subject: 'user:alice' as const, role: 'pi' as const, actions: ['read' as const, 'stage' as const] },
    { subject: 'group:/escape/p17' as const, role: 'coi' as const, actions: ['read' as const] },
  ];
  const create = (id: string, fields: Partial<Parameters<typeof embargoOf>[0]> = {}) =>
    rules().embargoes.create(
      { actor: manager },
      embargoOf({ id, path: `/cta/p/${id}`, from: inSixHours, parties, limits, ...fields }),
    );

  test('writes a grant for each of its parties, named after it (policy-semantics 3)', async () => {
    await create('with-grants');
    expect(await rules().grants.list(admin, { embargo: 'with-grants' }, { limit: 10, after: null })).toMatchObject({
      value: {
        items: [
          {
            record: {
              id: 'with-grants:1',
              subject: 'user:alice',
              actions: ['read', 'stage'],
              path: '/cta/p/with-grants',
              embargo: 'with-grants',
            },
          },
          { record: { id: 'with-grants:2', subject: 'group:/escape/p17' } },
        ],
      },
    });
  });

  test('a draft closes nothing and grants nothing until it is activated', async () => {
    await create('draft', { state: 'draft' });
    const grants = () => rules().grants.list(admin, { embargo: 'draft' }, { limit: 10, after: null });
    expect(await grants()).toMatchObject({ value: { items: [] } });
    expect(await rules().embargoes.activate({ actor: manager }, 'draft')).toMatchObject({
      ok: true,
      value: { phase: 'scheduled', record: { state: 'active' } },
    });
    expect(await grants()).toMatchObject({ value: { items: [expect.anything(), expect.anything()] } });
  });

  test('the PI extends within the limit and the manager beyond it, with a reason', async () => {
    await create('longer');
    const extend = (actor: typeof admin, until: string, reason?: string) =>
      rules().embargoes.extend({ actor, reason }, 'longer', { until });
    expect(await extend(alice, '2027-05-01T00:00:00Z')).toMatchObject({
      refusal: { kind: 'invalid', message: 'an extension needs a reason' },
    });
    expect(await extend(alice, '2027-07-01T00:00:00Z', 'late data')).toMatchObject({
      refusal: { kind: 'forbidden', message: expect.stringContaining('beyond `2027-06-01T00:00:00Z`') },
    });
    const coInvestigator = user('bob', { groups: ['/escape/p17'] });
    expect(await extend(coInvestigator, '2027-05-01T00:00:00Z', 'late data')).toMatchObject({
      refusal: { kind: 'forbidden', message: expect.stringContaining('may not extend this embargo') },
    });
    expect(await extend(alice, '2027-05-01T00:00:00Z', 'late data')).toMatchObject({ ok: true, version: 2 });
    expect(await extend(manager, '2027-07-01T00:00:00Z', 'later data')).toMatchObject({ ok: true, version: 3 });
    expect(await rules().embargoes.history(alice, 'longer')).toMatchObject({
      value: [
        { change: 'created', actor: 'user:dana' },
        { change: 'extended', actor: 'user:alice', reason: 'late data' },
        { change: 'extended', actor: 'user:dana', record: { until: '2027-07-01T00:00:00Z' } },
      ],
    });
  });

  test('there is no way back from released and withdrawn', async () => {
    await create('over');
    expect(await rules().embargoes.release({ actor: alice }, 'over')).toMatchObject({ refusal: { kind: 'forbidden' } });
    expect(await rules().embargoes.release({ actor: manager }, 'over')).toMatchObject({
      ok: true,
      value: { phase: 'released' },
    });
    const context = { actor: admin, reason: 'again' };
    const again = embargoOf({ id: 'over', path: '/cta/p/over' });
    for (const refused of [
      await rules().embargoes.extend(context, 'over', { until: '2028-01-01T00:00:00Z' }),
      await rules().embargoes.activate(context, 'over'),
      await rules().embargoes.withdraw(context, 'over'),
      await rules().embargoes.replace(context, again),
      await rules().embargoes.create(context, again),
    ]) {
      expect(refused).toMatchObject({ refusal: { kind: 'conflict' } });
    }
  });

  test('an embargo whose end has passed is released, though nothing has run', async () => {
    await create('passed', { until: '2026-11-23T00:00:00Z' });
    const later = administer(database.db, () => Date.parse('2026-11-23T00:00:00Z'));
    expect(await later.embargoes.get(admin, 'passed')).toMatchObject({ value: { phase: 'released' } });
    expect(
      await later.embargoes.extend({ actor: admin, reason: 'late' }, 'passed', { until: '2027-01-01T00:00:00Z' }),
    ).toMatchObject({ refusal: { kind: 'conflict' } });
  });

  test('an end without a date needs a hard limit, and an earlier release may be dated', async () => {
    expect(await create('event', { until: null })).toMatchObject({
      refusal: { kind: 'invalid', message: expect.stringContaining('hardLimit') },
    });
    await create('event', { until: null, hardLimit: '2027-03-01T00:00:00Z' });
    expect(await rules().embargoes.release({ actor: manager }, 'event', '2027-02-01T00:00:00Z')).toMatchObject({
      ok: true,
      value: { phase: 'scheduled', record: { until: '2027-02-01T00:00:00Z' } },
    });
  });

  test('a manager has no say outside of its paths, and others do not learn that an embargo is there', async () => {
    const elsewhere = embargoOf({ id: 'ska', path: '/ska', title: 'secret', parties });
    expect(await rules().embargoes.create({ actor: manager }, elsewhere)).toMatchObject({
      refusal: { kind: 'forbidden' },
    });
    await rules().embargoes.create({ actor: admin }, elsewhere);
    const bob = user('bob', { groups: ['/escape'] });
    for (const actor of [bob, manager]) {
      expect(await rules().embargoes.get(actor, 'ska')).toMatchObject({ refusal: { kind: 'not-found' } });
      expect(await rules().embargoes.withdraw({ actor }, 'ska')).toMatchObject({ refusal: { kind: 'not-found' } });
      expect(await rules().embargoes.history(actor, 'ska')).toMatchObject({ refusal: { kind: 'not-found' } });
    }
    expect(await rules().embargoes.list(bob, {}, { limit: 100, after: null })).toMatchObject({
      value: { items: [{ record: { id: 'restricted' } }], next: null },
    });
    expect(await rules().embargoes.get(alice, 'ska')).toMatchObject({ ok: true });
  });

  test('the PI adds and removes co-investigators with no more than its own actions', async () => {
    await create('team');
    const add = (subject: 'user:bob' | 'user:dana', role: 'coi' | 'pi', actions: ('read' | 'modify')[]) =>
      rules().embargoes.addParty({ actor: alice }, 'team', { subject, role, actions });
    expect(await add('user:bob', 'pi', ['read'])).toMatchObject({ refusal: { kind: 'forbidden' } });
    expect(await add('user:bob', 'coi', ['modify'])).toMatchObject({ refusal: { kind: 'forbidden' } });
    expect(await add('user:bob', 'coi', ['read'])).toMatchObject({ ok: true });
    expect(await rules().grants.get(admin, 'team:3')).toMatchObject({ value: { record: { subject: 'user:bob' } } });
    expect(await rules().embargoes.removeParty({ actor: alice }, 'team', 'user:alice')).toMatchObject({
      refusal: { kind: 'forbidden' },
    });
    expect(await rules().embargoes.removeParty({ actor: alice }, 'team', 'user:bob')).toMatchObject({ ok: true });
    expect(await rules().grants.get(admin, 'team:3')).toMatchObject({ refusal: { kind: 'not-found' } });
  });

  test('withdrawing takes the grants of the parties with it, releasing leaves them', async () => {
    const grantsOf = async (id: string) => {
      const page = await rules().grants.list(admin, { embargo: id }, { limit: 10, after: null });
      return page.ok ? page.value.items.length : Number.NaN;
    };
    await create('mistake');
    await rules().embargoes.withdraw({ actor: manager }, 'mistake');
    expect(await grantsOf('mistake')).toBe(0);
    await create('done');
    await rules().embargoes.release({ actor: manager }, 'done');
    expect(await grantsOf('done')).toBe(2);
  });
});

describe('removing a party', () => {
  const insert = (token: string, accountId: string, scope: string, audiences: readonly string[] = []) =>
    insertRefreshChain(database.db, now, { token, accountId, scope, audiences });
  const isRevoked = (token: string) => isChainRevoked(database.db, token);

  test('revokes the refresh tokens whose ceiling meets the embargo, and answers with the access tokens still out, which introspection no longer takes', async () => {
    await rules().embargoes.create(
      { actor: manager },
      embargoOf({
        id: 'leaving',
        path: '/cta/leaving',
        from: inSixHours,
        parties: [
          { subject: 'group:/escape/p17', role: 'coi', actions: ['read'] },
          { subject: 'user:dana', role: 'pi', actions: ['read'] },
        ],
      }),
    );
    await insert('above', 'id-alice', 'openid storage.read:/data', ['https://one.example']);
    await insert('below', 'id-alice', 'storage.read:/data/leaving/run1', ['https://one.example']);
    await insert('elsewhere', 'id-alice', 'openid storage.read:/data/other', ['https://one.example']);
    await insert('none', 'id-alice', 'openid profile');
    await insert('stays', 'id-dana', 'storage.read:/data', ['https://one.example']);
    await record({ jti: 'still-out', subject: 'id-alice', issued: 'storage.read:/data/leaving/ openid' });
    await record({ jti: 'of-another', subject: 'id-dana', issued: 'storage.read:/data/leaving/' });

    const outcome = await rules().embargoes.removeParty({ actor: manager }, 'leaving', 'group:/escape/p17');
    expect(outcome).toMatchObject({
      ok: true,
      remainder: {
        revokedRefreshTokens: 2,
        count: 1,
        latestExpiry: now + 3_600_000,
        tokens: [
          {
            jti: 'still-out',
            subject: 'id-alice',
            clientId: 'portal',
            scopes: ['storage.read:/data/leaving/'],
            expiresAt: now + 3_600_000,
          },
        ],
      },
    });
    const denied = createRevocationStore(database.db);
    expect(await Promise.all(['still-out', 'of-another'].map((jti) => denied.isRevoked(jti)))).toEqual([true, false]);
    const revoked = await Promise.all(['above', 'below', 'elsewhere', 'none', 'stays'].map(isRevoked));
    expect(revoked).toEqual([true, true, false, false, false]);
  });

  test('leaves the tokens of who is admitted by another entry', async () => {
    await rules().embargoes.create(
      { actor: manager },
      embargoOf({
        id: 'twice',
        path: '/cta/twice',
        from: inSixHours,
        parties: [
          { subject: 'group:/escape/p17', role: 'coi', actions: ['read'] },
          { subject: 'user:alice', role: 'pi', actions: ['read', 'stage'] },
        ],
      }),
    );
    await insert('twice', 'id-alice', 'storage.read:/data', ['https://one.example']);
    expect(await rules().embargoes.removeParty({ actor: manager }, 'twice', 'group:/escape/p17')).toMatchObject({
      ok: true,
      remainder: { revokedRefreshTokens: 0, count: 0 },
    });
    expect(await isRevoked('twice')).toBe(false);
  });
});

describe('storages and the namespace', () => {
  const storage = {
    name: 'two',
    audience: 'https://two.example',
    aliases: [],
    kind: 'storage' as const,
    matching: 'segment' as const,
    mounts: [],
  };

  test('a storage is made, replaced on its version, and removed', async () => {
    const made = await rules().storages.put({ actor: admin }, storage);
    if (!made.ok) throw new Error(made.refusal.message);
    expect(made).toMatchObject({ created: true });
    const changed = { ...storage, matching: 'prefix' as const };
    expect(await rules().storages.put({ actor: admin, expectedVersion: 'other' }, changed)).toMatchObject({
      refusal: { kind: 'version-mismatch', version: made.version },
    });
    expect(await rules().storages.put({ actor: admin, expectedVersion: made.version }, changed)).toMatchObject({
      ok: true,
      created: false,
    });
    expect(await rules().storages.remove({ actor: admin }, 'two')).toMatchObject({ ok: true });
    expect(await rules().storages.get(admin, 'two')).toMatchObject({ refusal: { kind: 'not-found' } });
  });

  test('nested mounts and an audience of another storage are refused', async () => {
    const mounts = [
      { path: '/a', at: '/x' },
      { path: '/a/b', at: '/y' },
    ];
    expect(await rules().storages.put({ actor: admin }, { ...storage, mounts })).toMatchObject({
      refusal: { kind: 'invalid', faults: [{ path: ['mounts', 1, 'path'] }] },
    });
    expect(await rules().storages.put({ actor: admin }, { ...storage, audience: 'https://one.example' })).toMatchObject(
      {
        refusal: { kind: 'invalid', faults: [{ path: ['audience'] }] },
      },
    );
  });

  test('a path is registered in its canonical form', async () => {
    expect(await rules().namespace.put({ actor: admin }, '//new//path/')).toMatchObject({
      value: '/new/path',
      created: true,
    });
    expect(await rules().namespace.put({ actor: admin }, '/new/path')).toMatchObject({ created: false });
    expect(await rules().namespace.list(admin, '/new', { limit: 5, after: null })).toMatchObject({
      value: { items: ['/new/path'], next: null },
    });
    expect(await rules().namespace.remove({ actor: alice }, '/new/path')).toMatchObject({
      refusal: { kind: 'not-found' },
    });
    expect(await rules().namespace.remove({ actor: admin }, '/new/path')).toMatchObject({ ok: true });
  });
});

test('a refused write leaves no version behind', async () => {
  const read = () => sql<{ version: string }>`SELECT version FROM lake_version`.execute(database.db);
  const before = await read();
  await rules().grants.create({ actor: admin }, grantOf({ id: 'members', subject: 'user:bob', path: '/cta' }));
  expect((await read()).rows).toEqual(before.rows);
});

test('a manager reads nothing of the time when a rule lay elsewhere, a party all of it', async () => {
  const { grants, embargoes } = rules();
  const parties = [{ subject: 'user:alice' as const, role: 'pi' as const, actions: ['read' as const] }];
  await grants.create({ actor: admin }, grantOf({ id: 'moving', subject: 'user:bob', path: '/ska/moving' }));
  await grants.replace({ actor: admin }, grantOf({ id: 'moving', subject: 'user:bob', path: '/cta/moving' }));
  const embargo = embargoOf({ id: 'moved', path: '/ska/moved', parties, retroactive: true });
  await embargoes.create({ actor: admin }, embargo);
  await embargoes.replace({ actor: admin }, { ...embargo, path: '/cta/moved' });
  const pathsOf = async (history: Promise<Answer<readonly HistoryEntry<{ readonly path: string }>[]>>) => {
    const answer = await history;
    return answer.ok && answer.value.map(({ record: one }) => one?.path);
  };
  expect(await pathsOf(grants.history(manager, 'moving'))).toEqual(['/cta/moving']);
  expect(await pathsOf(embargoes.history(manager, 'moved'))).toEqual(['/cta/moved']);
  expect(await pathsOf(embargoes.history(alice, 'moved'))).toEqual(['/ska/moved', '/cta/moved']);
});
