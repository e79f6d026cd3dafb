/** A migrated, empty database for one test file: a clone of the template that the run's set-up made. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type Database, type DatabaseConnection, openDatabase } from '../../src/storage/database.ts';

export interface TestDatabase {
  readonly url: string;
  readonly db: Database;
  /** The same database with `listen` and `poolCounts`. */
  readonly connection: DatabaseConnection;
  /** Closes the connections and drops the database. */
  drop(): Promise<void>;
}

/** Clones the template in some tens of milliseconds. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE sluice_template STRATEGY FILE_COPY`);
  const url = serverUrl().replace(/\/postgres$/, `/${name}`);
  const connection = await openDatabase(url, { poolSize: 5 });
  return {
    url,
    db: connection.db,
    connection,
    async drop() {
      await connection.close();
      await administer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** A database with nothing in it, not even the schema; the caller drops it with `administer`. */
export async function createEmptyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(`CREATE DATABASE ${name}`);
  return {
    url: serverUrl().replace(/\/postgres$/, `/${name}`),
    drop: () => administer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function serverUrl(): string {
  const url = process.env.SLUICE_TEST_POSTGRES_URL;
  if (url === undefined) {
    throw new Error('no test PostgreSQL: run this test in a jest project with test/support/global-setup.ts');
  }
  return url;
}
