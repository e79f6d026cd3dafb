/** How often somebody may do something within an hour, counted in the memory of this process. */
import type { Clock } from '../shared/clock.ts';

export interface HourlyLimit {
  /** Counts one; the seconds to wait when there was none left. */
  take(key: string): number | undefined;
  /** What was taken led to nothing. */
  giveBack(key: string): void;
}

const hour = 3_600_000;

/** `mostOfAll` bounds all keys together, and so the memory for them. */
export function createHourlyLimit(clock: Clock, most: number, mostOfAll: number): HourlyLimit {
  let current = 0;
  let all = 0;
  const counts = new Map<string, number>();
  const begin = (now: number) => {
    if (Math.floor(now / hour) === current) return;
    current = Math.floor(now / hour);
    all = 0;
    counts.clear();
  };
  return {
    take: (key) => {
      const now = clock.now();
      begin(now);
      const taken = counts.get(key) ?? 0;
      if (taken >= most || all >= mostOfAll) return Math.ceil((hour - (now % hour)) / 1000);
      counts.set(key, taken + 1);
      all += 1;
      return undefined;
    },
    giveBack: (key) => {
      const taken = counts.get(key);
      if (taken === undefined) return;
      all -= 1;
      if (taken > 1) counts.set(key, taken - 1);
      else counts.delete(key);
    },
  };
}
