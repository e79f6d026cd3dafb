/** Rucio's and FTS's requests for the tokens of files, by wrk: what an answer holds makes the next request of its connection. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { basicOf } from './subject.ts';

export const steps = {
  S: 'client_credentials, source',
  D: 'client_credentials, destination',
  X: 'exchange',
  R: 'refresh',
};
export type Step = keyof typeof steps;

export interface TransferPlan {
  readonly issuer: string;
  /** One request in flight each. */
  readonly connections: number;
  readonly once: string;
  readonly repeated: string;
  readonly firstFile: number;
  /** So many files, or so many seconds. */
  readonly files?: number;
  readonly seconds?: number;
}

export interface StepResult {
  readonly answers: number;
  readonly medianMilliseconds: number;
  readonly p99Milliseconds: number;
}

export interface TransferResult {
  readonly seconds: number;
  readonly answers: number;
  readonly failed: number;
  readonly steps: Readonly<Partial<Record<Step, StepResult>>>;
}

interface ThreadReport {
  readonly first: number;
  readonly ended: number;
  readonly failed: number;
  readonly buckets: Readonly<Record<Step, Readonly<Record<string, number>>>>;
}

/** Longer than any run: the threads end by themselves and say so. */
const forEver = '86400s';

export async function runTransfers(plan: TransferPlan): Promise<TransferResult> {
  const { host, port } = new URL(plan.issuer);
  const clients = ['rucio', 'fts'].map((id) => basicOf({ id, secret: `${id}-demo-secret` }));
  const amount = [plan.firstFile, plan.files ?? 0, plan.connections, plan.seconds ?? 0].map(String);
  const script = join(import.meta.dirname, 'transfers.lua');
  const child = spawn(
    'wrk',
    [
      ...[`-t${plan.connections}`, `-c${plan.connections}`, `-d${forEver}`, '--timeout', '60s', '-s', script],
      `http://127.0.0.1:${port}/token`,
      ...['--', host, ...clients, plan.once, plan.repeated, ...amount],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const reports: ThreadReport[] = [];
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('{')) reports.push(JSON.parse(line));
      if (reports.length === plan.connections) break;
    }
  } finally {
    child.kill('SIGKILL');
  }
  if (reports.length < plan.connections) throw new Error('wrk ended before its threads were through');
  return summarise(reports);
}

function summarise(reports: readonly ThreadReport[]): TransferResult {
  const begun = Math.min(...reports.map(({ first }) => first));
  const ended = Math.max(...reports.map((report) => report.ended));
  const found = (Object.keys(steps) as Step[]).flatMap((step) => {
    const counts = new Map<number, number>();
    for (const { buckets } of reports) {
      for (const [bucket, times] of Object.entries(buckets[step])) {
        counts.set(Number(bucket), (counts.get(Number(bucket)) ?? 0) + times);
      }
    }
    return counts.size === 0 ? [] : [[step, stepResult(counts)] as const];
  });
  return {
    seconds: (ended - begun) / 1000,
    answers: found.reduce((sum, [, { answers }]) => sum + answers, 0),
    failed: reports.reduce((sum, { failed }) => sum + failed, 0),
    steps: Object.fromEntries(found),
  };
}

function stepResult(counts: ReadonlyMap<number, number>): StepResult {
  const answers = [...counts.values()].reduce((sum, times) => sum + times, 0);
  const upTo = (part: number) => {
    let seen = 0;
    for (const [bucket, times] of [...counts].sort(([a], [b]) => a - b)) {
      seen += times;
      if (seen >= part * answers) return (bucket + 1) / 4;
    }
    return Number.NaN;
  };
  return { answers, medianMilliseconds: upTo(0.5), p99Milliseconds: upTo(0.99) };
}
