import { createHourlyLimit } from '../../../src/http/hourly-limit.ts';

const hour = 3_600_000;

test('counts each for itself, until the hour is over', () => {
  let now = 10 * hour + 600_000;
  const limit = createHourlyLimit({ now: () => now }, 2, 10);
  expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([
    undefined,
    undefined,
    3000,
    undefined,
  ]);
  now = 11 * hour;
  expect(limit.take('a')).toBeUndefined();
});

test('counts all together', () => {
  const limit = createHourlyLimit({ now: () => hour }, 2, 2);
  expect([limit.take('a'), limit.take('b'), limit.take('c')]).toEqual([undefined, undefined, 3600]);
});

test('what is given back may be taken again', () => {
  const limit = createHourlyLimit({ now: () => hour }, 1, 1);
  limit.take('a');
  limit.giveBack('a');
  limit.giveBack('nobody');
  expect([limit.take('b'), limit.take('c')]).toEqual([undefined, 3600]);
});
