/** The outbox: every way of changing a rule, and every date that passes, leaves its event (policy-semantics, section 7). */
import { readdirSync, readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { openDatabase } from '../../src/storage/database.ts';
import { createEmbargoLook, type LookAtEnds } from '../../src/storage/embargo-ends.ts';
import { createEventPurge } from '../../src/storage/event-purge.ts';
import { createDeliveryStore } from '../../src/storage/events.ts';
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../support/database.ts';
import { blocksOf } from '../support/documented-commands.ts';
import { applyLakeText } from '../support/lake.ts';

const day = 86_400_000;
const end = Date.parse('2027-06-01T00:00:00Z');

let database: TestDatabase;
let look: LookAtEnds;
beforeEach(async () => {
  database = await createTestDatabase();
  look = createEmbargoLook(database.db);
});
afterEach(() => database.drop());

async function embargo(id: string, until: number | null, fields: Record<string, unknown> = {}): Promise<void> {
  await database.db
    .insertInto('embargoes')
    .values({ id, path: `/${id}`, actions: ['read'], ends_at: until === null ? null : new Date(until), ...fields })
    .execute();
}

async function change(id: string, fields: Record<string, unknown>): Promise<void> {
  await database.db.updateTable('embargoes').set(fields).where('id', '=', id).execute();
}

const moveEnd = (id: string, until: number) => change(id, { ends_at: new Date(until) });

async function events() {
  return database.db.selectFrom('events').selectAll().orderBy('sequence').execute();
}

async function types(): Promise<readonly string[]> {
  const rows = await events();
  return rows.map(({ type, rule_id, version, data }) => {
    const { daysBefore } = data as { daysBefore?: number };
    return `${type} ${rule_id} ${version}${daysBefore ? ` (${daysBefore})` : ''}`;
  });
}

/** The events that came after the embargo was made. */
const later = async () => (await types()).slice(1);

describe('a change of a rule', () => {
  const lake = (rules: string) => `version: 1\nvo: escape\ngroups: [{ path: /escape }]\n${rules}`;

  test('leaves an event of the same transaction, with what is written about it in the history', async () => {
    await expect(
      database.db.transaction().execute(async (trx) => {
        await trx
          .insertInto('grants')
          .values({ id: 'g', subject: 'user:bob', actions: ['read'], path: '/a' })
          .execute();
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await types()).toEqual([]);

    await database.db.transaction().execute(async (trx) => {
      await sql`SELECT set_config('sluice.actor', 'user:alice', true), set_config('sluice.reason', 'as asked', true)`.execute(
        trx,
      );
      await trx
        .insertInto('grants')
        .values({ id: 'g', subject: 'user:bob', actions: ['read'], path: '/a' })
        .execute();
    });
    const [event] = await events();
    const { version } = await database.db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
    expect(event).toMatchObject({
      type: 'grant.created',
      kind: 'grant',
      rule_id: 'g',
      version: 1,
      policy_version: version,
      data: {
        change: 'created',
        actor: 'user:alice',
        reason: 'as asked',
        rule: { id: 'g', subject: 'user:bob', path: '/a' },
      },
    });
  });

  test('of a grant is called created, changed or removed, and one that is made anew is created', async () => {
    const grant = (path: string) =>
      lake(`grants:\n  - { id: g, subject: "group:/escape", actions: [read], path: ${path} }\n`);
    await applyLakeText(database.db, grant('/a'));
    await applyLakeText(database.db, grant('/b'));
    await applyLakeText(database.db, grant('/b'));
    await applyLakeText(database.db, lake(''), { prune: true });
    await applyLakeText(database.db, grant('/b'));
    expect(await types()).toEqual(['grant.created g 1', 'grant.changed g 2', 'grant.removed g 3', 'grant.created g 4']);
    expect((await events())[2]?.data).toMatchObject({ rule: { path: '/b' } });
  });

  test('of an embargo is called by what became of it', async () => {
    await embargo('draft', end, { state: 'draft' });
    await change('draft', { state: 'active' });
    await change('draft', { title: 'The title' });
    await change('draft', { state: 'released' });
    await embargo('other', end);
    await change('other', { state: 'withdrawn' });
    await embargo('gone', end);
    await database.db.deleteFrom('embargoes').where('id', '=', 'gone').execute();
    expect(await types()).toEqual([
      'embargo.created draft 1',
      'embargo.changed draft 2',
      'embargo.changed draft 3',
      'embargo.released draft 4',
      'embargo.created other 1',
      'embargo.withdrawn other 2',
      'embargo.created gone 1',
      'embargo.withdrawn gone 2',
    ]);
  });

  test('carries the rule as docs/integration/webhooks.md shows it', async () => {
    await embargo('p17', end);
    const [event] = await events();
    const shown = blocksOf('docs/integration/webhooks.md').find(({ marks }) => marks.includes('message'))?.text ?? '';
    const { rule } = event!.data as { rule: object };
    expect(Object.keys(rule).toSorted()).toEqual(Object.keys(JSON.parse(shown).data.rule).toSorted());
  });

  test('numbers events in the order of commits, also when many write at once', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `g${index}`);
    await Promise.all(
      ids.map((id) =>
        database.db
          .insertInto('grants')
          .values({ id, subject: 'user:bob', actions: ['read'], path: `/${id}` })
          .execute(),
      ),
    );
    const versions = (await events()).map(({ policy_version }) => Number(policy_version));
    expect(versions).toHaveLength(20);
    expect(versions).toEqual(versions.toSorted((a, b) => a - b));
  });
});

describe('a look at the ends of embargoes', () => {
  test('gives notice 30 and 7 days before the end and tells the release, each once', async () => {
    await embargo('p17', end);
    for (const before of [31, 30, 29, 8, 7, 6, 0.001, 0, -1, -2]) {
      await look(end - before * day);
      await look(end - before * day);
    }
    expect(await later()).toEqual(['embargo.ending p17 1 (30)', 'embargo.ending p17 1 (7)', 'embargo.released p17 1']);
  });

  test('after a time without looks tells the release only, and needs no change of the embargo for it', async () => {
    await embargo('p17', end);
    const before = await database.db.selectFrom('embargoes').selectAll().executeTakeFirstOrThrow();
    expect(await look(end + 3 * day)).toBe(1);
    const [, event] = await events();
    expect(event).toMatchObject({
      type: 'embargo.released',
      at: new Date(end + 3 * day),
      data: { change: 'released', actor: 'clock', endsAt: '2027-06-01T00:00:00.000Z', rule: { state: 'released' } },
    });
    expect(await database.db.selectFrom('embargoes').selectAll().executeTakeFirstOrThrow()).toEqual(before);
  });

  test('names in a notice whom the end concerns', async () => {
    const parties = JSON.stringify([
      { subject: 'user:alice', role: 'pi', actions: ['read'] },
      { subject: 'user:gone', role: 'coi', actions: ['read'], until: '2027-01-01T00:00:00Z' },
    ]);
    await embargo('p17', end, { parties });
    await look(end - 5 * day);
    expect((await events())[1]?.data).toMatchObject({
      change: 'ending',
      endsAt: '2027-06-01T00:00:00.000Z',
      daysBefore: 7,
      subjects: ['user:alice'],
    });
  });

  test('counts to the hard limit while the end waits for an event', async () => {
    await embargo('p17', null, { hard_limit: new Date(end) });
    await look(end - 30 * day);
    await look(end);
    expect(await later()).toEqual(['embargo.ending p17 1 (30)', 'embargo.released p17 1']);
  });

  test('gives new notices after an extension', async () => {
    await embargo('p17', end);
    await look(end - 7 * day);
    await moveEnd('p17', end + 100 * day);
    await look(end);
    await look(end + 70 * day);
    await look(end + 93 * day);
    await look(end + 100 * day);
    expect(await later()).toEqual([
      'embargo.ending p17 1 (7)',
      'embargo.changed p17 2',
      'embargo.ending p17 2 (30)',
      'embargo.ending p17 2 (7)',
      'embargo.released p17 2',
    ]);
  });

  test('repeats no notice after a change that leaves the end or brings it forward', async () => {
    await embargo('p17', end);
    await look(end - 7 * day);
    await change('p17', { title: 'Another title' });
    await moveEnd('p17', end - day);
    await look(end - 6 * day);
    await look(end - day);
    await change('p17', { title: 'A third title' });
    await look(end);
    expect(await later()).toEqual([
      'embargo.ending p17 1 (7)',
      'embargo.changed p17 2',
      'embargo.changed p17 3',
      'embargo.released p17 3',
      'embargo.changed p17 4',
    ]);
  });

  test('says nothing of drafts, of withdrawn and of released ones', async () => {
    await embargo('draft', end, { state: 'draft' });
    await embargo('withdrawn', end);
    await change('withdrawn', { state: 'withdrawn' });
    await embargo('released', end);
    await change('released', { state: 'released' });
    expect(await look(end - 7 * day)).toBe(0);
    expect(await look(end + day)).toBe(0);
  });

  test('tells a release once, whether the date or a manager came first', async () => {
    await embargo('p17', end);
    await look(end);
    await change('p17', { state: 'released' });
    expect(await later()).toEqual(['embargo.released p17 1', 'embargo.changed p17 2']);
  });

  test('gives each notice once when several processes look at the same time', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await embargo(id, end);
    const counts = await Promise.all(Array.from({ length: 5 }, () => look(end)));
    expect(counts.toSorted()).toEqual([0, 0, 0, 0, 4]);
    expect((await types()).filter((type) => type.startsWith('embargo.released'))).toHaveLength(4);
  });

  test('sees the last state of an embargo that is being changed', async () => {
    await embargo('p17', end);
    let looking: Promise<number> | undefined;
    await database.db.transaction().execute(async (trx) => {
      await trx
        .updateTable('embargoes')
        .set({ ends_at: new Date(end + 100 * day) })
        .execute();
      looking = look(end);
      // The look has got as far as waiting for this transaction.
      for (let waits = false; !waits; ) {
        const { rows } = await sql`SELECT FROM pg_locks WHERE NOT granted`.execute(trx);
        waits = rows.length > 0;
      }
    });
    expect(await looking).toBe(0);
    expect(await later()).toEqual(['embargo.changed p17 2']);
  });

  test('tells nothing of what ended before there were events', async () => {
    const empty = await createEmptyDatabase();
    const connection = await openDatabase(empty.url);
    const migrate = (file: string) => sql.raw(readFileSync(`migrations/${file}`, 'utf8')).execute(connection.db);
    const files = readdirSync('migrations').toSorted();
    const first = files.indexOf('0007_events.sql');
    for (const file of files.slice(0, first)) await migrate(file);
    await sql`INSERT INTO embargoes (id, path, actions, ends_at) VALUES
      ('old', '/old', '{read}', now() - interval '1 day'), ('new', '/new', '{read}', now() + interval '1 day')`.execute(
      connection.db,
    );
    await migrate('0007_events.sql');
    await createEmbargoLook(connection.db)(Date.now() + 2 * day);
    expect(await connection.db.selectFrom('events').select(['type', 'rule_id']).execute()).toEqual([
      { type: 'embargo.released', rule_id: 'new' },
    ]);
    await connection.close();
    await empty.drop();
  });
});

