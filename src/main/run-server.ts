/** The life of a server process: start, wait for a signal or a fault, stop; its exit status. */

import type { Logger } from 'pino';
import { requireConfig } from '../cli/load-config.ts';
import type { Environment } from '../config/env.ts';
import { AppError } from '../shared/errors.ts';
import { createClosers } from './closers.ts';
import { createLogger } from './logger.ts';
import { startServer } from './start-server.ts';

export interface ServerIo {
  readonly env: Environment;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
/** PostgreSQL's last checkpoint may take a while; what takes longer hangs. */
const stopTimeoutMs = 90_000;

/** Exit status: 0 after a signal, 1 after a fault. A signal that comes again changes nothing. */
export async function runServer(io: ServerIo): Promise<number> {
  const end = watchForEnd();
  const closers = createClosers();
  let log: Logger | undefined;
  let flushLog = () => {};
  let reportClosing = (error: unknown) => io.stderr(describeFault(error));
  try {
    const config = requireConfig(io.env);
    const processLog = createLogger(config.logLevel);
    log = processLog.log;
    flushLog = processLog.flush;
    const deps = { log, print: io.stdout, closers, stopping: end.stopping, onFatal: end.fail };
    await Promise.race([startServer(config, deps).then(() => end.asked), end.failed]);
    log.info('stopping');
    return 0;
  } catch (error) {
    if (end.stopping.aborted && error === end.stopping.reason) {
      return 0;
    }
    if (!(error instanceof AppError)) {
      log?.fatal({ err: error }, 'unexpected fault');
    }
    io.stderr(describeFault(error));
    // What ended the server is said; that closing then fails as well is seldom news.
    reportClosing = (err) => log?.error({ err }, 'closing failed');
    return 1;
  } finally {
    setTimeout(() => {
      io.stderr('sluice: did not stop in time\n');
      process.exit(1);
    }, stopTimeoutMs).unref();
    await closers.closeAll().catch((error: unknown) => reportClosing(error));
    flushLog();
  }
}

interface End {
  /** Resolves when a signal asked the process to stop. */
  readonly asked: Promise<void>;
  /** Rejects when the process cannot go on. */
  readonly failed: Promise<never>;
  readonly stopping: AbortSignal;
  readonly fail: (error: Error) => void;
}

function watchForEnd(): End {
  const controller = new AbortController();
  const asked = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  for (const signal of signals) {
    process.on(signal, () => {
      controller.abort();
      asked.resolve();
    });
  }
  const unexpected = (error: unknown) => {
    // A connection that PostgreSQL ended is no end of ours: who watches the database says so, in one clear line.
    if (!isEndedConnection(error)) failed.reject(error);
  };
  process.on('uncaughtException', unexpected).on('unhandledRejection', unexpected);
  return { asked: asked.promise, failed: failed.promise, stopping: controller.signal, fail: failed.reject };
}

/** SQLSTATE 57P01 to 57P03: the server ended the connection because it stops, crashed or is not up yet. */
function isEndedConnection(error: unknown): boolean {
  return /^57P0[1-3]$/.test(String((error as { code?: unknown } | null)?.code));
}

/** One line; the trace of an unexpected fault is in the log. */
function describeFault(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof AppError ? `sluice: ${message}\n` : `sluice: unexpected fault: ${message}\n`;
}
