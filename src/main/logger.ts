/** The process's log: one JSON object a line on standard output, without secrets by the care of those who write to it. */
import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config/schema.ts';

/** A second line of defence: members with such names are never written. */
const censored = ['password', 'secret', 'token', 'authorization', 'cookie'];

/** Lines wait at most this long, in milliseconds; a line per request is too much to write one by one. */
const flushMilliseconds = 100;

export interface ProcessLog {
  readonly log: Logger;
  /** Writes what waits; to be called before the process ends. */
  flush(): void;
}

export function createLogger(level: LogLevel): ProcessLog {
  const destination = pino.destination({ fd: 1, sync: false, minLength: 16_000, periodicFlush: flushMilliseconds });
  const log = pino(
    {
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: censored, censor: '[hidden]' },
      serializers: { err: describeError },
    },
    destination,
  );
  return { log, flush: () => destination.flushSync() };
}

/** Errors of libraries carry whole connections and requests with them; only what helps is written. */
function describeError(error: unknown) {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const code = (error as { code?: unknown }).code;
  return { name, message, ...(typeof code === 'string' && { code }), stack };
}
