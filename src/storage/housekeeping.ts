/** Regular cleaning: expired artifacts, refresh tokens and revocations, and partitions of the issue log past their time. */
import type { Kysely } from 'kysely';
import type { Clock } from '../shared/clock.ts';
import { dropOldPartitions, ensurePartitions } from './issue-log-partitions.ts';
import type { DB } from './schema.ts';

const hour = 3_600_000;
const day = 24 * hour;

export interface Purgeable {
  purge(now: number): Promise<number>;
}

export interface Housekeeping {
  /** One round now; also runs at the start and every hour. */
  run(): Promise<void>;
  close(): Promise<void>;
}

export function startHousekeeping(
  db: Kysely<DB>,
  stores: readonly Purgeable[],
  options: { readonly issueLogDays: number; readonly clock: Clock; readonly onError: (error: unknown) => void },
): Housekeeping {
  const round = async () => {
    const now = options.clock.now();
    // What has just expired is still known for a while, so that it is called expired and not unknown.
    for (const store of stores) await store.purge(now - hour);
    await dropOldPartitions(db, now, options.issueLogDays);
    // Tomorrow's partition is there before the first entry of tomorrow waits for it.
    await ensurePartitions(db, [now, now + day]);
  };
  let running = Promise.resolve();
  const run = () => {
    running = running.then(round).catch(options.onError);
    return running;
  };
  void run();
  const timer = setInterval(() => void run(), hour);
  timer.unref();
  return {
    run,
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
