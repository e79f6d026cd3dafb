/** Directories and ports for the servers of one test file, removed at its end together with whatever still runs. */
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stopPostgres } from '../../src/storage/embedded-postgres-process.ts';
import { findPostgres, freePort, type ServerProcess, startProcess, type Variables } from './server-process.ts';

export interface ServerPlace {
  /** A directory that every user may enter. */
  readonly directory: string;
  /** Settings of a server with a data directory of its own; all servers of the place share their keys. */
  settings(name?: string, more?: Variables): Promise<Variables>;
  /** Starts a server that is killed at the end of the file. */
  start(settings: Variables, command?: readonly string[]): ServerProcess;
  /** Starts a server and waits until it answers. */
  startReady(settings: Variables): Promise<ServerProcess>;
  clear(): Promise<void>;
}

export async function createServerPlace(): Promise<ServerPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-servers-'));
  await chmod(directory, 0o755);
  const started: ServerProcess[] = [];
  const dataDirs = new Set<string>();
  const start = (settings: Variables, command?: readonly string[]) => {
    const server = startProcess(settings, command);
    started.push(server);
    return server;
  };
  return {
    directory,
    async settings(name = 'var', more = {}) {
      const dataDir = join(directory, name);
      dataDirs.add(dataDir);
      return {
        SLUICE_DATA_DIR: dataDir,
        SLUICE_KEYS_DIR: join(directory, 'keys'),
        SLUICE_PORT: String(await freePort()),
        SLUICE_METRICS_PORT: '0',
        ...more,
      };
    },
    start,
    async startReady(settings) {
      const server = start(settings);
      await server.ready();
      return server;
    },
    async clear() {
      for (const server of started) {
        server.killGroup();
      }
      await Promise.all(started.map(({ ended }) => ended));
      await Promise.all([...dataDirs].map(removeData));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function removeData(dataDir: string): Promise<void> {
  const postgres = findPostgres(dataDir);
  if (postgres !== undefined) {
    await stopPostgres(postgres);
  }
  const home = join(dataDir, 'postgres');
  const real = await realpath(home).catch(() => home);
  if (real !== home && !real.startsWith(tmpdir())) {
    await rm(dirname(real), { recursive: true, force: true });
  }
}
