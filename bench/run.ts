/** `npm run bench`: Sluice and a stock oidc-provider side by side on this machine; a table on standard output, JSON in `bench/results/`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type BesideResults, measureBeside } from './beside.ts';
import { type ChainResults, measureChains } from './chains.ts';
import { chainBars, renderChains } from './chains-table.ts';
import { findWrk, type Generator, nodeGenerator, wrkGenerator } from './load.ts';
import { measureRounds, measureStarts, warmUp } from './measure.ts';
import { measureNight, type NightResults } from './night.ts';
import { measurePeople, type PeopleResults } from './people.ts';
import { peopleBars, renderPeople } from './people-table.ts';
import { createPlace, type Place } from './place.ts';
import { type Part, type Plan, readPlan, usage } from './plan.ts';
import { type Results, summarise } from './results.ts';
import { measureScale, type ScaleResults } from './scale.ts';
import { renderScale, scaleBars } from './scale-table.ts';
import { installSluice, sluiceSubject } from './sluice.ts';
import { installStock, stockSubject } from './stock.ts';
import { renderTable } from './table.ts';
import { besideBars, nightBars, renderBeside, renderNight } from './transfers-table.ts';
import { createWorkloads } from './workloads.ts';

const progress = (line: string) => void process.stderr.write(`bench: ${line}\n`);

async function compareWithStock(plan: Plan, place: Place, wrk: string | null): Promise<Results> {
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const workloads = createWorkloads(wrk === null ? nodeGenerator : wrkGenerator);

  progress('starts');
  const installed = await installSluice(place);
  const first = await installed.start();
  await first.stop();
  const sluiceStarts = await measureStarts(installed.start, plan.starts);
  const installedStock = await installStock(place);
  const stockStarts = await measureStarts(installedStock.start, plan.starts);

  const sluice = sluiceSubject(installed.issuer, installed.dataDir, sluiceStarts.child);
  const stock = stockSubject(installedStock.issuer, installedStock.secret, stockStarts.child);
  progress('warming up');
  await warmUp(plan, [sluice, stock], workloads);
  return summarise({
    plan,
    loadGenerator: wrk ?? 'Node',
    workloads,
    sluice,
    stock,
    measured: await measureRounds(plan, [sluice, stock], workloads, progress),
    firstStart: first.startMilliseconds,
    starts: { sluice: sluiceStarts.milliseconds, stock: stockStarts.milliseconds },
    loadBefore,
  });
}

interface Everything {
  readonly stock: Results | null;
  readonly scale: ScaleResults | null;
  readonly chains: readonly ChainResults[] | null;
  readonly beside: BesideResults | null;
  readonly night: NightResults | null;
  readonly people: PeopleResults | null;
}

async function bench(plan: Plan, place: Place): Promise<Everything> {
  const wrk = plan.withWrk ? await findWrk() : null;
  const isAsked = (part: Part) => plan.part === 'all' || plan.part === part;
  const stock = isAsked('stock') ? await compareWithStock(plan, place, wrk) : null;
  // The servers of the comparison would take from what is measured next.
  if (stock !== null) await place.stopServers();
  const generator = wrk === null ? nodeGenerator : wrkGenerator;
  const scale = isAsked('scale') ? await measureScale(plan, place, generator, progress) : null;
  await place.stopServers();
  const chains = isAsked('chains') ? await compareChains(plan, place, generator) : null;
  await place.stopServers();
  const people = isAsked('people') ? await measurePeople(plan.rounds * 3, place, progress) : null;
  if (wrk === null) return { stock, scale, chains, beside: null, night: null, people };
  await place.stopServers();
  const beside = isAsked('beside') ? await measureBeside(plan.besideSeconds, place, progress) : null;
  await place.stopServers();
  const night = isAsked('night') ? await measureNight(plan.nightFiles, place, progress) : null;
  return { stock, scale, chains, beside, night, people };
}

function compareChains(plan: Plan, place: Place, generator: Generator) {
  const refresh = createWorkloads(generator).find(({ name }) => name === 'refresh');
  if (refresh === undefined) throw new Error('no refreshes to measure');
  const { rounds, chains } = plan;
  return measureChains({ rounds, chains, seconds: plan.seconds.refresh }, refresh, place, progress);
}

async function save({ stock, ...others }: Everything): Promise<string> {
  const directory = join(import.meta.dirname, 'results');
  await mkdir(directory, { recursive: true });
  const at = stock?.at ?? new Date().toISOString();
  const results = { at, ...stock, ...others };
  const file = join(directory, `${at.replaceAll(':', '').slice(0, 17)}Z.json`);
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}

/** An interrupt stops every server and removes the files before the process ends. */
function clearOnSignals(place: Place): () => boolean {
  let interrupted = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      void place.clear().finally(() => process.exit(130));
    });
  }
  return () => interrupted;
}

async function main(args: readonly string[]): Promise<void> {
  const plan = readPlan(args);
  const place = await createPlace();
  const isInterrupted = clearOnSignals(place);
  try {
    const results = await bench(plan, place);
    const { stock, scale, chains, beside, night, people } = results;
    if (stock !== null) process.stdout.write(renderTable(stock));
    if (scale !== null) process.stdout.write(renderScale(scale));
    if (chains !== null) process.stdout.write(renderChains(chains));
    if (beside !== null) process.stdout.write(renderBeside(beside));
    if (night !== null) process.stdout.write(renderNight(night));
    if (people !== null) process.stdout.write(renderPeople(people));
    progress(`results in ${await save(results)}`);
    const bars = [
      ...(stock?.bars ?? []),
      ...(scale === null ? [] : scaleBars(scale)),
      ...(chains === null ? [] : chainBars(chains)),
      ...(beside === null ? [] : besideBars(beside)),
      ...(night === null ? [] : nightBars(night)),
      ...(people === null ? [] : peopleBars(people)),
    ];
    if (plan.check && bars.some(({ met }) => !met)) process.exitCode = 1;
  } catch (error) {
    // What a signal cut off fails by itself.
    if (!isInterrupted()) throw error;
  } finally {
    if (!isInterrupted()) await place.clear();
  }
}

const args = process.argv.slice(2);
if (args.includes('--help')) process.stdout.write(usage);
else await main(args);
