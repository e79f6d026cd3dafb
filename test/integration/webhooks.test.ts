/** Delivery of events to real receivers: signed, in order, again until it is taken, by one of several processes. */
import { createHmac } from 'node:crypto';
import { createDispatcher, type DispatchDeps, type Dispatcher } from '../../src/events/dispatch.ts';
import { createWebhookTarget, type Webhook } from '../../src/events/webhook.ts';
import { createDeliveryStore } from '../../src/storage/events.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const start = Date.parse('2026-11-22T12:00:00Z');

let database: TestDatabase;
let receiver: Receiver;
let now: number;
let errors: string[];
beforeEach(async () => {
  database = await createTestDatabase();
  receiver = await startReceiver();
  now = start;
  errors = [];
});
afterEach(async () => {
  await receiver.close();
  await database.drop();
});

const clock = { now: () => now };
const pass = (seconds: number) => {
  now += seconds * 1000;
};

/** Makes a process that delivers, registered from now on. */
async function dispatcher(options: Partial<Webhook & DispatchDeps & { timeoutMs: number }> = {}): Promise<Dispatcher> {
  const store = createDeliveryStore(database.db);
  const webhook = { name: 'catalogue', url: receiver.url, secrets: [secret], events: ['embargo.*', 'grant.*'] };
  const target = createWebhookTarget({ ...webhook, ...options }, clock, options.timeoutMs);
  await store.register([target.name], now);
  return createDispatcher({
    targets: [target],
    store,
    clock,
    random: () => 0.5,
    giveUpDays: 0,
    onAttempt: (_, attempt) => void (attempt.taken || errors.push(attempt.error)),
    ...options,
  });
}

const grant = (id: string) =>
  database.db
    .insertInto('grants')
    .values({ id, subject: 'user:bob', actions: ['read'], path: `/${id}` })
    .execute();
const moveGrant = (id: string, path: string) =>
  database.db.updateTable('grants').set({ path }).where('id', '=', id).execute();

async function deliveries() {
  return database.db
    .selectFrom('event_deliveries')
    .select(['attempts', 'outcome', 'last_error', 'next_attempt_at'])
    .orderBy('event')
    .execute();
}

describe('a message', () => {
  test('is a signed POST of JSON with the rule and what happened to it', async () => {
    const { round } = await dispatcher();
    await grant('g');
    await round();
    const { headers, body, message } = receiver.received[0]!;
    const id = headers['webhook-id'];
    const seconds = headers['webhook-timestamp'];
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': message.id,
      'webhook-timestamp': String(start / 1000),
      'webhook-signature': `v1,${signature}`,
    });
    expect(message).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      type: 'grant.created',
      timestamp: expect.stringMatching(/^20.*Z$/),
      sequence: expect.any(Number),
      data: {
        kind: 'grant',
        id: 'g',
        version: 1,
        policyVersion: expect.any(Number),
        change: 'created',
        actor: expect.any(String),
        reason: null,
        rule: expect.objectContaining({ id: 'g', subject: 'user:bob', path: '/g', actions: ['read'] }),
      },
    });
  });

  test('of another type than a webhook takes is not sent to it', async () => {
    const { round } = await dispatcher({ events: ['grant.removed', 'embargo.*'] });
    await grant('g');
    await database.db.deleteFrom('grants').execute();
    await round();
    expect(receiver.names()).toEqual(['grant.removed g 2']);
  });

  test('of what happened before a webhook was known is not sent to it', async () => {
    await grant('before');
    const { round } = await dispatcher();
    await grant('after');
    await round();
    expect(receiver.names()).toEqual(['grant.created after 1']);
  });

  test('keeps its id in every attempt and is signed for the time of the attempt', async () => {
    const { round } = await dispatcher();
    await grant('g');
    receiver.answer((response) => void response.writeHead(500).end());
    await round();
    pass(10);
    await round();
    const [first, second] = receiver.received.map(({ headers }) => headers);
    expect(second?.['webhook-id']).toBe(first?.['webhook-id']);
    expect(Number(second?.['webhook-timestamp'])).toBe(Number(first?.['webhook-timestamp']) + 10);
    expect(second?.['webhook-signature']).not.toBe(first?.['webhook-signature']);
  });
});

