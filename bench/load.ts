/** Load in a closed loop for some seconds: wrk for requests that repeat, Node where an answer makes the next request or wrk is absent. */
import { execFile } from 'node:child_process';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Exchange, exchange } from './exchange.ts';
import { percentile } from './statistics.ts';

export interface LoadResult {
  readonly completed: number;
  readonly seconds: number;
  readonly p99Milliseconds: number;
}

export interface Amount {
  readonly connections: number;
  /** Whole seconds. */
  readonly seconds: number;
}

/** Repeats one request. Throws when any answer is not a success. */
export type Generator = (request: Exchange, amount: Amount) => Promise<LoadResult>;

const run = promisify(execFile);

/** wrk and its version, or null where it is not installed. */
export async function findWrk(): Promise<string | null> {
  // `wrk -v` prints its version and ends with status 1.
  const { stdout } = await run('wrk', ['-v']).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  return /^wrk \S+/.exec(stdout)?.[0] ?? null;
}

export const wrkGenerator: Generator = async (request, { connections, seconds }) => {
  const { host, port } = new URL(request.issuer);
  const { stdout } = await run('wrk', [
    ...['-t1', `-c${connections}`, `-d${seconds}s`, '-s', join(import.meta.dirname, 'wrk.lua')],
    `http://127.0.0.1:${port}${request.path}`,
    ...['--', request.method, host, request.headers?.authorization ?? '', request.form ?? ''],
  ]);
  const found = JSON.parse(/^\{.*\}$/m.exec(stdout)?.[0] ?? '{}');
  if (found.failed !== 0 || !(found.requests > 0)) throw new Error(`wrk met failures: ${stdout}`);
  return { completed: found.requests, seconds: found.seconds, p99Milliseconds: found.p99 };
};

export const nodeGenerator: Generator = async (request, { connections, seconds }) => {
  const agent = createAgent(connections);
  const worker = async () => {
    const { status, body } = await exchange(agent, request);
    if (status !== 200) throw new Error(`${request.path} answered ${status}: ${body}`);
  };
  try {
    return await closedLoop(Array(connections).fill(worker), seconds);
  } finally {
    agent.destroy();
  }
};

export function createAgent(connections: number): Agent {
  return new Agent({ keepAlive: true, maxSockets: connections });
}

/** Each worker begins its next round as soon as its last one is complete; rounds that have begun are finished. */
export async function closedLoop(workers: readonly (() => Promise<void>)[], seconds: number): Promise<LoadResult> {
  const latencies: number[] = [];
  const begun = performance.now();
  const end = begun + seconds * 1000;
  await Promise.all(
    workers.map(async (worker) => {
      for (let now = performance.now(); now < end; ) {
        await worker();
        const after = performance.now();
        latencies.push(after - now);
        now = after;
      }
    }),
  );
  return {
    completed: latencies.length,
    seconds: (performance.now() - begun) / 1000,
    p99Milliseconds: percentile(latencies, 0.99),
  };
}
