/** Opens a PostgreSQL database: a kysely pool with the settings of a server, and LISTEN on a connection of its own. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { AppError } from '../shared/errors.ts';
import { describeDatabaseError } from './database-error.ts';
import { type Listener, startListening } from './listen.ts';
import type { DB } from './schema.ts';

/** Where queries are built and run: the database or a transaction in it. `int8` columns are read as strings. */
export type Database = Kysely<DB>;

/** An open database. */
export interface DatabaseConnection {
  readonly db: Database;
  readonly url: string;
  /** Calls `onNotify` for each NOTIFY on the channel, and after each reconnection, for then some may have been missed. */
  listen(channel: string, onNotify: () => void): Promise<Listener>;
  /** Connections of the pool, for metrics. */
  poolCounts(): PoolCounts;
  /** Ends the pool; listeners are closed by their owners. */
  close(): Promise<void>;
}

interface PoolCounts {
  readonly total: number;
  readonly idle: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
}

export interface DatabaseOptions {
  /** Most connections at a time; 10 when absent. */
  readonly poolSize?: number;
  /** A statement that takes longer is ended; absent or 0: never. */
  readonly statementTimeoutMs?: number;
  /** Gets faults of idle connections, which the pool replaces. */
  readonly onFault?: (error: Error) => void;
}

const oldestVersion = 150_000;
const connectTimeoutMs = 10_000;

/**
 * Connects and checks the server's version. Throws `database_unavailable` (address, password, database) and
 * `database_unsupported` (version before 15), each with one line that never holds the password.
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<DatabaseConnection> {
  await checkServer(url);
  const onFault = options.onFault ?? (() => {});
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'sluice',
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ...(options.statementTimeoutMs ? { statement_timeout: options.statementTimeoutMs } : {}),
  });
  pool.on('error', onFault);
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  return {
    db,
    url,
    listen: (channel, onNotify) => startListening(url, channel, { onNotify, onFault }),
    poolCounts: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => db.destroy(),
  };
}

async function checkServer(url: string): Promise<void> {
  const client = createClient(url);
  try {
    await client.connect();
    const { rows } = await client.query<{ number: number; version: string }>(
      "SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version",
    );
    const [server] = rows;
    if (server !== undefined && server.number < oldestVersion) {
      throw new AppError(
        'database_unsupported',
        `PostgreSQL at \`${client.host}:${client.port}\` has version \`${server.version}\`, expected 15 or later`,
      );
    }
  } catch (error) {
    throw describeDatabaseError(error, client);
  } finally {
    await client.end().catch(() => {});
  }
}

function createClient(url: string): pg.Client {
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'sluice',
      connectionTimeoutMillis: connectTimeoutMs,
    });
    client.on('error', () => {});
    return client;
  } catch {
    throw new AppError(
      'database_unavailable',
      'the database URL cannot be read, expected `postgresql://user:password@host:port/database`',
    );
  }
}
