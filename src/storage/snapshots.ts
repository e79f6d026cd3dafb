/** The lake in memory: read whole at the start, read anew when the database announces a change, swapped whole. */
import type { Kysely } from 'kysely';
import type { LakeSnapshot, SnapshotSource } from '../lake/snapshot.ts';
import { compilePolicy } from '../policy/compile.ts';
import type { DatabaseConnection } from './database.ts';
import { loadLakeFacts } from './lake-facts.ts';
import type { Listener } from './listen.ts';
import type { DB } from './schema.ts';

/** The channel on which triggers announce a change (migrations/0003_policy.sql). */
const lakeChannel = 'sluice_lake';

/** An announcement may be lost with its connection and a reading may fail; an embargo must not wait for the next change. */
const checkMilliseconds = 10_000;

export interface SnapshotKeeper extends SnapshotSource {
  /** Reads the lake if its version moved on; concurrent calls share one read, and a call during a read causes one more. */
  refresh(): Promise<void>;
}

export async function createSnapshotKeeper(db: Kysely<DB>): Promise<SnapshotKeeper> {
  let snapshot = await load(db);
  let running: Promise<void> | undefined;
  let again = false;

  const reload = async () => {
    do {
      again = false;
      if ((await currentVersion(db)) !== snapshot.version) snapshot = await load(db);
    } while (again);
  };

  return {
    current: () => snapshot,
    refresh: () => {
      if (running) {
        again = true;
        return running;
      }
      running = reload().finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** Keeps the snapshot at the database's version until it is closed; faults go to `onError`, and the next look tries again. */
export async function followLake(
  database: Pick<DatabaseConnection, 'listen'>,
  keeper: SnapshotKeeper,
  onError: (error: unknown) => void,
  everyMilliseconds = checkMilliseconds,
): Promise<Listener> {
  let reading: Promise<void> | undefined;
  const refresh = () => {
    reading = keeper.refresh().catch(onError);
    return reading;
  };
  const listener = await database.listen(lakeChannel, () => void refresh());
  // What changed between the first reading and this was announced to nobody.
  await refresh();
  const timer = setInterval(() => void refresh(), everyMilliseconds);
  timer.unref();
  return {
    close: async () => {
      clearInterval(timer);
      await listener.close();
      await reading;
    },
  };
}

async function load(db: Kysely<DB>): Promise<LakeSnapshot> {
  const { policy, clients } = await loadLakeFacts(db);
  return { version: policy.version, policy: compilePolicy(policy), clients };
}

async function currentVersion(db: Kysely<DB>): Promise<number> {
  const row = await db.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
  return Number(row.version);
}
