/** Medians and the spread of a measure over the rounds. */

/** One measure over all rounds, in the order they were taken. */
export interface Rounds {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly values: readonly number[];
}

export function overRounds(values: readonly number[]): Rounds {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: medianOf(sorted), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN, values };
}

/** Of values in ascending order. */
export function medianOf(sorted: readonly number[]): number {
  const upper = Math.floor(sorted.length / 2);
  const lower = sorted.length % 2 === 0 ? upper - 1 : upper;
  return ((sorted[lower] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2;
}

/** The value below which this part (0 to 1) of all values lies. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}

/** Compares what was measured in the same round, so that a slow minute of the machine weighs on both sides. */
export function ratioOf(one: Rounds, other: Rounds): Rounds {
  return overRounds(one.values.map((value, round) => value / (other.values[round] ?? Number.NaN)));
}