describe('an event that is not taken', () => {
  const failures: [string, (receiver: Receiver) => Promise<Partial<Webhook & { timeoutMs: number }>>, RegExp][] = [
    [
      'an answer that is not 2xx',
      async (to) => {
        to.answer((response) => void response.writeHead(500).end('hunter2'));
        return {};
      },
      /^answered 500$/,
    ],
    [
      'a redirect, which is not followed',
      async (to) => {
        to.answer((response) => void response.writeHead(307, { Location: to.url }).end());
        return {};
      },
      /^answered 307$/,
    ],
    [
      'no answer in time',
      async (to) => {
        to.answer(() => {});
        return { timeoutMs: 50 };
      },
      /^no answer in time$/,
    ],
    [
      'an answer that breaks off',
      async (to) => {
        to.answer((response) => void response.socket?.destroy());
        return {};
      },
      /^no answer \(\w+\)$/,
    ],
    [
      'nobody who listens',
      async (to) => {
        await to.close();
        return {};
      },
      /^no answer \(ECONNREFUSED\)$/,
    ],
  ];

  test.each(failures)('because of %s is sent again after a pause', async (_, prepare, error) => {
    const { round } = await dispatcher(await prepare(receiver));
    await grant('g');
    await round();
    await round();
    expect(errors).toEqual([expect.stringMatching(error)]);
    expect(await deliveries()).toEqual([
      { attempts: 1, outcome: null, last_error: errors[0], next_attempt_at: new Date(now + 10_000) },
    ]);
    pass(10);
    await round();
    expect(errors).toHaveLength(2);
  });

  test('is sent until it is taken, and not once more', async () => {
    const { round } = await dispatcher();
    await grant('g');
    receiver.answer((response) => void response.writeHead(503).end());
    for (const pause of [10, 30, 90]) {
      await round();
      pass(pause);
    }
    receiver.answer((response) => void response.writeHead(202).end());
    await round();
    pass(1e6);
    await round();
    expect(receiver.received).toHaveLength(4);
    expect(await deliveries()).toEqual([expect.objectContaining({ attempts: 4, outcome: 'delivered' })]);
  });

  test('waits as long as the receiver asks for', async () => {
    const { round } = await dispatcher();
    await grant('g');
    receiver.answer((response) => void response.writeHead(429, { 'Retry-After': '120' }).end());
    await round();
    pass(119);
    await round();
    expect(receiver.received).toHaveLength(1);
    pass(1);
    await round();
    expect(receiver.received).toHaveLength(2);
  });

  test('holds up later events of its rule, and not those of other rules', async () => {
    const { round } = await dispatcher();
    await grant('g');
    await moveGrant('g', '/moved');
    await grant('h');
    await moveGrant('h', '/moved');
    receiver.answer((response, { message }) => void response.writeHead(message.data.id === 'g' ? 500 : 204).end());
    await round();
    expect(receiver.names().toSorted()).toEqual(['grant.changed h 2', 'grant.created g 1', 'grant.created h 1']);
    receiver.answer((response) => void response.writeHead(204).end());
    pass(10);
    await round();
    expect(receiver.names().slice(3)).toEqual(['grant.created g 1', 'grant.changed g 2']);
  });

  test('is given up at the age that the settings say, and then holds up nothing', async () => {
    const { round } = await dispatcher({ giveUpDays: 2 });
    await grant('g');
    await moveGrant('g', '/moved');
    await database.db
      .updateTable('events')
      .set({ at: new Date(now - 2 * 86_400_000) })
      .where('version', '=', 1)
      .execute();
    await database.db
      .updateTable('events')
      .set({ at: new Date(now) })
      .where('version', '=', 2)
      .execute();
    receiver.answer((response, { message }) => void response.writeHead(message.data.version === 1 ? 500 : 204).end());
    await round();
    pass(10);
    await round();
    expect(receiver.names()).toEqual(['grant.created g 1', 'grant.changed g 2']);
    expect((await deliveries()).map(({ outcome }) => outcome)).toEqual(['given-up', 'delivered']);
  });

  test('lets a receiver that is down alone for a while, however much is queued', async () => {
    const { round } = await dispatcher();
    for (let index = 0; index < 20; index++) await grant(`g${index}`);
    receiver.answer((response) => void response.writeHead(503).end());
    await round();
    const attempts = receiver.received.length;
    expect(attempts).toBeLessThanOrEqual(4);
    await round();
    pass(9);
    await round();
    expect(receiver.received).toHaveLength(attempts);
    receiver.answer((response) => void response.writeHead(204).end());
    pass(1);
    await round();
    expect(new Set(receiver.names()).size).toBe(20);
  });
});

describe('several processes', () => {
  test('deliver each event once, those of a rule in order', async () => {
    const all = await Promise.all([dispatcher(), dispatcher(), dispatcher()]);
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const id of ids) await grant(id);
    for (const id of ids) await moveGrant(id, '/moved');
    for (const id of ids) await database.db.deleteFrom('grants').where('id', '=', id).execute();
    // A lane that finds the rest in other hands ends; the process comes back a second later.
    while (receiver.received.length < 18) await Promise.all(all.map(({ round }) => round()));
    await Promise.all(all.map(({ round }) => round()));
    expect(receiver.received).toHaveLength(18);
    const ofRule = (id: string) => receiver.names().filter((name) => name.includes(` ${id} `));
    for (const id of ids) {
      expect(ofRule(id)).toEqual([`grant.created ${id} 1`, `grant.changed ${id} 2`, `grant.removed ${id} 3`]);
    }
  });

  test('take over what a killed one had begun, so that it arrives at least once', async () => {
    const killed = createDeliveryStore(database.db);
    const { round } = await dispatcher();
    await grant('g');
    await killed.enqueue({ name: 'catalogue', types: ['grant.created'] }, now);
    expect(await killed.claim('catalogue', now, now + 60_000)).toBeDefined();
    await round();
    expect(receiver.names()).toEqual([]);
    pass(60);
    await round();
    expect(receiver.names()).toEqual(['grant.created g 1']);
    expect(await deliveries()).toEqual([expect.objectContaining({ attempts: 2, outcome: 'delivered' })]);
  });

  test('that stops ends its attempts at once and leaves them to others', async () => {
    const stopped = await dispatcher();
    const next = await dispatcher();
    await grant('g');
    receiver.answer(() => {});
    const running = stopped.round();
    await receiver.count(1);
    stopped.stop();
    await running;
    expect(errors).toEqual([]);
    receiver.answer((response) => void response.writeHead(204).end());
    await next.round();
    expect(receiver.names()).toEqual(['grant.created g 1', 'grant.created g 1']);
  });

  test('that was slow does not undo what another one has settled', async () => {
    const slow = createDeliveryStore(database.db);
    const { round } = await dispatcher();
    await grant('g');
    await slow.enqueue({ name: 'catalogue', types: ['grant.created'] }, now);
    const claim = await slow.claim('catalogue', now, now + 60_000);
    pass(60);
    await round();
    await slow.postpone(claim!, 'no answer in time', now);
    expect(await deliveries()).toEqual([expect.objectContaining({ outcome: 'delivered', last_error: null })]);
  });
});
