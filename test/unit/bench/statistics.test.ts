/** The benchmark's arithmetic: what it says rests on these few lines. */
import { overRounds, percentile, ratioOf } from '../../../bench/statistics.ts';

test('the median of an even number of rounds lies between the two in the middle', () => {
  expect(overRounds([4, 1, 3, 100])).toEqual({ median: 3.5, min: 1, max: 100, values: [4, 1, 3, 100] });
});

test('a ratio compares what was measured in the same round', () => {
  const slowSecondRound = ratioOf(overRounds([100, 50, 100]), overRounds([50, 25, 50]));
  expect(slowSecondRound).toMatchObject({ median: 2, min: 2, max: 2 });
});

test('p99 of a hundred latencies is the longest one', () => {
  const latencies = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(latencies, 0.99)).toBe(100);
  expect(percentile(latencies, 0.5)).toBe(51);
});
