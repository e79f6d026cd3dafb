/** The life cycle of accounts: warned, suspended at the end, removed after a grace; each once, by however many processes. */
import { peopleOperator } from '../../src/accounts/actor.ts';
import type { AccountAdministration, NewAccount } from '../../src/accounts/administration.ts';
import { createAccountAdministration } from '../../src/accounts/create-administration.ts';
import { createLifeCycle, type LifeCycle } from '../../src/accounts/life-cycle.ts';
import { createLifeCycleStore } from '../../src/storage/account-life-cycle.ts';
import { noteLogin } from '../../src/storage/account-logins.ts';
import { createAccountRecords } from '../../src/storage/account-records.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { applyLakeText } from '../support/lake.ts';

const day = 86_400_000;
const start = Math.ceil(Date.now() / day) * day;
let now = start;
const clock = { now: () => now };
let database: TestDatabase;
let accounts: AccountAdministration;
let lifeCycle: LifeCycle;

beforeEach(async () => {
  now = start;
  database = await createTestDatabase();
  accounts = createAccountAdministration({ records: createAccountRecords(database.db), clock });
  lifeCycle = createLifeCycle({
    store: createLifeCycleStore(database.db, { product: 'sluice.example' }),
    accounts,
    clock,
  });
  await create({ username: 'root', roles: ['admin'] });
});
afterEach(() => database?.drop());

async function create(account: NewAccount) {
  const made = await accounts.create({ actor: peopleOperator, reason: null }, account);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}
const configure = (settings: object) =>
  applyLakeText(database.db, JSON.stringify({ version: 1, lifeCycle: settings }), { clock });
const mails = async () => {
  const rows = await database.db.selectFrom('outbox').select(['recipient', 'kind']).orderBy('id').execute();
  return rows.map(({ recipient, kind }) => `${kind} ${recipient}`);
};
const stateOf = async (id: string) => {
  const found = await accounts.get(peopleOperator, id);
  return found.ok ? found.value.state : 'gone';
};

test('without a setting: warnings 30 and 7 days before the end, suspension at the end, no removal', async () => {
  const { id } = await create({ username: 'ada', email: 'ada@x.example', endsAt: start + 40 * day });
  const seen: number[] = [];
  for (const days of [0, 11, 12, 34, 35, 39.9]) {
    now = start + days * day;
    seen.push((await lifeCycle.run()).warned);
  }
  expect(seen).toEqual([0, 1, 0, 1, 0, 0]);
  expect(await stateOf(id)).toBe('active');
  now = start + 40 * day;
  expect(await lifeCycle.run()).toEqual({ warned: 0, suspended: 1, removed: 0 });
  expect(await stateOf(id)).toBe('suspended');
  now = start + 4000 * day;
  expect(await lifeCycle.run()).toEqual({ warned: 0, suspended: 0, removed: 0 });
  expect(await mails()).toEqual([
    'account.ending ada@x.example',
    'account.ending ada@x.example',
    'account.ended ada@x.example',
  ]);
  const [entry] = await database.db
    .selectFrom('audit_log')
    .selectAll()
    .where('action', '=', 'account.suspended')
    .execute();
  expect(entry).toMatchObject({ actor: 'system:life-cycle', reason: expect.stringContaining('the account ended on') });
});

test('whoever is found late is warned once; a later end is warned of anew; owners hear of their service accounts', async () => {
  await create({ username: 'owner', email: 'owner@x.example' });
  const { id } = await create({ username: 'bot', kind: 'service', owners: ['owner'], endsAt: start + 3 * day });
  expect((await lifeCycle.run()).warned).toBe(1);
  expect((await lifeCycle.run()).warned).toBe(0);
  await accounts.change({ actor: peopleOperator, reason: null }, id, { endsAt: start + 100 * day });
  expect((await lifeCycle.run()).warned).toBe(0);
  now = start + 75 * day;
  expect((await lifeCycle.run()).warned).toBe(1);
  expect(await mails()).toEqual(['account.ending owner@x.example', 'account.ending owner@x.example']);
});

test('two processes at once warn and suspend each account once', async () => {
  await configure({ warnDays: [10] });
  for (let count = 0; count < 8; count += 1) {
    await create({ username: `u${count}`, email: `u${count}@x.example`, endsAt: start + (count < 4 ? 5 : 20) * day });
  }
  const other = createLifeCycle({ store: createLifeCycleStore(database.db, { product: 'x' }), accounts, clock });
  const first = await Promise.all([lifeCycle.run(), other.run()]);
  expect(first.reduce((sum, { warned }) => sum + warned, 0)).toBe(4);
  now = start + 6 * day;
  const second = await Promise.all([lifeCycle.run(), other.run()]);
  expect(second.reduce((sum, { suspended }) => sum + suspended, 0)).toBe(4);
  expect(await mails()).toHaveLength(8);
});

test('after the grace an account is removed for ever, but none that an administrator suspended', async () => {
  await configure({ removeAfterDays: 30 });
  const ended = await create({ username: 'ended', endsAt: start + day });
  const other = await create({ username: 'other' });
  await accounts.suspend({ actor: peopleOperator, reason: 'investigated' }, other.id);
  now = start + 2 * day;
  await lifeCycle.run();
  expect([await stateOf(ended.id), await stateOf(other.id)]).toEqual(['suspended', 'suspended']);
  now = start + 31 * day;
  expect((await lifeCycle.run()).removed).toBe(1);
  expect([await stateOf(ended.id), await stateOf(other.id)]).toEqual(['gone', 'suspended']);
});

test('who does not use the account is warned and suspended if the community wants it so; logins, roles and service accounts keep theirs', async () => {
  await configure({ warnDays: [10], suspendInactiveDays: 100, removeAfterDays: 50 });
  const idle = await create({ username: 'idle', email: 'idle@x.example' });
  const busy = await create({ username: 'busy' });
  const robot = await create({ username: 'robot', kind: 'service' });
  now = start + 95 * day;
  await noteLogin(database.db, { accountId: busy.id, upstream: null }, now);
  expect((await lifeCycle.run()).warned).toBe(1);
  now = start + 100 * day;
  expect((await lifeCycle.run()).suspended).toBe(1);
  expect([await stateOf(idle.id), await stateOf(busy.id), await stateOf(robot.id)]).toEqual([
    'suspended',
    'active',
    'active',
  ]);
  expect(await mails()).toEqual(['account.inactive idle@x.example', 'account.unused idle@x.example']);
  now = start + 151 * day;
  expect((await lifeCycle.run()).removed).toBe(1);
  expect(await stateOf(idle.id)).toBe('gone');
});

test('an administrator past the end, who cannot log in any more, is suspended like everybody', async () => {
  const root = await accounts.findByUsername(peopleOperator, 'root');
  if (!root.ok) throw new Error();
  await accounts.change({ actor: peopleOperator, reason: null }, root.value.id, { endsAt: start + day });
  now = start + 2 * day;
  expect((await lifeCycle.run()).suspended).toBe(1);
  expect(await stateOf(root.value.id)).toBe('suspended');
});
