/** The embedded PostgreSQL as servers and commands use it: the first to come starts it, the last to leave stops it. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { AppError } from '../shared/errors.ts';
import { type Cluster, clusterRole, prepareCluster } from './embedded-postgres-cluster.ts';
import { type JoinOutcome, join, leave, lockConnectionName } from './embedded-postgres-lock.ts';
import { ensureRunning, type RunningPostgres, stopPostgres } from './embedded-postgres-process.ts';

export interface EmbeddedPostgresOptions {
  /** The database lies in `<dataDir>/postgres`. */
  readonly dataDir: string;
  /** A data directory has one server at most, and any number of commands beside it. */
  readonly role: 'server' | 'command';
  /** Gets lines that an operator should see. */
  readonly notice: (line: string) => void;
  /** Called when PostgreSQL went away and did not come back. */
  readonly onLost?: (error: AppError) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Close every other connection first. Stops PostgreSQL unless another process uses it. */
  leave(): Promise<void>;
}

const joinTimeoutMs = 60_000;
/** A killed server's lock goes when PostgreSQL sees its connection end, which takes moments. */
const killedServerGraceMs = 1_500;
const rejoinTimeoutMs = 10_000;
const pauseMs = 50;

/**
 * Starts or takes over the PostgreSQL of a data directory. Throws `already_running` when `role` is `server` and another
 * server is at work there: the other one goes on unharmed.
 */
export async function joinEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = await prepareCluster(options);
  const begun = Date.now();
  while (Date.now() - begun < joinTimeoutMs) {
    const running = await ensureRunning(cluster);
    const url = urlOf(cluster, running, clusterRole);
    const member = await connectMember(url, options.role);
    if (member === 'missing') {
      await createDatabase(cluster, running);
    } else if (member !== 'gone') {
      const outcome = await join(member, options.role).catch(() => 'busy' as const);
      if (outcome === 'joined') {
        return holdMembership(options, url, running, member);
      }
      await member.end().catch(() => {});
      refuseSecondServer(options.dataDir, outcome, Date.now() - begun);
    }
    await delay(pauseMs);
  }
  throw new AppError('database_unavailable', `cannot connect to the embedded PostgreSQL, see \`${cluster.logFile}\``);
}

function refuseSecondServer(dataDir: string, outcome: JoinOutcome, waitedMs: number): void {
  if (typeof outcome === 'object' && waitedMs > killedServerGraceMs) {
    const who = outcome.servedByPid === null ? 'another server' : `another server (process ${outcome.servedByPid})`;
    throw new AppError(
      'already_running',
      `${who} uses the data directory \`${dataDir}\`, expected one server at a time (stop it, or set \`SLUICE_DATA_DIR\` and \`SLUICE_PORT\`)`,
    );
  }
}

function urlOf(cluster: Cluster, running: RunningPostgres, database: string): string {
  return `postgresql://${clusterRole}:${cluster.password}@127.0.0.1:${running.port}/${database}`;
}

const undefinedDatabase = '3D000';
const duplicateDatabase = '42P04';
const wrongPassword = '28P01';

/** A connection, or why there is none: the database is `missing`, or PostgreSQL was just `gone`. */
async function connectMember(url: string, role: 'server' | 'command'): Promise<pg.Client | 'missing' | 'gone'> {
  const client = new pg.Client({
    connectionString: url,
    application_name: lockConnectionName(role),
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  // An error of an idle connection is followed by `end`, which is what counts.
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === wrongPassword) {
      throw new AppError(
        'database_unavailable',
        'the embedded PostgreSQL refused its own password, expected the file `password` beside its data to be unchanged',
      );
    }
    return code === undefinedDatabase ? 'missing' : 'gone';
  }
}

async function createDatabase(cluster: Cluster, running: RunningPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cluster, running, 'postgres') });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${clusterRole}`);
  } catch (error) {
    // Two starts at once: the other one made it, or is about to (unique_violation).
    if (![duplicateDatabase, '23505'].includes((error as { code?: string }).code ?? '')) {
      throw error;
    }
  } finally {
    await client.end();
  }
}

function holdMembership(
  options: EmbeddedPostgresOptions,
  url: string,
  running: RunningPostgres,
  first: pg.Client,
): EmbeddedPostgres {
  let client = first;
  let leaving = false;
  const watchFor = (held: pg.Client) => {
    held.once('end', () => {
      if (!leaving) {
        void rejoin(url, options.role).then((again) => {
          if (again !== undefined) {
            client = again;
            watchFor(again);
          } else if (!leaving) {
            options.onLost?.(
              new AppError(
                'database_unavailable',
                'the embedded PostgreSQL ended, expected it to run as long as the server',
              ),
            );
          }
        });
      }
    });
  };
  watchFor(first);
  return {
    url,
    async leave() {
      leaving = true;
      // A connection that is gone means that PostgreSQL is, or that its end was forced.
      const isLast = await leave(client).catch(() => true);
      if (isLast) {
        await stopPostgres(running);
      }
      await client.end().catch(() => {});
    },
  };
}

/** After a crash of one of its processes PostgreSQL restarts on the same port: take the locks again. */
async function rejoin(url: string, role: 'server' | 'command'): Promise<pg.Client | undefined> {
  const deadline = Date.now() + rejoinTimeoutMs;
  while (Date.now() < deadline) {
    const member = await connectMember(url, role).catch(() => 'gone' as const);
    if (typeof member === 'object') {
      if ((await join(member, role).catch(() => 'busy')) === 'joined') {
        return member;
      }
      await member.end().catch(() => {});
    }
    await delay(pauseMs);
  }
  return undefined;
}
