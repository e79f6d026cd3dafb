/** Bounds how many expensive things run at a time and how many wait for it. */
import { err, ok, type Result } from '../shared/result.ts';

export interface Slots {
  /** Runs the task when its turn comes; `full` at once when too many wait. Faults of the task pass through. */
  run<T>(task: () => Promise<T>): Promise<Result<T, 'full'>>;
}

export function createSlots(limits: { readonly concurrent: number; readonly waiting: number }): Slots {
  const queue: (() => void)[] = [];
  let running = 0;

  /** A freed slot goes to the one who waits longest; `running` stays as it is then. */
  const release = () => {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  };
  const acquire = async () => {
    if (running < limits.concurrent) running += 1;
    else await new Promise<void>((resolve) => queue.push(resolve));
  };

  return {
    async run(task) {
      if (running >= limits.concurrent && queue.length >= limits.waiting) return err('full');
      await acquire();
      try {
        return ok(await task());
      } finally {
        release();
      }
    },
  };
}
