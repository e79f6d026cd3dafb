import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { peopleOperator } from '../../src/accounts/actor.ts';
import type { AccountAdministration, AccountDetails } from '../../src/accounts/administration.ts';
import { createAccountAdministration } from '../../src/accounts/create-administration.ts';
import type { PeopleAnswer } from '../../src/accounts/refusal.ts';
import { ownedTables } from '../../src/storage/account-merge.ts';
import { createAccountRecords } from '../../src/storage/account-records.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const now = Date.parse('2026-11-22T12:00:00Z');
const clock = { now: () => now };
let database: TestDatabase;
let accounts: AccountAdministration;

beforeAll(async () => {
  database = await createTestDatabase();
  accounts = createAccountAdministration({ records: createAccountRecords(database.db), clock });
  await create({ username: 'root', roles: ['admin'] });
});
afterAll(() => database?.drop());

const context = (reason: string | null = null) => ({ actor: peopleOperator, reason });

function value<T>(answer: PeopleAnswer<T>): T {
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
}

async function create(fields: Parameters<AccountAdministration['create']>[1]): Promise<AccountDetails> {
  return value(await accounts.create(context(), fields));
}

const as = ({ id, username, roles }: AccountDetails) =>
  ({ kind: 'user', id, username, roles, mayWrite: true, address: '192.0.2.7' }) as const;

describe('finding', () => {
  test('beginnings of usernames, of words of names and of mail addresses are found in any case, page by page', async () => {
    await create({ username: 'olga', name: "Olga O'Brien-Ødegård", email: 'Olga.B@Example.org' });
    await create({ username: 'oleg', name: 'Oleg Petrov', email: 'o@x.example' });
    const found = async (search: string) => {
      const page = value(await accounts.list(peopleOperator, { search }, { limit: 10, after: null }));
      return page.items.map(({ username }) => username);
    };
    expect(await found('OL')).toEqual(['oleg', 'olga']);
    expect(await found('brien')).toEqual(['olga']);
    expect(await found('ødeg')).toEqual(['olga']);
    expect(await found('olga.b@')).toEqual(['olga']);
    expect(await found('pet ole')).toEqual(['oleg']);
    expect(await found('lga')).toEqual([]);
    // Operators of the search language are letters like others.
    expect(await found("' & ! | :* \\ ( \0 \ud800")).toEqual([]);
    const first = value(await accounts.list(peopleOperator, { search: 'ol' }, { limit: 1, after: null }));
    expect(first.next).toBe('oleg');
    const second = value(await accounts.list(peopleOperator, { search: 'ol' }, { limit: 1, after: first.next }));
    expect(second).toMatchObject({ items: [{ username: 'olga' }], next: null });
  });

  test('somebody without a role sees nobody else', async () => {
    const ada = await create({ username: 'ada' });
    const olga = value(await accounts.findByUsername(peopleOperator, 'olga'));
    expect(await accounts.list(as(ada), {}, { limit: 10, after: null })).toMatchObject({
      error: { code: 'not-allowed' },
    });
    expect(await accounts.get(as(ada), olga.id)).toMatchObject({ error: { code: 'not-found' } });
    expect(await accounts.get(as(ada), ada.id)).toMatchObject({ value: { username: 'ada' } });
    expect(await accounts.suspend({ actor: as(ada), reason: null }, olga.id)).toMatchObject({ ok: false });
  });
});

