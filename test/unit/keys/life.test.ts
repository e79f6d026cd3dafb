/** States of signing keys and what may be done in each (W-KEY-3). */
import { createKeyAdministration } from '../../../src/keys/administration.ts';
import { runKeySchedule } from '../../../src/keys/schedule.ts';
import { type SigningKeyRecord, stateAt } from '../../../src/keys/signing-key.ts';
import { afterSteps } from '../../../src/keys/steps.ts';
import type { KeyStore } from '../../../src/keys/store.ts';

const hour = 3_600_000;
const day = 24 * hour;
const byTest = { actor: 'operator', reason: 'a test' } as const;

/** Keys without cryptography in a store without a database. */
function workshop(
  first: readonly Partial<SigningKeyRecord>[],
  options: { lastExpiry?: number; broken?: boolean } = {},
) {
  let now = 1000 * day;
  let keys: readonly SigningKeyRecord[] = first.map((key, index) => record(`k${index}`, now - 10 * day, key));
  let made = 0;
  const store: KeyStore = {
    read: async () => ({ version: 1, keys }),
    history: async () => [],
    change: (work) =>
      work({
        keys,
        write: async (steps) => {
          keys = afterSteps(keys, steps);
        },
        lastExpiry: async () => options.lastExpiry ?? null,
      }),
  };
  const provider = {
    make: async (alg: SigningKeyRecord['alg'], at: number) => record(`new${made++}`, at, { alg }),
    open: async ({ kid }: SigningKeyRecord) => {
      if (options.broken) throw new Error('wrong secret');
      return { kid, signatureBytes: 64, sign: async (input: Buffer) => input };
    },
  };
  const clock = { now: () => now };
  return {
    ...createKeyAdministration({ store, provider, clock, sealer: {} as never, leadMs: 4 * day }),
    schedule: () => runKeySchedule({ store, provider, clock }, { everyMs: 180 * day, leadMs: 4 * day }),
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
    states: () => Object.fromEntries(keys.map((key) => [key.kid, stateAt(key, now)])),
    key: (kid: string) => keys.find((key) => key.kid === kid),
    now: clock.now,
  };
}

function record(kid: string, at: number, given: Partial<SigningKeyRecord>): SigningKeyRecord {
  return {
    kid,
    alg: 'ES256',
    publicJwk: { kid, alg: 'ES256' },
    sealed: 'sealed',
    reference: null,
    isDevelopment: false,
    createdAt: at,
    publishedAt: at,
    activatesAt: null,
    retiresAt: null,
    removedAt: null,
    isCompromised: false,
    ...given,
  };
}

const active = { activatesAt: 990 * day };

test('a rotation publishes now, activates after the lead, retires the key before, and removes it when its tokens are gone', async () => {
  const keys = workshop([active]);
  await keys.rotate(['ES256'], byTest);
  expect(keys.states()).toEqual({ k0: 'active', new0: 'published' });
  keys.advance(4 * day);
  expect(keys.states()).toEqual({ k0: 'retired', new0: 'active' });
  keys.advance(30 * hour - 1);
  await keys.schedule();
  expect(keys.states()).toEqual({ k0: 'retired', new0: 'active' });
  expect(await keys.remove('k0', byTest)).toEqual({
    ok: false,
    error: expect.stringMatching(/^tokens of key `k0` may live, it can be removed from 1972-10-02T06:00:00Z on/),
  });
  keys.advance(1);
  await keys.schedule();
  expect(keys.states()).toEqual({ k0: 'removed', new0: 'active' });
});

test('tokens that live longer than usual keep their key published (W-LIFE-1)', async () => {
  const keys = workshop([active], { lastExpiry: 1012 * day });
  await keys.rotate(['ES256'], byTest);
  keys.advance(12 * day);
  await keys.schedule();
  expect(keys.states()).toMatchObject({ k0: 'retired' });
  keys.advance(day);
  await keys.schedule();
  expect(keys.states()).toMatchObject({ k0: 'removed' });
});

test('the private part of a retired key is erased', async () => {
  const keys = workshop([active]);
  await keys.rotate(['ES256'], byTest);
  keys.advance(4 * day + hour);
  await keys.schedule();
  expect(keys.key('k0')?.sealed).toBeNull();
  expect(keys.key('new0')?.sealed).not.toBeNull();
});

