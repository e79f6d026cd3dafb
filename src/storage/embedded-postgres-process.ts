/** Starts, finds and stops the PostgreSQL process of a cluster; `postmaster.pid` says what runs, PostgreSQL keeps it single. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../shared/errors.ts';
import { asUser, type Cluster, lastLine, postgresEnvironment } from './embedded-postgres-cluster.ts';
import { isRunning } from './os-process.ts';

/** A PostgreSQL that accepts connections on 127.0.0.1. */
export interface RunningPostgres {
  readonly pid: number;
  readonly port: number;
}

const startTimeoutMs = 60_000;
const fastStopTimeoutMs = 30_000;
const pollMs = 20;
const largestLogBytes = 1_000_000;

/** What a start may meet that passes by itself: another start, a port just taken, backends of a killed server. */
const passing = /lock file .* already exists|could not create any TCP\/IP sockets|pre-existing shared memory block/;

const durableSettings = { shared_buffers: '64MB', max_connections: '60' };
const fastSettings = {
  shared_buffers: '64MB',
  max_connections: '200',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};
const commonSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  cluster_name: 'sluice',
  jit: 'off',
  io_method: 'sync',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/**
 * The running PostgreSQL of the cluster: the one left by an earlier process when there is one, else a new one on a free
 * port. It is no child of the terminal's process group and outlives this process.
 */
export async function ensureRunning(cluster: Cluster, durable = true): Promise<RunningPostgres> {
  const deadline = Date.now() + startTimeoutMs;
  let attempt: Attempt | undefined;
  while (Date.now() < deadline) {
    const found = readPostmaster(cluster.data);
    if (found?.status === 'ready' && isPostgres(found.pid)) {
      return { pid: found.pid, port: found.port };
    }
    if (attempt?.ended()) {
      await expectPassing(attempt.failure());
      attempt = undefined;
    }
    if (attempt === undefined && !(found !== undefined && isPostgres(found.pid))) {
      removeStalePidFile(cluster.data, found);
      attempt = startProcess(cluster, await freePort(), durable);
    }
    await delay(pollMs);
  }
  throw new AppError(
    'database_unavailable',
    `the embedded PostgreSQL did not get ready in ${startTimeoutMs / 1000} s, see \`${cluster.logFile}\``,
  );
}

async function expectPassing(failure: string): Promise<void> {
  if (!passing.test(failure)) {
    throw new AppError(
      'database_unavailable',
      `the embedded PostgreSQL did not start: ${lastLine(failure) ?? 'it gave no reason'}`,
    );
  }
  await delay(100);
}

/**
 * Stops it as PostgreSQL's fast shutdown does (clients are disconnected, everything committed is on disk) and waits for its
 * end; after 30 s without recovery files being written (immediate shutdown: the next start recovers).
 */
export async function stopPostgres(running: RunningPostgres): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isPostgres(running.pid)) {
      return;
    }
    sendSignal(running.pid, signal);
    const deadline = Date.now() + fastStopTimeoutMs;
    while (isPostgres(running.pid) && Date.now() < deadline) {
      await delay(pollMs);
    }
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}

const isPostgres = (pid: number) => isRunning(pid, 'postgres');

interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
  readonly text: string;
}

/** `postmaster.pid`: the process id on line 1, the port on line 4, the state on line 8. */
function readPostmaster(data: string): Postmaster | undefined {
  try {
    const text = readFileSync(join(data, 'postmaster.pid'), 'utf8');
    const lines = text.split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), status: (lines[7] ?? '').trim(), text };
  } catch {
    return undefined;
  }
}

/**
 * PostgreSQL ignores the file of a process that is gone, but not when the machine has given its id to another program of
 * the same user (as after a restart of a container).
 */
function removeStalePidFile(data: string, found: Postmaster | undefined): void {
  if (found !== undefined && isRunning(found.pid) && readPostmaster(data)?.text === found.text) {
    rmSync(join(data, 'postmaster.pid'), { force: true });
  }
}

interface Attempt {
  ended(): boolean;
  /** What it wrote to its log. */
  failure(): string;
}

function startProcess(cluster: Cluster, port: number, durable: boolean): Attempt {
  const before = statSync(cluster.logFile, { throwIfNoEntry: false })?.size ?? 0;
  // A file and no pipe: a pipe would break when this process is killed.
  const log = openSync(cluster.logFile, before > largestLogBytes ? 'w' : 'a', 0o600);
  const settings = { ...commonSettings, ...(durable ? durableSettings : fastSettings) };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(cluster.binaries.postgres, ['-D', cluster.data, '-p', String(port), ...options], {
    ...asUser(cluster.user),
    cwd: '/',
    env: postgresEnvironment,
    // Its own process group: Ctrl-C in the terminal reaches this process only, which stops PostgreSQL last.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  return watch(child, () => readFileSync(cluster.logFile, 'utf8').slice(before > largestLogBytes ? 0 : before));
}

function watch(child: ChildProcess, readLog: () => string): Attempt {
  let spawnError: string | undefined;
  child.on('error', (error) => {
    spawnError = error.message;
  });
  return {
    ended: () => spawnError !== undefined || child.exitCode !== null || child.signalCode !== null,
    failure: () => spawnError ?? readLog(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
