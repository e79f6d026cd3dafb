/** Keeps the lake in memory at the database's version: looks when a change is announced, and every 250 ms, for an announcement may be lost (issue: the policy, "Concurrency"). */
import { type Confirmation, createConfirmation } from '../lake/confirmation.ts';
import type { Clock } from '../shared/clock.ts';
import type { DatabaseConnection } from './database.ts';
import type { ServerRun } from './server-runs.ts';
import type { SnapshotKeeper } from './snapshots.ts';
import { openWatchConnection } from './watch-connection.ts';

/** The channel on which triggers announce a change (migrations/0006_rule_history.sql). */
const lakeChannel = 'sluice_lake';

const lookMilliseconds = 250;

export interface FollowLakeOptions {
  readonly keeper: SnapshotKeeper;
  readonly run: ServerRun;
  readonly clock: Clock;
  /** Is told the version of the signing keys at each look: the rules are confirmed only by a process that has the present keys. */
  readonly followKeys?: (version: number) => Promise<void>;
  /** The database runs on this machine: there is one clock. */
  readonly sameClock: boolean;
  /** Is told when looks begin to fail, and not again until one succeeded. */
  readonly onError: (error: unknown) => void;
  readonly everyMilliseconds?: number;
}

export interface LakeFollower extends Confirmation {
  close(): Promise<void>;
}

/** Resolves after the first look; one that fails is told, and the requests ask. */
export async function followLake(
  database: Pick<DatabaseConnection, 'url' | 'listen'>,
  { keeper, run, clock, followKeys, sameClock, onError, everyMilliseconds = lookMilliseconds }: FollowLakeOptions,
): Promise<LakeFollower> {
  const watch = openWatchConnection(database.url);
  const confirmation = createConfirmation({
    clock,
    current: keeper.current,
    advance: keeper.advance,
    look: async () => {
      const found = await watch.look();
      await followKeys?.(found.keysVersion);
      return sameClock ? { version: found.version, now: null } : found;
    },
    tell: (version) => watch.tell(run.id, version, clock.now()),
  });
  const inBackground = reportingOnce(onError);
  const listener = await database.listen(lakeChannel, () => void inBackground(confirmation.lookAnew()));
  // What changed between the first reading and this was announced to nobody.
  await inBackground(confirmation.lookAnew());
  const timer = setInterval(() => void inBackground(confirmation.look()), everyMilliseconds);
  timer.unref();
  return {
    ...confirmation,
    close: async () => {
      clearInterval(timer);
      await listener.close();
      // A look in progress ends by itself.
      await confirmation.look().catch(() => {});
      await watch.close();
    },
  };
}

/** A database that is away for an hour is one line in the log, and not one for each look. */
function reportingOnce(onError: (error: unknown) => void): (look: Promise<void>) => Promise<void> {
  let failing = false;
  return (look) =>
    look.then(
      () => {
        failing = false;
      },
      (error: unknown) => {
        if (!failing) onError(error);
        failing = true;
      },
    );
}
