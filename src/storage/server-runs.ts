/** Server processes and how they ended: a start after a crash marks in the issue log that entries may be missing. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { type Kysely, sql } from 'kysely';
import { ensurePartitions } from './issue-log-partitions.ts';
import type { DB } from './schema.ts';

/** A process that was silent for longer is taken for dead, also when another one has its number by now. */
const silentMilliseconds = 30_000;

export interface ServerRun {
  /** Its row in `server_runs`, where it says that it lives (watch-connection.ts). */
  readonly id: string;
  /** Marks the run as ended in order. */
  close(): Promise<void>;
}

export async function beginServerRun(db: Kysely<DB>, now: () => number): Promise<ServerRun> {
  await markGaps(db, now());
  const id = randomUUID();
  const started = new Date(now());
  await db
    .insertInto('server_runs')
    .values({ id, host: hostname(), pid: process.pid, started_at: started, alive_at: started })
    .execute();
  return {
    id,
    close: async () => {
      await db
        .updateTable('server_runs')
        .set({ ended_at: new Date(now()) })
        .where('id', '=', id)
        .execute();
    },
  };
}

async function markGaps(db: Kysely<DB>, now: number): Promise<void> {
  const open = await db.selectFrom('server_runs').selectAll().where('ended_at', 'is', null).execute();
  const dead = open.filter((run) => !isAlive(run, now));
  if (dead.length === 0) return;
  await ensurePartitions(db, [now]);
  await db.transaction().execute(async (trx) => {
    for (const run of dead) {
      const detail = JSON.stringify({
        run: run.id,
        host: run.host,
        pid: run.pid,
        lastAlive: run.alive_at.toISOString(),
      });
      await sql`INSERT INTO issue_log (at, event, detail) VALUES (${new Date(now)}, 'gap', ${detail}::jsonb)`.execute(
        trx,
      );
      await trx
        .updateTable('server_runs')
        .set({ ended_at: new Date(now) })
        .where('id', '=', run.id)
        .execute();
    }
  });
}

function isAlive(run: { host: string; pid: number; alive_at: Date }, now: number): boolean {
  if (now - run.alive_at.getTime() >= silentMilliseconds) return false;
  if (run.host !== hostname()) return true;
  if (run.pid === process.pid) return false;
  try {
    process.kill(run.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
