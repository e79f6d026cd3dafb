/** Expensive things run a few at a time. */
import { createSlots } from '../../../src/accounts/slots.ts';

function deferred() {
  let finish: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return { promise, finish };
}

test('no more than the limit run at once, the others in turn', async () => {
  const slots = createSlots({ concurrent: 2, waiting: 10 });
  const gates = [deferred(), deferred(), deferred(), deferred()];
  const started: number[] = [];
  const all = gates.map((gate, index) =>
    slots.run(async () => {
      started.push(index);
      await gate.promise;
    }),
  );
  await Promise.resolve();
  expect(started).toEqual([0, 1]);
  gates[1]?.finish();
  await all[1];
  await new Promise(setImmediate);
  expect(started).toEqual([0, 1, 2]);
  for (const gate of gates) gate.finish();
  await Promise.all(all);
  expect(started).toEqual([0, 1, 2, 3]);
});

test('whoever finds too many waiting is told at once', async () => {
  const slots = createSlots({ concurrent: 1, waiting: 1 });
  const gate = deferred();
  const first = slots.run(() => gate.promise);
  const second = slots.run(async () => 'second');
  expect(await slots.run(async () => 'third')).toEqual({ ok: false, error: 'full' });
  gate.finish();
  await first;
  expect(await second).toEqual({ ok: true, value: 'second' });
});

test('a fault frees its slot', async () => {
  const slots = createSlots({ concurrent: 1, waiting: 0 });
  await expect(slots.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await slots.run(async () => 1)).toEqual({ ok: true, value: 1 });
});