describe('cleaning', () => {
  const days = 30;
  const now = () => Date.now() + 60 * day;
  const target = { name: 'catalogue', types: ['embargo.created', 'embargo.changed'] } as const;

  test('deletes events past their time, and not the history', async () => {
    await embargo('p17', end);
    const { purge } = createEventPurge(database.db, [], days);
    expect(await purge(Date.now() + 29 * day)).toBe(0);
    expect(await purge(now())).toBe(1);
    expect(await database.db.selectFrom('rule_versions').select('version').execute()).toEqual([{ version: 1 }]);
  });

  test('keeps what a target has not got', async () => {
    const store = createDeliveryStore(database.db);
    const { purge } = createEventPurge(database.db, ['catalogue'], days);
    await store.register(['catalogue'], Date.now());
    await embargo('p17', end);
    expect(await purge(now())).toBe(0);
    await store.enqueue(target, now());
    expect(await purge(now())).toBe(0);
    const claim = await store.claim('catalogue', now(), now());
    await store.acknowledge(claim!, now());
    expect(await purge(now())).toBe(1);
  });

  test('forgets a target that is in the settings no more, with all that waits for it', async () => {
    const store = createDeliveryStore(database.db);
    await store.register(['catalogue', 'old'], Date.now());
    await embargo('p17', end);
    await store.enqueue({ ...target, name: 'old' }, Date.now());
    await createEventPurge(database.db, ['catalogue'], days).purge(now());
    expect(await store.findBacklog(['catalogue', 'old'])).toEqual([
      { target: 'catalogue', waiting: 0, oldest: null },
      { target: 'old', waiting: 0, oldest: null },
    ]);
    const left = await database.db.selectFrom('event_targets').select('name').execute();
    expect(left).toEqual([{ name: 'catalogue' }]);
  });
});
