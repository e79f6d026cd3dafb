/** Starts one throw-away PostgreSQL for a jest run and migrates the template that each test database is cloned from. */
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openDatabase } from '../../src/storage/database.ts';
import { prepareCluster } from '../../src/storage/embedded-postgres-cluster.ts';
import { ensureRunning } from '../../src/storage/embedded-postgres-process.ts';
import { migrateToLatest } from '../../src/storage/migrate.ts';
import { isRunning } from '../../src/storage/os-process.ts';
import { endTestPostgres } from './global-teardown.ts';

export const templateDatabase = 'sluice_template';

/** Several selected projects name this file: the second call finds the server running. */
export async function setup(): Promise<void> {
  if (process.env.SLUICE_TEST_POSTGRES_URL !== undefined) {
    return;
  }
  await sweep();
  const directory = await mkdtemp(join(tmpdir(), `sluice-test-${process.pid}-`));
  await chmod(directory, 0o711);
  process.env.SLUICE_TEST_POSTGRES_DIR = directory;
  const cluster = await prepareCluster({ dataDir: directory, durable: false, notice: () => {} });
  const { port } = await ensureRunning(cluster, false);
  const url = `postgresql://sluice:${cluster.password}@127.0.0.1:${port}/postgres`;
  await createTemplate(url);
  process.env.SLUICE_TEST_POSTGRES_URL = url;
}

async function createTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${templateDatabase}`);
  await admin.end();
  const template = await openDatabase(url.replace(/\/postgres$/, `/${templateDatabase}`), { poolSize: 1 });
  await migrateToLatest(template.db);
  await template.close();
}

/** A run that was killed leaves its server behind. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^sluice-test-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) {
      const directory = join(tmpdir(), name);
      await endTestPostgres(directory).catch(() => {});
      await rm(directory, { recursive: true, force: true });
    }
  }
}

// biome-ignore lint/style/noDefaultExport: jest calls the default export
export default setup;
