/** Opens the configured database, external or embedded, for the server or for one command: one code path afterwards. */
import type { Config } from '../config/schema.ts';
import { type DatabaseConnection, type DatabaseOptions, openDatabase } from './database.ts';
import { type EmbeddedPostgresOptions, joinEmbeddedPostgres } from './embedded-postgres.ts';
import { findSchemaVersion, migrateToLatest } from './migrate.ts';

type Where = Pick<Config, 'databaseUrl' | 'dataDir'>;

/** The server waits no longer for a statement; migrations may take their time. */
const serverStatementTimeoutMs = 60_000;

/** The server's database, migrated. `close` of the result also stops an embedded PostgreSQL that nobody else uses. */
export function openDatabaseForServer(
  config: Where,
  handlers: Required<Pick<EmbeddedPostgresOptions, 'notice' | 'onLost'>> & Pick<DatabaseOptions, 'onFault'>,
): Promise<DatabaseConnection> {
  return open(config, { role: 'server', ...handlers }, async (url) => {
    const first = await openDatabase(url, { poolSize: 1 });
    await migrateToLatest(first.db).finally(first.close);
    return openDatabase(url, {
      statementTimeoutMs: serverStatementTimeoutMs,
      ...(handlers.onFault ? { onFault: handlers.onFault } : {}),
    });
  });
}

/**
 * The database for one command, beside a running server or without one; an empty one is migrated. An embedded PostgreSQL
 * that this started is stopped by `close`, also when the command is interrupted.
 */
export async function openDatabaseForCommand(
  config: Where,
  notice: (line: string) => void = () => {},
): Promise<DatabaseConnection> {
  const connection = await open(config, { role: 'command', notice }, async (url) => {
    const opened = await openDatabase(url);
    if ((await findSchemaVersion(opened.db)) === undefined) {
      await migrateToLatest(opened.db);
    }
    return opened;
  });
  return config.databaseUrl === null ? closingOnSignals(connection) : connection;
}

async function open(
  config: Where,
  options: Omit<EmbeddedPostgresOptions, 'dataDir'>,
  connect: (url: string) => Promise<DatabaseConnection>,
): Promise<DatabaseConnection> {
  if (config.databaseUrl !== null) {
    return connect(config.databaseUrl);
  }
  const embedded = await joinEmbeddedPostgres({ dataDir: config.dataDir, ...options });
  try {
    const connection = await connect(embedded.url);
    return { ...connection, close: () => connection.close().finally(embedded.leave) };
  } catch (error) {
    await embedded.leave();
    throw error;
  }
}

/** Without this an interrupted command would leave PostgreSQL running. */
function closingOnSignals(connection: DatabaseConnection): DatabaseConnection {
  const interrupted = (signal: NodeJS.Signals) => {
    void connection.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  return {
    ...connection,
    async close() {
      process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
      await connection.close();
    },
  };
}
