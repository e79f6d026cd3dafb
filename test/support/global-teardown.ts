/** Stops the PostgreSQL of a jest run and removes its files. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { stopPostgres } from '../../src/storage/embedded-postgres-process.ts';

/** Ends the server whose data lies in `directory`, if it runs. */
export async function endTestPostgres(directory: string): Promise<void> {
  const [pid = ''] = (await readFile(join(directory, 'postgres', 'data', 'postmaster.pid'), 'utf8')).split('\n');
  await stopPostgres({ pid: Number(pid), port: 0 });
}

/** Several selected projects name this file: only the first call finds something to do. */
export async function teardown(): Promise<void> {
  const directory = process.env.SLUICE_TEST_POSTGRES_DIR;
  if (directory === undefined) {
    return;
  }
  delete process.env.SLUICE_TEST_POSTGRES_DIR;
  delete process.env.SLUICE_TEST_POSTGRES_URL;
  await endTestPostgres(directory).catch(() => {});
  await rm(directory, { recursive: true, force: true });
}

// biome-ignore lint/style/noDefaultExport: jest calls the default export
export default teardown;