test('the schedule publishes the successor in time, once, and no later than it can', async () => {
  const keys = workshop([active]);
  keys.advance(166 * day - 1);
  expect(await keys.schedule()).toEqual([]);
  keys.advance(1);
  await keys.schedule();
  expect(await keys.schedule()).toEqual([]);
  expect(keys.key('new0')?.activatesAt).toBe(active.activatesAt + 180 * day);

  const late = workshop([active]);
  late.advance(400 * day);
  await late.schedule();
  expect(late.key('new0')?.activatesAt).toBe(late.now() + 4 * day);
});

test('a second rotation, a second activation and an early one are refused', async () => {
  const keys = workshop([active, {}]);
  expect(await keys.activate('k0', byTest, false)).toMatchObject({
    error: 'key `k0` is active, expected a published one',
  });
  expect(await keys.rotate(['ES256'], byTest)).toMatchObject({ ok: true });
  expect(await keys.rotate(['ES256'], byTest)).toMatchObject({
    error: expect.stringContaining('`new0` is to sign from'),
  });
  expect(await keys.activate('new0', byTest, false)).toMatchObject({ error: expect.stringContaining('`--now`') });
  expect(await keys.activate('k1', byTest, false)).toMatchObject({ ok: true });
  expect(keys.states()).toEqual({ k0: 'retired', k1: 'active', new0: 'published' });
  expect(keys.key('k1')?.retiresAt).toBe(keys.key('new0')?.activatesAt);
});

test('a key that is activated at once signs when every process has heard of it', async () => {
  const keys = workshop([active]);
  await keys.publish(['ES256'], byTest);
  await keys.activate('new0', byTest, true);
  expect(keys.states()).toEqual({ k0: 'active', new0: 'published' });
  keys.advance(2000);
  expect(keys.states()).toEqual({ k0: 'retired', new0: 'active' });
});

test('the only active key can neither be retired nor removed, a rotation can be given up', async () => {
  const keys = workshop([active]);
  expect(await keys.retire('k0', byTest)).toMatchObject({
    error: expect.stringContaining('the only active one for ES256'),
  });
  expect(await keys.remove('k0', byTest)).toMatchObject({ error: expect.stringContaining('`k0` signs') });
  await keys.rotate(['ES256'], byTest);
  expect(await keys.remove('new0', byTest)).toMatchObject({ error: expect.stringContaining('`retire` gives it up') });
  expect(await keys.retire('new0', byTest)).toMatchObject({ ok: true });
  keys.advance(10 * day);
  expect(keys.states()).toEqual({ k0: 'active', new0: 'retired' });
  expect(await keys.remove('new0', byTest)).toMatchObject({ ok: true });
  expect(await keys.remove('new0', byTest)).toMatchObject({ error: 'key `new0` is removed already' });
  expect(await keys.remove('nonsense', byTest)).toMatchObject({ error: expect.stringContaining('no key `nonsense`') });
});

test('a stolen key that waits is removed and the present one signs on; a stolen retired key is removed before its time', async () => {
  const keys = workshop([active]);
  await keys.rotate(['ES256'], byTest);
  await keys.removeStolen('new0', byTest);
  keys.advance(5 * day);
  expect(keys.states()).toEqual({ k0: 'active', new0: 'removed' });
  await keys.rotate(['ES256'], byTest);
  keys.advance(4 * day);
  await keys.removeStolen('k0', byTest);
  expect(keys.states()).toMatchObject({ k0: 'removed', new1: 'active' });
  expect(await keys.removeStolen('k0', byTest)).toMatchObject({ ok: false });
});

test('no key is made by somebody who cannot open the present one, but for an emergency', async () => {
  const keys = workshop([active], { broken: true });
  await expect(keys.rotate(['ES256'], byTest)).rejects.toThrow('wrong secret');
  await expect(keys.publish(['ES256'], byTest)).rejects.toThrow('wrong secret');
  expect(await keys.removeStolen('k0', byTest)).toMatchObject({ ok: true });
  keys.advance(2000);
  expect(keys.states()).toEqual({ k0: 'removed', new0: 'active' });
});
