/** `npm run bench`: Sluice and a stock oidc-provider side by side on this machine; a table on standard output, JSON in `bench/results/`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { findWrk, nodeGenerator, wrkGenerator } from './load.ts';
import { measureRounds, measureStarts, warmUp } from './measure.ts';
import { createPlace, type Place } from './place.ts';
import { type Plan, readPlan, usage } from './plan.ts';
import { type Results, summarise } from './results.ts';
import { installSluice, sluiceSubject } from './sluice.ts';
import { installStock, stockSubject } from './stock.ts';
import { renderTable } from './table.ts';
import { createWorkloads } from './workloads.ts';

const progress = (line: string) => void process.stderr.write(`bench: ${line}\n`);

async function bench(plan: Plan, place: Place): Promise<Results> {
  const loadBefore = loadavg()[0] ?? Number.NaN;
  const wrk = plan.withWrk ? await findWrk() : null;
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

async function save(results: Results): Promise<string> {
  const directory = join(import.meta.dirname, 'results');
  await mkdir(directory, { recursive: true });
  const file = join(directory, `${results.at.replaceAll(':', '').slice(0, 17)}Z.json`);
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
    process.stdout.write(renderTable(results));
    progress(`results in ${await save(results)}`);
    if (plan.check && results.bars.some(({ met }) => !met)) process.exitCode = 1;
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
