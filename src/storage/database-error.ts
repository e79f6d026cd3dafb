/** Says in one line why a database cannot be used: what was tried and what was expected, never the password. */
import { AppError } from '../shared/errors.ts';

/** The parts of a connection that may be shown. */
export interface ConnectionTarget {
  readonly host: string;
  readonly port: number;
  readonly user?: string | undefined;
  readonly database?: string | undefined;
}

/** The fault of a connection attempt as an `AppError`; an `AppError` is returned as it is. */
export function describeDatabaseError(error: unknown, target: ConnectionTarget): AppError {
  if (error instanceof AppError) {
    return error;
  }
  const { code = '', message } = error as { code?: string; message: string };
  const describe = byCode[code] ?? byMessage.find(([pattern]) => pattern.test(message))?.[1];
  const address = `\`${target.host}:${target.port}\``;
  const text = describe?.(address, target) ?? `cannot use PostgreSQL at ${address}: ${firstLine(message || code)}`;
  return new AppError('database_unavailable', text, { cause: error });
}

type Describe = (address: string, target: ConnectionTarget) => string;

const noAnswer: Describe = (address) =>
  `PostgreSQL at ${address} does not answer, expected a server that can be reached`;
const refused: Describe = (address) =>
  `no PostgreSQL at ${address}: connection refused, expected a server that accepts connections`;
const unknownHost: Describe = (_address, { host }) =>
  `the database host \`${host}\` is not known, expected a name or address that resolves`;
const wrongPassword: Describe = (address, { user }) =>
  `PostgreSQL at ${address} refused the user \`${user}\` or its password`;

const byCode: Readonly<Record<string, Describe | undefined>> = {
  ECONNREFUSED: refused,
  ENOENT: refused,
  ENOTFOUND: unknownHost,
  EAI_AGAIN: unknownHost,
  ETIMEDOUT: noAnswer,
  EHOSTUNREACH: noAnswer,
  ENETUNREACH: noAnswer,
  '28P01': wrongPassword,
  '28000': wrongPassword,
  '3D000': (address, { database }) => `PostgreSQL at ${address} has no database \`${database}\`, expected it to exist`,
  '53300': (address) => `PostgreSQL at ${address} has no connection left, expected room for this server's pool`,
};

/** What the driver finds out by itself has no code. */
const byMessage: readonly (readonly [RegExp, Describe])[] = [
  [/timeout/i, noAnswer],
  [
    /password must be a (non-empty )?string/,
    (address) => `PostgreSQL at ${address} asks for a password, expected one in the URL`,
  ],
];

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}
