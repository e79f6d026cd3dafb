/** A server process under measurement: started with its output in a file, timed to its first healthy answer, stopped with all it started. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { projectDirectory } from '../src/config/env.ts';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
const pollMs = 5;
const programs = join(projectDirectory, 'node_modules', '.bin');

export interface ServerChild {
  readonly pid: number;
  /** From the start of the process to the first healthy answer, in milliseconds. */
  readonly startMilliseconds: number;
  stop(): Promise<void>;
}

export interface ServerCommand {
  /** As a script of package.json would say it; begins with `exec`, so that no shell stays around the server. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Answered with 200 by a healthy server. */
  readonly healthUrl: string;
  readonly logFile: string;
  /** Told of the process before it answers, so that an interrupt can stop it. */
  readonly onStarted: (stop: () => Promise<void>) => void;
}

export async function startServer(command: ServerCommand): Promise<ServerChild> {
  // A file and no pipe: reading the log would cost the load generator time.
  const log = openSync(command.logFile, 'a');
  const begun = performance.now();
  const child = spawn('sh', ['-c', command.script], {
    cwd: projectDirectory,
    // As npm does it: the project's own Node comes first.
    env: { PATH: `${programs}:${process.env.PATH}`, HOME: process.env.HOME, ...command.environment },
    stdio: ['ignore', log, log],
    // A process group of its own: Ctrl-C reaches the benchmark only, which stops its servers in order.
    detached: true,
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([ended, delay(stopTimeoutMs, undefined, { ref: false })]);
    if (!hasEnded()) killGroup(child.pid ?? 0);
  };
  command.onStarted(stop);
  while (!(await isHealthy(command.healthUrl))) {
    if (hasEnded()) throw new Error(`\`${command.script}\` ended: ${tailOf(command.logFile)}`);
    if (performance.now() - begun > startTimeoutMs) throw new Error(`\`${command.script}\` did not get healthy`);
    await delay(pollMs);
  }
  return { pid: child.pid ?? 0, startMilliseconds: performance.now() - begun, stop };
}

function isHealthy(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { agent: new Agent(), timeout: 5000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('error', () => resolve(false));
  });
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended in between.
  }
}

function tailOf(file: string): string {
  return readFileSync(file, 'utf8').trim().split('\n').slice(-3).join(' | ');
}
