/** Everything a run found, summed up over its rounds: what the table shows and the JSON file keeps. */
import { cpus, loadavg, totalmem } from 'node:os';
import { type Measured, type Memory, memoryOf, type Sample } from './measure.ts';
import type { Plan } from './plan.ts';
import { overRounds, type Rounds, ratioOf } from './statistics.ts';
import type { Subject } from './subject.ts';
import type { Workload } from './workloads.ts';

/** One measure of both; the ratio is Sluice to stock, round by round. */
export interface Compared {
  readonly sluice: Rounds;
  readonly stock: Rounds;
  readonly ratio: Rounds;
}

export interface WorkloadResult {
  readonly connections: number;
  readonly perSecond: Compared;
  readonly p99Milliseconds: Compared;
  readonly cpuMilliseconds: Compared;
  readonly sluiceDatabaseCpuMilliseconds: Rounds;
}

export interface Bar {
  readonly text: string;
  readonly found: string;
  readonly met: boolean;
}

export interface Results {
  readonly at: string;
  readonly machine: { readonly processors: string; readonly memoryGigabytes: number; readonly node: string };
  readonly loadGenerator: string;
  readonly plan: Plan;
  /** Of one minute, at the begin and the end: what else the machine did, and the run itself. */
  readonly loadAverage: readonly [number, number];
  readonly workloads: Readonly<Record<Workload['name'], WorkloadResult>>;
  readonly signingPerSecond: Rounds;
  readonly firstStartMilliseconds: number;
  readonly startMilliseconds: { readonly sluice: Rounds; readonly stock: Rounds };
  readonly memoryMegabytes: { readonly sluice: Memory; readonly stock: Memory };
  readonly bars: readonly Bar[];
}

export interface Found {
  readonly plan: Plan;
  readonly loadGenerator: string;
  readonly workloads: readonly Workload[];
  readonly sluice: Subject;
  readonly stock: Subject;
  readonly measured: Measured;
  readonly firstStart: number;
  readonly starts: { readonly sluice: readonly number[]; readonly stock: readonly number[] };
  readonly loadBefore: number;
}

export function summarise(found: Found): Results {
  const { plan, loadGenerator, sluice, stock, starts } = found;
  const results = {
    at: new Date().toISOString(),
    machine: {
      processors: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      memoryGigabytes: Math.round(totalmem() / 1e9),
      node: process.version,
    },
    loadGenerator,
    plan,
    loadAverage: [found.loadBefore, loadavg()[0] ?? Number.NaN] as const,
    workloads: Object.fromEntries(
      found.workloads.map((workload) => [workload.name, workloadResult(found, workload)]),
    ) as Results['workloads'],
    signingPerSecond: overRounds(found.measured.signingPerSecond),
    firstStartMilliseconds: found.firstStart,
    startMilliseconds: { sluice: overRounds(starts.sluice), stock: overRounds(starts.stock) },
    memoryMegabytes: { sluice: memoryOf(sluice), stock: memoryOf(stock) },
  };
  return { ...results, bars: barsOf(results) };
}

function workloadResult({ measured, sluice, stock }: Found, { name, connections }: Workload): WorkloadResult {
  const ofSubject = measured.samples.get(name);
  const ofSluice = ofSubject?.get(sluice) ?? [];
  const ofStock = ofSubject?.get(stock) ?? [];
  const compare = (measure: (sample: Sample) => number): Compared => {
    const pair = { sluice: overRounds(ofSluice.map(measure)), stock: overRounds(ofStock.map(measure)) };
    return { ...pair, ratio: ratioOf(pair.sluice, pair.stock) };
  };
  return {
    connections,
    perSecond: compare((sample) => sample.perSecond),
    p99Milliseconds: compare((sample) => sample.p99Milliseconds),
    cpuMilliseconds: compare((sample) => sample.cpuMilliseconds),
    sluiceDatabaseCpuMilliseconds: overRounds(ofSluice.map((sample) => sample.databaseCpuMilliseconds ?? Number.NaN)),
  };
}

const leastRatio = 1;
const mostStartMilliseconds = 5000;
const mostMegabytes = 250;

/** The noise is half the spread of the rounds' ratios: a bar within it is met. */
function barsOf({ workloads, startMilliseconds, memoryMegabytes }: Omit<Results, 'bars'>): readonly Bar[] {
  const { median, min, max } = workloads.clientCredentials.perSecond.ratio;
  const noise = (max - min) / 2;
  const start = startMilliseconds.sluice.median;
  const memory = memoryMegabytes.sluice.now;
  return [
    {
      text: `client_credentials at least as fast as stock: ratio ≥ ${leastRatio} within the noise`,
      found: `${median.toFixed(2)} ± ${noise.toFixed(2)}`,
      met: median + noise >= leastRatio,
    },
    {
      text: `first healthy answer on an existing database: < ${mostStartMilliseconds} ms`,
      found: `${Math.round(start)} ms`,
      met: start < mostStartMilliseconds,
    },
    {
      text: `resident memory after load: < ${mostMegabytes} MB`,
      found: `${Math.round(memory)} MB`,
      met: memory < mostMegabytes,
    },
  ];
}
