/** The measurements: starts, rounds that take both subjects in turn, memory at the end. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Plan } from './plan.ts';
import { cpuMilliseconds, residentMegabytes, treeCpuMilliseconds, treeMegabytes } from './process-usage.ts';
import type { ServerChild } from './server-child.ts';
import type { Subject } from './subject.ts';
import type { Workload } from './workloads.ts';

/** One subject under one workload in one round. */
export interface Sample {
  readonly perSecond: number;
  readonly p99Milliseconds: number;
  /** Processor time of the server process per answer (per flow for code flows), in milliseconds. */
  readonly cpuMilliseconds: number;
  /** The same of its database server; null without one. */
  readonly databaseCpuMilliseconds: number | null;
}

export interface Memory {
  readonly now: number;
  readonly peak: number;
  readonly database: number | null;
}

/** Samples by workload and subject, one a round. */
export type Samples = ReadonlyMap<Workload['name'], ReadonlyMap<Subject, readonly Sample[]>>;

export interface Measured {
  readonly samples: Samples;
  readonly signingPerSecond: readonly number[];
}

/** Starts and stops so often, and leaves the last server running. The data is there before. */
export async function measureStarts(start: () => Promise<ServerChild>, times: number) {
  const milliseconds: number[] = [];
  for (let index = 1; ; index += 1) {
    const child = await start();
    milliseconds.push(child.startMilliseconds);
    if (index >= times) return { child, milliseconds };
    await child.stop();
  }
}

/** Who goes first alternates from round to round. */
export async function measureRounds(
  plan: Plan,
  subjects: readonly Subject[],
  workloads: readonly Workload[],
  progress: (line: string) => void,
): Promise<Measured> {
  const samples = new Map(workloads.map(({ name }) => [name, new Map(subjects.map((one) => [one, [] as Sample[]]))]));
  const signingPerSecond: number[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    progress(`round ${round + 1} of ${plan.rounds}`);
    const inTurn = round % 2 === 0 ? subjects : subjects.toReversed();
    for (const workload of workloads) {
      for (const subject of inTurn) {
        samples
          .get(workload.name)
          ?.get(subject)
          ?.push(await measure(subject, workload, plan.seconds[workload.name]));
      }
    }
    signingPerSecond.push(await signingRate(plan.seconds.signing));
  }
  return { samples, signingPerSecond };
}

/** Brings the compiled code of both to rest before rates count; the load that is compared most needs the most of it. */
export async function warmUp(plan: Plan, subjects: readonly Subject[], workloads: readonly Workload[]): Promise<void> {
  const names: readonly Workload['name'][] = ['clientCredentials', 'refresh', 'codeFlow', 'clientCredentials'];
  for (const name of names) {
    for (const workload of workloads.filter((one) => one.name === name)) {
      for (const subject of subjects) await measure(subject, workload, plan.seconds[name]);
    }
  }
}

export async function measure(subject: Subject, workload: Workload, seconds: number): Promise<Sample> {
  const load = await workload.prepare(subject);
  const before = usageOf(subject);
  const { completed, seconds: taken, p99Milliseconds } = await load(seconds);
  const after = usageOf(subject);
  return {
    perSecond: completed / taken,
    p99Milliseconds,
    cpuMilliseconds: (after.server - before.server) / completed,
    databaseCpuMilliseconds:
      after.database === null || before.database === null ? null : (after.database - before.database) / completed,
  };
}

function usageOf({ pid, databasePid }: Subject) {
  return {
    server: cpuMilliseconds(pid),
    database: databasePid === null ? null : treeCpuMilliseconds(databasePid),
  };
}

export function memoryOf({ pid, databasePid }: Subject): Memory {
  return { ...residentMegabytes(pid), database: databasePid === null ? null : treeMegabytes(databasePid) };
}

async function signingRate(seconds: number): Promise<number> {
  const program = join(import.meta.dirname, 'signing-rate.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', program, String(seconds * 1000)]);
  return JSON.parse(stdout).perSecond;
}
