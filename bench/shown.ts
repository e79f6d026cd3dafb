/** Numbers as the tables show them. */
import type { Rounds } from './statistics.ts';

/** The median, and from where to where the rounds went. */
export function shown({ median, min, max }: Rounds, digits = 0): string {
  return `${number(median, digits)} (${number(min, digits)}–${number(max, digits)})`;
}

export function number(value: number | null, digits: number): string {
  return value === null || Number.isNaN(value) ? 'n/a' : value.toFixed(digits);
}
