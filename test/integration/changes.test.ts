/** The feed of changes: a script that only ever reads it has a copy that is right. */
import pg from 'pg';
import { createChangeRecords } from '../../src/storage/changes.ts';
import type { Call } from '../support/api.ts';
import { eventually } from '../support/http.ts';
import type { TestIssuer } from '../support/issuer.ts';
import { peopleClient, peopleUser, startPeopleIssuer } from '../support/people-api.ts';

let issuer: TestIssuer;
let script: Call;

beforeAll(async () => {
  issuer = await startPeopleIssuer();
  script = await peopleClient(issuer, 'rules-eye', 'people:read');
});
afterAll(() => issuer?.close());

interface Item {
  kind: string;
  id?: string;
  account?: string;
  group?: string;
  present: Record<string, unknown> | null;
}

/** What a user's script does: remembers `since`, and puts down what each entry says is there. */
function createCopy() {
  const held = new Map<string, Record<string, unknown>>();
  let since: string | undefined;
  const read = async () => {
    for (;;) {
      const { body } = await script('GET', `/changes?limit=7${since === undefined ? '' : `&since=${since}`}`);
      for (const { kind, id, account, group, present } of body.items as Item[]) {
        const key = kind === 'membership' ? `membership ${account} ${group}` : `${kind} ${id}`;
        if (present === null) held.delete(key);
        else held.set(key, present);
      }
      since = body.since;
      if (!body.more) return;
    }
  };
  return { held, read, since: () => since };
}

/** The same from the database. */
async function truth(): Promise<Record<string, string | null>> {
  const { db } = issuer.database;
  const accounts = await db.selectFrom('accounts').select(['id', 'username', 'state', 'name']).execute();
  const groups = await db.selectFrom('groups').select(['id', 'path']).execute();
  const memberships = await db.selectFrom('memberships').select(['account_id', 'group_id', 'ends_at']).execute();
  return Object.fromEntries([
    ...accounts.map(({ id, username, state, name }) => [`account ${id}`, `${username} ${state} ${name}`]),
    ...groups.map(({ id, path }) => [`group ${id}`, path]),
    ...memberships.map((one) => [`membership ${one.account_id} ${one.group_id}`, one.ends_at?.toISOString() ?? null]),
  ]);
}

function short(held: ReadonlyMap<string, Record<string, unknown>>) {
  return Object.fromEntries(
    [...held].map(([key, present]) => {
      if (key.startsWith('account')) return [key, `${present.username} ${present.state} ${present.name}`];
      if (key.startsWith('group')) return [key, present.path];
      return [key, present.until === null ? null : new Date(present.until as string).toISOString()];
    }),
  );
}

/** Other work of the server may have a transaction open for a moment; the feed waits for it. */
async function inStep(copy: ReturnType<typeof createCopy>) {
  return eventually(async () => {
    await copy.read();
    const [is, expected] = [short(copy.held), await truth()];
    return JSON.stringify(Object.entries(is).sort()) === JSON.stringify(Object.entries(expected).sort()) || undefined;
  });
}

test('a copy stays in step with lake files, the API, suspensions and removals', async () => {
  const admin = await peopleUser(issuer, 'admin');
  const copy = createCopy();
  await inStep(copy);
  expect(copy.held.size).toBeGreaterThan(10);

  await issuer.apply(
    'version: 1\ngroups:\n  - path: /escape/new\naccounts:\n  - { username: zoe, name: Zoe, groups: [{ path: /escape/new, until: 2027-01-01T00:00:00Z }] }\n',
  );
  await inStep(copy);

  const { id } = (await admin('POST', '/accounts', { body: { username: 'yves' } })).body;
  await admin('PATCH', `/accounts/${id}`, { body: { name: 'Yves' } });
  await admin('POST', `/accounts/${id}/suspend`, { body: { reason: 'test' } });
  await inStep(copy);
  expect(copy.held.get(`account ${id}`)).toMatchObject({ state: 'suspended', suspendedBecause: 'test' });

  const zoe = (await admin('GET', '/accounts?username=zoe')).body.items[0].id;
  await admin('DELETE', `/accounts/${zoe}`);
  await inStep(copy);
  expect([...copy.held.keys()].filter((key) => key.includes(zoe))).toEqual([]);
});

test('of two transactions that commit in another order than they began, no entry appears before the cursor', async () => {
  const copy = createCopy();
  await inStep(copy);
  const clients = [new pg.Client(issuer.database.url), new pg.Client(issuer.database.url)] as const;
  const [first, second] = clients;
  for (const client of clients) await client.connect();
  await first.query('BEGIN');
  await first.query("INSERT INTO accounts (id, username) VALUES ('early', 'early')");
  await second.query("INSERT INTO accounts (id, username) VALUES ('late', 'late')");
  await copy.read();
  expect([...copy.held.keys()]).not.toContain('account late');
  await first.query('COMMIT');
  await inStep(copy);
  expect([...copy.held.keys()]).toEqual(expect.arrayContaining(['account early', 'account late']));
  for (const client of clients) await client.end();
});

test('what is superseded or long gone is cleaned away; whoever was away too long is told to begin anew', async () => {
  const { db } = issuer.database;
  const copy = createCopy();
  await inStep(copy);
  await db.insertInto('accounts').values({ id: 'brief', username: 'brief' }).execute();
  await db.deleteFrom('accounts').where('id', '=', 'brief').execute();
  await db.updateTable('accounts').set({ name: 'Early' }).where('id', '=', 'early').execute();
  const records = createChangeRecords(db);
  expect(await records.purge(Date.now() + 91 * 86_400_000)).toBeGreaterThan(2);
  const { status, body } = await script('GET', `/changes?since=${copy.since()}`);
  expect([status, body.detail]).toEqual([409, expect.stringContaining('without `since`')]);
  const anew = createCopy();
  await inStep(anew);
  await inStep(anew);
  expect(await db.selectFrom('changes').select('id').where('id', '=', 'early').execute()).toHaveLength(1);
});

test('cursors of nobody are refused, and the feed is for who sees everybody', async () => {
  expect((await script('GET', '/changes?since=1.2.3')).status).toBe(422);
  expect((await script('GET', '/changes?since=%27;--')).status).toBe(400);
  const bob = await peopleUser(issuer, 'bob');
  expect((await bob('GET', '/changes')).status).toBe(403);
});

test('after a database was restored elsewhere, cursors of before are refused instead of missing what is new', async () => {
  const { db } = issuer.database;
  const copy = createCopy();
  await inStep(copy);
  await db.updateTable('changes').set({ xact: '900000000000' }).where('id', '=', 'early').execute();
  await createChangeRecords(db).purge(Date.now());
  expect((await script('GET', `/changes?since=${copy.since()}`)).status).toBe(409);
  await inStep(createCopy());
});