describe('changing', () => {
  test('what cannot be is refused with its field, and nothing is written', async () => {
    const cases = [
      [{ username: 'two words' }, 'username'],
      [{ username: '' }, 'username'],
      [{ email: 'nobody' }, 'email'],
      [{ name: 'a\u0000b' }, 'name'],
      [{ labels: { 'a b': '1' } }, 'labels'],
      [{ embargoPaths: ['/a/../b'] }, 'embargoPaths'],
      [{ endsAt: 9e15 }, 'endsAt'],
    ] as const;
    for (const [fields, field] of cases) {
      expect(await accounts.create(context(), { username: 'new', ...fields })).toMatchObject({
        error: { code: 'invalid', field },
      });
    }
    expect(await accounts.create(context(), { username: 'olga' })).toMatchObject({ error: { code: 'taken' } });
  });

  test('the audit log says who changed what and why, without personal values', async () => {
    const bea = await create({ username: 'bea', email: 'bea@old.example' });
    const change = { email: 'bea@new.example', roles: ['reader'] as const };
    expect(value(await accounts.change(context('moved'), bea.id, change))).toMatchObject({ roles: ['reader'] });
    value(await accounts.change(context(), bea.id, change));
    const entries = await database.db
      .selectFrom('audit_log')
      .selectAll()
      .where('object_id', '=', bea.id)
      .orderBy('id')
      .execute();
    expect(entries.map(({ action }) => action)).toEqual(['account.created', 'account.changed']);
    expect(entries[1]).toMatchObject({
      ...{ actor: 'operator', reason: 'moved', object_kind: 'account' },
      detail: { changed: ['email', 'roles'], roles: { from: [], to: ['reader'] } },
    });
    expect(JSON.stringify(entries)).not.toContain('example');
  });

  test('a change of what was changed meanwhile is refused', async () => {
    const eve = await create({ username: 'eve' });
    const stale = await accounts.change(context(), eve.id, { name: 'E' }, ({ updatedAt }) => updatedAt === 1);
    expect(stale).toMatchObject({ error: { code: 'conflict' } });
  });

  test('the last active administrator stays one, also when two suspend one another at once', async () => {
    const root = value(await accounts.findByUsername(peopleOperator, 'root'));
    for (const refusal of [
      await accounts.suspend(context(), root.id),
      await accounts.remove(context(), root.id),
      await accounts.change(context(), root.id, { roles: [] }),
      await accounts.change(context(), root.id, { endsAt: now - 1 }),
    ]) {
      expect(refusal).toMatchObject({ error: { code: 'in-use' } });
    }
    const second = await create({ username: 'root2', roles: ['admin'] });
    const both = await Promise.all([accounts.suspend(context(), root.id), accounts.suspend(context(), second.id)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    for (const { id } of [root, second]) await accounts.restore(context(), id);
  });

  test('a client that looks after people makes nobody an administrator', async () => {
    const actor = {
      kind: 'client',
      id: 'sync',
      username: null,
      roles: ['admin', 'reader'],
      mayWrite: true,
      address: null,
    } as const;
    const root = value(await accounts.findByUsername(peopleOperator, 'root'));
    const olga = value(await accounts.findByUsername(peopleOperator, 'olga'));
    const refusals = [
      await accounts.create({ actor, reason: null }, { username: 'mine', roles: ['admin'] }),
      await accounts.change({ actor, reason: null }, olga.id, { roles: ['admin'] }),
      await accounts.change({ actor, reason: null }, root.id, { email: 'me@evil.example' }),
      await accounts.remove({ actor, reason: null }, root.id),
    ];
    for (const refusal of refusals) expect(refusal).toMatchObject({ error: { code: 'not-allowed' } });
  });
});

test('an account that was removed leaves its id alone, and neither id nor username comes back', async () => {
  const gone = await create({ username: 'gone', name: 'Gone Girl', email: 'gone@girl.example' });
  expect(value(await accounts.remove(context('asked for it'), gone.id))).toBeNull();
  expect(await accounts.get(peopleOperator, gone.id)).toMatchObject({ error: { code: 'not-found' } });
  expect(await accounts.create(context(), { username: 'gone' })).toMatchObject({ error: { code: 'taken' } });
  expect(await accounts.create(context(), { username: 'other', id: gone.id })).toMatchObject({
    error: { code: 'taken' },
  });
  const kept = await database.db
    .selectFrom('removed_accounts')
    .selectAll()
    .where('id', '=', gone.id)
    .executeTakeFirst();
  expect(kept?.username_digest).toEqual(createHash('sha256').update('gone').digest());
});

test('owners look after a service account, and only after what describes it', async () => {
  const owner = await create({ username: 'owner' });
  const robot = await create({ username: 'robot', kind: 'service', owners: ['owner'] });
  const by = { actor: as(owner), reason: null };
  expect(await accounts.change(by, robot.id, { name: 'Transfers' })).toMatchObject({ value: { name: 'Transfers' } });
  expect(await accounts.change(by, robot.id, { roles: ['admin'] })).toMatchObject({ error: { field: 'roles' } });
  expect(await accounts.setOwners(by, robot.id, [])).toMatchObject({ error: { code: 'in-use' } });
  expect(await accounts.setOwners(by, robot.id, ['owner', 'olga'])).toMatchObject({
    value: { owners: ['olga', 'owner'] },
  });
  expect(await accounts.setOwners(by, robot.id, ['nobody-at-all'])).toMatchObject({ error: { field: 'owners' } });
  value(await accounts.setOwners(context(), robot.id, []));
  const orphans = value(await accounts.list(peopleOperator, { ownerless: true }, { limit: 10, after: null }));
  expect(orphans.items.map(({ username }) => username)).toEqual(['robot']);
});

test('a duplicate goes with what it opened, and the account that stays has the rest', async () => {
  const { db } = database;
  const [stays, duplicate] = [await create({ username: 'stays' }), await create({ username: 'duplicate' })];
  await create({ username: 'bot', kind: 'service', owners: ['duplicate'] });
  const until = (text: string | null) => (text === null ? null : new Date(text));
  const groups = await db
    .insertInto('groups')
    .values(['/m/a', '/m/b'].map((path) => ({ path, position: 0 })))
    .returning('id')
    .execute();
  const member = (account_id: string, place: number, ends_at: string | null) => ({
    ...{ account_id, group_id: groups[place]?.id ?? '', ends_at: until(ends_at) },
  });
  await db
    .insertInto('memberships')
    .values([
      member(stays.id, 0, '2027-01-01T00:00:00Z'),
      member(duplicate.id, 0, '2028-01-01T00:00:00Z'),
      member(duplicate.id, 1, null),
    ])
    .execute();
  await db
    .insertInto('group_managers')
    .values({ account_id: duplicate.id, group_id: groups[1]?.id ?? '' })
    .execute();

  const merged = value(await accounts.merge(context('same person'), stays.id, duplicate.id));

  expect(merged.memberships).toEqual([
    { group: '/m/a', from: null, until: Date.parse('2028-01-01T00:00:00Z') },
    { group: '/m/b', from: null, until: null },
  ]);
  expect(value(await accounts.findByUsername(peopleOperator, 'bot')).owners).toEqual(['stays']);
  const managers = await db.selectFrom('group_managers').select('account_id').execute();
  expect(managers).toEqual([{ account_id: stays.id }]);
  expect(await accounts.create(context(), { username: 'duplicate' })).toMatchObject({ error: { code: 'taken' } });
  expect(await accounts.merge(context(), stays.id, stays.id)).toMatchObject({ error: { field: 'duplicate' } });
});

test('what names an account is looked for where the database refers to accounts, so that no table is forgotten', async () => {
  const { rows } = await sql<{ name: string }>`SELECT conrelid::regclass || '.' || attname AS name
    FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f' AND confrelid = 'accounts'::regclass`.execute(database.db);
  // Goes with the duplicate: it opens the duplicate, or is about it alone.
  const left = [
    ...[
      'account_logins',
      'account_notices',
      'acceptable_use_reminders',
      'authentications',
      'login_history',
      'memberships',
      'one_time_codes',
    ],
    ...['outbox', 'passkeys', 'recovery_codes', 'refresh_tokens', 'scim_external_ids', 'tickets'],
  ].map((table) => `${table}.account_id`);
  const handled = [...left, ...ownedTables.map(({ table, column }) => `${table}.${column}`)];
  expect(rows.map(({ name }) => name).filter((name) => !handled.includes(name))).toEqual([]);
});
