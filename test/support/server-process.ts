/** Real server processes for tests of starting and stopping: they wait for output or for the end, never for time. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { projectDirectory } from '../../src/config/env.ts';
import { isRunning } from '../../src/storage/os-process.ts';

export type Variables = Record<string, string>;

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ServerProcess {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  /** Resolves with the match when standard output has one; rejects, with all output, when the process ends first. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves when the server answers requests. */
  ready(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Ends it and its children at once. */
  killGroup(): void;
  /** SIGTERM, then its end. */
  stop(): Promise<Ended>;
}

/** Runs a program of the project (by default the server) with these settings and no others. */
export function startProcess(
  variables: Variables,
  command: readonly string[] = ['node', 'src/main.ts'],
): ServerProcess {
  const [program = '', ...args] = command;
  const child = spawn(program === 'node' ? process.execPath : program, args, {
    cwd: projectDirectory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...variables },
    // A process group of its own, for `killGroup`.
    detached: true,
  });
  return watchProcess(child);
}

function watchProcess(child: ChildProcessWithoutNullStreams): ServerProcess {
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(stdout);
        if (match !== null) {
          child.stdout.off('data', look);
          resolve(match);
        }
      };
      child.stdout.on('data', look);
      look();
      void ended.then(() => reject(new Error(`ended before ${pattern}: ${stdout}${stderr}`)));
    });
  return {
    pid: child.pid ?? 0,
    ended,
    waitFor,
    ready: async () => {
      await waitFor(/"msg":"listening"/);
    },
    kill: (signal) => void child.kill(signal),
    killGroup: () => {
      try {
        process.kill(-(child.pid ?? 0), 'SIGKILL');
      } catch {
        // All have ended.
      }
    },
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Runs a `sluice` command to its end. */
export function runSluice(variables: Variables, ...args: readonly string[]): Promise<Ended> {
  return startProcess(variables, ['node', 'src/cli.ts', ...args]).ended;
}

/** Looks again and again until the condition holds; the test's time limit ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !holds() && Date.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A TCP port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** The process id and port of the embedded PostgreSQL of a data directory; undefined when none runs. */
export function findPostgres(dataDir: string): { readonly pid: number; readonly port: number } | undefined {
  try {
    const lines = readFileSync(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n');
    const found = { pid: Number(lines[0]), port: Number(lines[3]) };
    return isRunning(found.pid, 'postgres') ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Runs one statement in the embedded database and returns its rows. */
export async function queryEmbedded(dataDir: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const password = readFileSync(join(dataDir, 'postgres', 'password'), 'utf8').trim();
  const port = findPostgres(dataDir)?.port ?? 0;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'sluice', password, database: 'sluice' });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
