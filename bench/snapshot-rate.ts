/** A process of its own: how long it takes to read the whole lake of a database into memory, and to follow the change of one rule; prints one line of JSON. */
import { sql } from 'kysely';
import { openDatabaseForCommand } from '../src/storage/runtime-database.ts';
import { createSnapshotKeeper } from '../src/storage/snapshots.ts';

export interface SnapshotRate {
  readonly rebuildMilliseconds: readonly number[];
  /** One grant changed, then one embargo, in turn; without the writing itself. */
  readonly updateMilliseconds: readonly number[];
  readonly megabytes: number;
}

const [dataDir = '', rounds = '3'] = process.argv.slice(2);
const times = Number(rounds);
const { db, close } = await openDatabaseForCommand({ databaseUrl: null, dataDir });

function heapMegabytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}

const empty = heapMegabytes();
let keeper = await createSnapshotKeeper(db);
const megabytes = heapMegabytes() - empty;
const rebuildMilliseconds: number[] = [];
for (let round = 0; round < times; round += 1) {
  rebuildMilliseconds.push(
    await timed(async () => {
      keeper = await createSnapshotKeeper(db);
    }),
  );
}
const updateMilliseconds: number[] = [];
for (let round = 0; round < times * 4; round += 1) {
  const table = round % 2 === 0 ? 'grants' : 'embargoes';
  const until = new Date(Date.UTC(2099, 0, 1 + round)).toISOString();
  await sql`UPDATE ${sql.table(table)} SET ends_at = ${until}::timestamptz
    WHERE id = (SELECT max(id) FROM ${sql.table(table)} WHERE id LIKE '%-1_' AND ends_at IS NOT NULL)`.execute(db);
  updateMilliseconds.push(await timed(() => keeper.advance()));
}
await close();
process.stdout.write(
  `${JSON.stringify({ rebuildMilliseconds, updateMilliseconds, megabytes } satisfies SnapshotRate)}\n`,
);
