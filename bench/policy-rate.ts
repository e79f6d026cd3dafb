/** A process of its own: how fast the policy decides over a lake of the whole size, on one core; prints one line of JSON. */
import { compilePolicy } from '../src/policy/compile.ts';
import type { PolicyRequest } from '../src/policy/decision.ts';
import { resolve } from '../src/policy/resolve.ts';
import { broadRequest, scaleFacts, typicalRequests } from './scale-lake.ts';
import { percentile } from './statistics.ts';

export interface PolicyRate {
  /** Decisions per second of processor time on the few requests that come again and again, as services make them. */
  readonly repeatedPerSecond: number;
  /** On thousands of different ones: hardly any of what they meet is in the processor's caches. */
  readonly differentPerSecond: number;
  /** Of single decisions on different requests. */
  readonly p99Microseconds: number;
  readonly compileMilliseconds: number;
  readonly snapshotMegabytes: number;
  /** How many of the typical requests are issued, in part or whole. */
  readonly issuedShare: number;
  readonly broad: readonly { readonly what: string; readonly milliseconds: number; readonly scopes: number }[];
}

const milliseconds = Number(process.argv[2] ?? 1000);

function heapMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

const facts = scaleFacts(1);
const withoutPolicy = heapMegabytes();
const compileMilliseconds = timed(() => compilePolicy(facts));
const policy = compilePolicy(facts);
const snapshotMegabytes = heapMegabytes() - withoutPolicy;

const requests = typicalRequests(5000);
const few = requests.slice(0, 16);
const issued = requests.filter((request) => resolve(policy, request).error === null).length;
rate(requests);
const found: PolicyRate = {
  repeatedPerSecond: rate(few),
  differentPerSecond: rate(requests),
  p99Microseconds: latency() * 1000,
  compileMilliseconds,
  snapshotMegabytes,
  issuedShare: issued / requests.length,
  broad: [
    measureBroad('all of it, by a party of every embargo', broadRequest('mover', 'narrow', '/escape')),
    measureBroad('all of it, narrowed', broadRequest('catalogue', 'narrow', '/escape')),
    measureBroad('all of it, expanded', broadRequest('catalogue', 'expand', '/escape')),
    measureBroad('one project, expanded', broadRequest('catalogue', 'expand', '/escape/exp-0/project-0')),
  ],
};
process.stdout.write(`${JSON.stringify(found)}\n`);

/** By processor time: what else the machine does takes nothing from it. */
function rate(asked: readonly PolicyRequest[]): number {
  const end = performance.now() + milliseconds;
  const before = process.cpuUsage();
  let done = 0;
  while (performance.now() < end) {
    for (let times = 0; times < 1000; times += 1) resolve(policy, nth(asked, done++));
  }
  const { user, system } = process.cpuUsage(before);
  return done / ((user + system) / 1e6);
}

/** In milliseconds. */
function latency(): number {
  const taken: number[] = [];
  const end = performance.now() + milliseconds;
  for (let before = performance.now(); before < end; ) {
    resolve(policy, nth(requests, taken.length));
    const after = performance.now();
    taken.push(after - before);
    before = after;
  }
  return percentile(taken, 0.99);
}

function nth(asked: readonly PolicyRequest[], index: number): PolicyRequest {
  return asked[index % asked.length] as PolicyRequest;
}

/** The median of some runs. */
function measureBroad(what: string, request: PolicyRequest) {
  const scopes = resolve(policy, request).scope.length;
  const runs = Array.from({ length: 20 }, () => timed(() => resolve(policy, request)));
  return { what, milliseconds: percentile(runs, 0.5), scopes };
}

function timed(run: () => unknown): number {
  const begun = performance.now();
  run();
  return performance.now() - begun;
}
