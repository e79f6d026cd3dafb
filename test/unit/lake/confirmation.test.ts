/** When the rules in memory may decide, and when the database is asked first (src/lake/confirmation.ts). */
import { type ConfirmationDeps, createConfirmation, type DatabaseLook } from '../../../src/lake/confirmation.ts';
import type { LakeSnapshot } from '../../../src/lake/snapshot.ts';

const start = Date.parse('2026-11-22T12:00:00Z');

/** A process with a database that the test plays. */
function createProcess(options: { ownClock?: boolean } = {}) {
  let now = start;
  let version = 1;
  let database = { version: 1, ahead: 0, milliseconds: 0, fault: null as Error | null };
  const looks: DatabaseLook[] = [];
  const told: { at: number; version: number }[] = [];
  let gate: Promise<void> | undefined;
  const deps: ConfirmationDeps = {
    clock: { now: () => now },
    current: () => ({ version }) as LakeSnapshot,
    advance: async () => {
      version = database.version;
    },
    look: async () => {
      const found = { version: database.version, now: options.ownClock ? now + database.ahead : null };
      looks.push(found);
      await gate;
      now += database.milliseconds;
      if (database.fault) throw database.fault;
      return found;
    },
    tell: async (toldVersion) => {
      told.push({ at: now - start, version: toldVersion });
    },
  };
  return {
    confirmation: createConfirmation(deps),
    looks,
    told,
    advanceClock: (milliseconds: number) => {
      now += milliseconds;
    },
    set: (change: Partial<typeof database>) => {
      database = { ...database, ...change };
    },
    /** Looks wait until the returned function is called. */
    hold: () => {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return () => {
        gate = undefined;
        held.resolve();
      };
    },
  };
}

const unavailable = { code: 'policy_unavailable' };

test('rules confirmed within the last second are had at once, without a question', async () => {
  const { confirmation, looks, advanceClock } = createProcess();
  await confirmation.look();
  advanceClock(1000);
  expect(confirmation.confirmed()).toMatchObject({ version: 1 });
  expect(looks).toHaveLength(1);
});

test('rules that were not confirmed for a second are had after a question, and are then the newest', async () => {
  const { confirmation, advanceClock, set } = createProcess();
  await confirmation.look();
  advanceClock(1001);
  set({ version: 5 });
  expect(await confirmation.confirmed()).toMatchObject({ version: 5 });
});

test('requests at the same time share one question', async () => {
  const { confirmation, looks, hold } = createProcess();
  const release = hold();
  const answers = Array.from({ length: 100 }, () => confirmation.confirmed());
  const background = confirmation.look();
  release();
  await Promise.all([...answers, background]);
  expect(looks).toHaveLength(1);
});

test('rules that cannot be confirmed are refused, and had again once the database answers', async () => {
  const { confirmation, advanceClock, set } = createProcess();
  await confirmation.look();
  advanceClock(1001);
  set({ fault: new Error('connection refused') });
  await expect(confirmation.confirmed()).rejects.toMatchObject(unavailable);
  expect(confirmation.current()).toMatchObject({ version: 1 });
  set({ fault: null });
  expect(await confirmation.confirmed()).toMatchObject({ version: 1 });
});

test('a clock that is set back does not make a confirmation last', async () => {
  const { confirmation, advanceClock, set } = createProcess();
  await confirmation.look();
  advanceClock(-3_600_000);
  set({ version: 2 });
  expect(await confirmation.confirmed()).toMatchObject({ version: 2 });
});

test('the age counts from the sending of the question, not from its answer', async () => {
  const { confirmation, set } = createProcess();
  set({ milliseconds: 400 });
  await confirmation.look();
  expect(confirmation.age()).toBe(400);
});

test('rules of a later version than the database has, after a backup was restored, are read anew', async () => {
  const { confirmation, set } = createProcess();
  set({ version: 7 });
  await confirmation.look();
  set({ version: 3 });
  await confirmation.look();
  expect(confirmation.current().version).toBe(3);
});

test('a look anew does not trust one that is under way', async () => {
  const { confirmation, hold, set } = createProcess();
  const release = hold();
  const first = confirmation.look();
  // The look under way asked before this change.
  set({ version: 2 });
  const anew = confirmation.lookAnew();
  release();
  await Promise.all([first, anew]);
  expect(confirmation.current().version).toBe(2);
});

test('a look anew looks also when the one under way fails', async () => {
  const { confirmation, hold, set } = createProcess();
  const release = hold();
  set({ fault: new Error('connection refused') });
  const first = confirmation.look();
  first.catch(() => set({ fault: null }));
  const anew = confirmation.lookAnew();
  release();
  await expect(first).rejects.toThrow('connection refused');
  await anew;
  expect(confirmation.age()).toBe(0);
});

test('a process says which version it decides by, after it took it, and otherwise every one and a half seconds', async () => {
  const { confirmation, told, advanceClock, set } = createProcess();
  await confirmation.look();
  advanceClock(250);
  await confirmation.look();
  set({ version: 2 });
  await confirmation.look();
  advanceClock(1500);
  await confirmation.look();
  expect(told).toEqual([
    { at: 0, version: 1 },
    { at: 250, version: 2 },
    { at: 1750, version: 2 },
  ]);
});

test.each([
  ['30 s behind', 30_000, 30],
  ['30 s ahead', -30_000, 30],
])('a clock that is %s is good enough', async (_, ahead) => {
  const { confirmation, set } = createProcess({ ownClock: true });
  set({ ahead });
  expect(await confirmation.confirmed()).toMatchObject({ version: 1 });
  expect(confirmation.clockOffset()).toBe(-ahead);
});

test.each([
  ['behind', 30_001],
  ['ahead', -30_001],
])('with a clock that is more than 30 s %s the rules are refused (policy-semantics 7)', async (_, ahead) => {
  const { confirmation, set } = createProcess({ ownClock: true });
  set({ ahead });
  await expect(confirmation.confirmed()).rejects.toMatchObject(unavailable);
  expect(() => confirmation.confirmed()).toThrow('the clock differs');
  set({ ahead: 0 });
  await confirmation.look();
  expect(confirmation.confirmed()).toMatchObject({ version: 1 });
});

test('a slow answer is not taken for a wrong clock', async () => {
  const { confirmation, set } = createProcess({ ownClock: true });
  set({ ahead: 30_200, milliseconds: 600 });
  await confirmation.look();
  expect(confirmation.clockOffset()).toBe(-29_900);
  expect(confirmation.confirmed()).toMatchObject({ version: 1 });
});
