/** Reads the text of one setting: the value, or what was expected instead. */
import { accessSync, constants, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { err, ok, type Result } from '../shared/result.ts';
import { type LogLevel, logLevels } from './schema.ts';

/** The error is the part of a fault after the setting's name. */
export type Parsed<T> = Result<T, string>;

/** How long a signing key signs: within wlcg-tokens.md section 6 (2 days to 12 months), or 0 for no schedule. */
export function parseRotateDays(text: string): Parsed<number> {
  const days = parseInteger(text, 2, 366);
  return days.ok || text === '0' ? (text === '0' ? ok(0) : days) : err(`${days.error}, or 0`);
}

/** A whole number in decimal digits. */
export function parseInteger(text: string, least: number, most: number): Parsed<number> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most
    ? ok(value)
    : err(`\`${text}\` is not accepted, expected a whole number from ${least} to ${most}`);
}

/** An issuer in the one form that will be compared character by character by verifiers. */
export function parseIssuer(text: string): Parsed<string> {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return err(`\`${text}\` is not a URL, expected \`https://host/\``);
  }
  if (url.username !== '' || url.password !== '' || text.includes('?') || text.includes('#')) {
    return err('has credentials, a query or a fragment, expected only scheme, host, port and path');
  }
  if (!text.endsWith('/')) {
    return err(`\`${text}\` does not end with \`/\`, expected \`${url.href.replace(/\/*$/, '/')}\``);
  }
  return text === url.href ? ok(text) : err(`\`${text}\` is not in normal form, expected \`${url.href}\``);
}

/** True for the names and addresses that never leave the machine. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** A host to listen on. */
export function parseHost(text: string): Parsed<string> {
  const host = text.replace(/^\[(.*)\]$/, '$1');
  return isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host)
    ? ok(host)
    : err(`\`${text}\` is not a host, expected a name or an address without a port`);
}

/** The value is never repeated: it may hold a password. */
export function parseDatabaseUrl(text: string): Parsed<string> {
  return /^postgres(ql)?:\/\/./.test(text)
    ? ok(text)
    : err('is not a database URL, expected `postgresql://user:password@host:port/database`');
}

/** Secrets separated by commas or spaces. The values are never repeated. */
export function parseSecrets(text: string): Parsed<readonly string[]> {
  const secrets = splitList(text);
  const short = secrets.findIndex((secret) => secret.length < 32);
  return short === -1 ? ok(secrets) : err(`secret ${short + 1} is too short, expected 32 characters or more`);
}

/** Addresses and CIDR blocks separated by commas or spaces. */
const hostName = /^(?=.{1,253}$)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i;

/** Names of hosts, addresses, and blocks of addresses. */
export function parseHosts(text: string): Parsed<readonly string[]> {
  const entries = splitList(text);
  // Digits and dots that are no address are a slip, and no name.
  const wrong = entries.find((entry) => !isAddressBlock(entry) && (!hostName.test(entry) || /^[\d.]+$/.test(entry)));
  return wrong === undefined
    ? ok(entries)
    : err(`\`${wrong}\` is not accepted, expected a host name, an address or a block such as \`10.0.0.0/8\``);
}

export function parseProxies(text: string): Parsed<readonly string[]> {
  const entries = splitList(text);
  const wrong = entries.find((entry) => !isAddressBlock(entry));
  return wrong === undefined
    ? ok(entries)
    : err(`\`${wrong}\` is not accepted, expected an address or a block such as \`10.0.0.0/8\``);
}

function isAddressBlock(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
  return version !== 0 && isLength && rest.length === 0;
}

function splitList(text: string): readonly string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** A level of the logger. */
export function parseLogLevel(text: string): Parsed<LogLevel> {
  const level = logLevels.find((name) => name === text);
  return level === undefined ? err(`\`${text}\` is not a level, expected one of ${logLevels.join(', ')}`) : ok(level);
}

/** RFC 9110 section 5.1; headers with a meaning of their own are not for certificates. */
export function parseHeaderName(text: string): Parsed<string> {
  const taken = ['authorization', 'cookie', 'host', 'origin', 'x-forwarded-for', 'dpop', 'content-length'];
  if (/^[\w!#$%&'*+.^`|~-]+$/.test(text) && !taken.includes(text.toLowerCase())) return ok(text);
  return err(`\`${text}\` is not accepted, expected the name of a header such as \`X-SSL-Client-Cert\``);
}

/** An existing file that this process may read. */
export function parseReadableFile(path: string): Parsed<string> {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isFile() ? ok(path) : err(`\`${path}\` is not a file`);
  } catch {
    return err(`\`${path}\` cannot be read, expected a readable file`);
  }
}
