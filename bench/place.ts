/** Where a run keeps its files and which servers it has started: one directory, gone at the end together with all of them. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Place {
  readonly directory: string;
  /** Throws once the end has begun: what starts now would not be stopped. */
  assertOpen(): void;
  /** Runs at the end, the latest first; what fails does not keep the others from running. */
  atEnd(step: () => Promise<unknown>): void;
  /** What was to run at the end runs now, and the place stays open; its directory goes at the end. */
  stopServers(): Promise<void>;
  clear(): Promise<void>;
}

/** A directory that PostgreSQL's own user may enter too. */
export async function createPlace(): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  await chmod(directory, 0o755);
  const steps: (() => Promise<unknown>)[] = [];
  let isOpen = true;
  const runSteps = async () => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      await step().catch(() => {});
    }
  };
  return {
    directory,
    assertOpen() {
      if (!isOpen) throw new Error('the run was ended');
    },
    atEnd: (step) => void steps.push(step),
    stopServers: runSteps,
    async clear() {
      isOpen = false;
      await runSteps();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
