/** Pauses between attempts to deliver an event, as docs/integration/webhooks.md promises them. */
import { findRetryDelay } from '../../../src/events/backoff.ts';

const middle = 0.5;

test('each pause is three times the one before, up to six hours', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 40].map((attempts) => findRetryDelay(attempts, middle) / 1000);
  expect(seconds).toEqual([10, 30, 90, 270, 810, 2430, 7290, 21_600, 21_600, 21_600]);
});

test('chance moves a pause by a fifth at most', () => {
  expect(findRetryDelay(3, 0)).toBe(72_000);
  expect(findRetryDelay(3, 0.999999)).toBe(108_000);
});

test('a receiver can ask for a longer pause, not for a shorter one nor for more than six hours', () => {
  expect(findRetryDelay(1, middle, 120)).toBe(120_000);
  expect(findRetryDelay(3, middle, 1)).toBe(90_000);
  expect(findRetryDelay(1, middle, 1e9)).toBe(21_600_000);
});
