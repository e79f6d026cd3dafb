/** Waits after a write until all live server processes decide by it (issue: the policy, "Concurrency"). */
import { type Kysely, sql } from 'kysely';
import { silentMilliseconds } from '../lake/confirmation.ts';
import type { WriteConfirmation } from '../lake/snapshot.ts';
import type { DatabaseConnection } from './database.ts';
import type { DB } from './schema.ts';

/** The channel on which a process announces that it swapped its rules (migrations/0008_confirmed_versions.sql). */
const confirmedChannel = 'sluice_confirmed';

export interface WriteConfirmationOptions {
  /** Brings this process itself up to date; absent: it issues nothing. */
  readonly own?: () => Promise<void>;
  /** Longest wait in milliseconds. */
  readonly waitMs?: number;
}

export function createWriteConfirmation(
  database: Pick<DatabaseConnection, 'db' | 'listen'>,
  { own = async () => {}, waitMs = 1000 }: WriteConfirmationOptions = {},
): WriteConfirmation {
  return {
    async confirmEverywhere(version) {
      const late = Promise.withResolvers<false>();
      const timer = setTimeout(late.resolve, waitMs, false);
      const waiting = new AbortController();
      // What is written is written: that the database cannot be asked now makes no failure of the write, only a wait.
      const confirmed = Promise.all([own(), waitForOthers(database, version, waiting.signal)]).then(
        () => true,
        () => late.promise,
      );
      const outcome = await Promise.race([confirmed, late.promise]);
      clearTimeout(timer);
      waiting.abort();
      return outcome;
    },
  };
}

async function waitForOthers(
  { db, listen }: Pick<DatabaseConnection, 'db' | 'listen'>,
  version: number,
  signal: AbortSignal,
): Promise<void> {
  if (!(await isBehind(db, version))) return;
  let heard = Promise.withResolvers<void>();
  const listener = await listen(confirmedChannel, () => heard.resolve());
  signal.addEventListener('abort', () => heard.resolve());
  try {
    for (;;) {
      // Made before the look: what is announced during it is not missed.
      heard = Promise.withResolvers();
      if (signal.aborted || !(await isBehind(db, version))) return;
      await heard.promise;
    }
  } finally {
    await listener.close();
  }
}

async function isBehind(db: Kysely<DB>, version: number): Promise<boolean> {
  const { rows } = await sql<{ behind: boolean }>`SELECT EXISTS (
    SELECT FROM server_runs
    WHERE ended_at IS NULL
      AND confirmed_at > clock_timestamp() - ${silentMilliseconds} * interval '1 millisecond'
      AND coalesce(confirmed_version, 0) < ${version}
  ) AS behind`.execute(db);
  return rows[0]?.behind ?? false;
}
