/** Brings a database to the present schema: plain SQL files, forward only, in one transaction under an advisory lock. */
import { readdir, readFile } from 'node:fs/promises';
import { type Migration, type MigrationProvider, Migrator, sql } from 'kysely';
import { AppError } from '../shared/errors.ts';
import type { Database } from './database.ts';

const migrationsDirectory = new URL('../../migrations/', import.meta.url);

/** Runs what is missing and returns the names of the migrations that were run; throws `migration_failed`. */
export async function migrateToLatest(db: Database): Promise<readonly string[]> {
  const migrator = new Migrator({
    db,
    provider: createSqlProvider(),
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock',
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  const failed = results.find((result) => result.status === 'Error');
  if (error !== undefined) {
    const reason = error instanceof Error ? error.message : String(error);
    const what =
      failed === undefined ? 'the database cannot be migrated' : `migration \`${failed.migrationName}\` failed`;
    throw new AppError('migration_failed', `${what}: ${reason.split('\n')[0]}`, { cause: error });
  }
  return results.filter((result) => result.status === 'Success').map((result) => result.migrationName);
}

/** The name of the last migration that was run; undefined: the database has no schema yet. */
export async function findSchemaVersion(db: Database): Promise<string | undefined> {
  const table = await sql<{ found: boolean }>`SELECT to_regclass('schema_migrations') IS NOT NULL AS found`.execute(db);
  if (table.rows[0]?.found !== true) {
    return undefined;
  }
  const { rows } = await sql<{ last: string | null }>`SELECT max(name) AS last FROM schema_migrations`.execute(db);
  return rows[0]?.last ?? undefined;
}

function createSqlProvider(): MigrationProvider {
  return {
    async getMigrations() {
      const names = (await readdir(migrationsDirectory)).filter((name) => name.endsWith('.sql')).sort();
      const files = names.map(async (name) => [name.slice(0, -4), await readMigration(name)] as const);
      return Object.fromEntries(await Promise.all(files));
    },
  };
}

async function readMigration(name: string): Promise<Migration> {
  const text = await readFile(new URL(name, migrationsDirectory), 'utf8');
  return {
    up: async (db) => {
      await sql.raw(text).execute(db);
    },
  };
}
