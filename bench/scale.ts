/** The policy over a lake of the size that the bars are about: decisions, the snapshot, and tokens compared with a lake that is as good as empty. */
import { execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectDirectory } from '../src/config/env.ts';
import type { Generator } from './load.ts';
import { type Memory, memoryOf } from './measure.ts';
import type { Place } from './place.ts';
import type { Plan } from './plan.ts';
import type { PolicyRate } from './policy-rate.ts';
import { renderEmptyLake, renderScaleLake, service, serviceScopes } from './scale-lake-file.ts';
import { installSluice, sluiceSubject } from './sluice.ts';
import type { SnapshotRate } from './snapshot-rate.ts';
import { overRounds, type Rounds, ratioOf } from './statistics.ts';
import type { Subject } from './subject.ts';
import { clientCredentialsFor } from './workloads.ts';

export interface ScaleResults {
  /** Of typical requests that come again and again, and of thousands of different ones. */
  readonly decisionsPerSecond: { readonly repeated: Rounds; readonly different: Rounds };
  readonly p99Microseconds: Rounds;
  readonly broad: PolicyRate['broad'];
  /** Null in a quick run: the lake takes long to write. */
  readonly database: DatabaseScale | null;
}

export interface DatabaseScale {
  readonly rebuildMilliseconds: Rounds;
  readonly updateMilliseconds: Rounds;
  readonly snapshotMegabytes: number;
  readonly applySeconds: number;
  readonly tokensPerSecond: { readonly full: Rounds; readonly empty: Rounds; readonly ratio: Rounds };
  readonly memoryMegabytes: { readonly full: Memory; readonly empty: Memory };
}

const run = promisify(execFile);
const connections = 16;

export async function measureScale(
  plan: Plan,
  place: Place,
  generator: Generator,
  progress: (line: string) => void,
): Promise<ScaleResults> {
  progress('scale: decisions');
  const policy: PolicyRate[] = [];
  for (let round = 0; round < plan.rounds; round += 1) {
    policy.push(await child<PolicyRate>('policy-rate.ts', String(plan.seconds.policy * 1000)));
  }
  return {
    decisionsPerSecond: {
      repeated: overRounds(policy.map(({ repeatedPerSecond }) => repeatedPerSecond)),
      different: overRounds(policy.map(({ differentPerSecond }) => differentPerSecond)),
    },
    p99Microseconds: overRounds(policy.map(({ p99Microseconds }) => p99Microseconds)),
    broad: policy.at(-1)?.broad ?? [],
    database: plan.withLargeDatabase ? await measureDatabase(plan, place, generator, progress) : null,
  };
}

async function measureDatabase(
  plan: Plan,
  place: Place,
  generator: Generator,
  progress: (line: string) => void,
): Promise<DatabaseScale> {
  progress('scale: applying the lake');
  const lakes = await install(place);
  progress('scale: the snapshot');
  const snapshot = await child<SnapshotRate>('snapshot-rate.ts', lakes.dataDir, String(plan.rounds));
  progress('scale: tokens');
  const tokens = await compareTokens(plan, lakes, generator);
  return {
    rebuildMilliseconds: overRounds(snapshot.rebuildMilliseconds),
    updateMilliseconds: overRounds(snapshot.updateMilliseconds),
    snapshotMegabytes: snapshot.megabytes,
    applySeconds: lakes.applySeconds,
    ...tokens,
  };
}

interface Lakes {
  readonly full: Subject;
  readonly empty: Subject;
  /** Of the full one. */
  readonly dataDir: string;
  readonly applySeconds: number;
}

/** Two servers, both started with the empty lake; then the whole one is applied to the first, as an operator would. */
async function install(place: Place): Promise<Lakes> {
  const emptyFile = join(place.directory, 'empty-lake.json');
  const fullFile = join(place.directory, 'full-lake.json');
  await writeFile(emptyFile, renderEmptyLake());
  await writeFile(fullFile, renderScaleLake());
  const [full, empty] = await Promise.all(
    ['full', 'empty'].map(async (name) => {
      const installed = await installSluice(place, { name, lakeFile: emptyFile });
      const server = await installed.start();
      const subject = sluiceSubject(installed.issuer, installed.dataDir, server);
      return { ...installed, subject: { ...subject, name, machine: service } };
    }),
  );
  if (full === undefined || empty === undefined) throw new Error('expected two servers');
  const begun = performance.now();
  await apply(fullFile, { SLUICE_DATA_DIR: full.dataDir, SLUICE_KEYS_DIR: join(place.directory, 'keys') });
  const applySeconds = (performance.now() - begun) / 1000;
  return { full: full.subject, empty: empty.subject, dataDir: full.dataDir, applySeconds };
}

/** What it prints, a line for each of the many changes, is left unread. */
function apply(file: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const args = ['--no-warnings', 'src/cli.ts', 'apply', file];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...environment };
  const child = spawn(process.execPath, args, { cwd: projectDirectory, env, stdio: ['ignore', 'ignore', 'inherit'] });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) =>
      status === 0 ? resolve() : reject(new Error(`\`sluice apply\` ended with status ${status}`)),
    );
  });
}

/** Round by round, in turn; the first round of each warms up and does not count. */
async function compareTokens({ rounds, seconds }: Plan, { full, empty }: Lakes, generator: Generator) {
  const measured = new Map<Subject, number[]>([
    [full, []],
    [empty, []],
  ]);
  for (let round = 0; round <= rounds; round += 1) {
    for (const subject of round % 2 === 0 ? [full, empty] : [empty, full]) {
      const request = clientCredentialsFor(subject, serviceScopes);
      const load = await generator(request, { connections, seconds: seconds.clientCredentials });
      if (round > 0) measured.get(subject)?.push(load.completed / load.seconds);
    }
  }
  const pair = { full: overRounds(measured.get(full) ?? []), empty: overRounds(measured.get(empty) ?? []) };
  return {
    tokensPerSecond: { ...pair, ratio: ratioOf(pair.full, pair.empty) },
    memoryMegabytes: { full: memoryOf(full), empty: memoryOf(empty) },
  };
}

async function child<T>(program: string, ...args: readonly string[]): Promise<T> {
  const path = join(import.meta.dirname, program);
  const { stdout } = await run(process.execPath, ['--no-warnings', '--expose-gc', path, ...args]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
