/** The process's log: one JSON object a line on standard output, without secrets by the care of those who write to it. */
import { type Logger, pino } from 'pino';
import type { LogLevel } from '../config/schema.ts';

/** `censored` is a second line of defence: members with such names are never written. */
const names = ['password', 'secret', 'token', 'authorization', 'cookie'];
const censored = names.flatMap((name) => [name, `*.${name}`]);

/** Lines appear at once, so that the last ones before an end are not lost. */
export function createLogger(level: LogLevel): Logger {
  return pino(
    { level, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: censored, censor: '[hidden]' } },
    pino.destination({ fd: 1, sync: true }),
  );
}
