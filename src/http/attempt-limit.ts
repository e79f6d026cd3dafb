/** Counts failed attempts by address, so that guessing is slow (RFC 8628 section 5.1). Kept by each process for itself. */
import type { Clock } from '../shared/clock.ts';
import { networkOf } from './client-network.ts';

export interface AttemptLimit {
  /** Seconds until the address may try again; 0: now. */
  waitSeconds(address: string | null): number;
  noteFailure(address: string | null): void;
}

/** So many addresses are remembered; beyond, those that failed longest ago are forgotten. */
const mostAddresses = 10_000;

/** `most` failures within `seconds` from the first one. */
export function createAttemptLimit(deps: {
  readonly most: number;
  readonly seconds: number;
  readonly clock: Clock;
}): AttemptLimit {
  const { most, seconds, clock } = deps;
  const failures = new Map<string, { readonly count: number; readonly until: number }>();
  const find = (key: string) => {
    const found = failures.get(key);
    if (found && found.until <= clock.now()) failures.delete(key);
    return failures.get(key);
  };
  return {
    waitSeconds: (address) => {
      const found = find(networkOf(address));
      return found && found.count >= most ? Math.ceil((found.until - clock.now()) / 1000) : 0;
    },
    noteFailure: (address) => {
      const key = networkOf(address);
      const { count, until } = find(key) ?? { count: 0, until: clock.now() + seconds * 1000 };
      failures.delete(key);
      failures.set(key, { count: count + 1, until });
      const [oldest] = failures.keys();
      if (failures.size > mostAddresses && oldest !== undefined) failures.delete(oldest);
    },
  };
}
