/** Builds the configuration from environment variables and reports every fault at once; the only reader of settings. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNearest } from '../shared/nearest.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { parseMailFrom, parseSmtpUrl } from './mail.ts';
import {
  isLoopbackHost,
  type Parsed,
  parseDatabaseUrl,
  parseHeaderName,
  parseHost,
  parseHosts,
  parseInteger,
  parseIssuer,
  parseLogLevel,
  parseProxies,
  parseReadableFile,
  parseRotateDays,
  parseSecrets,
} from './parse.ts';
import { type Config, prefix, type SettingName, settings, testPrefix } from './schema.ts';
import { parseUpstreamSecrets } from './upstream-secrets.ts';
import { parseWebhooks } from './webhooks.ts';

/** Environment variables; those without a value count as absent. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where the project lies: defaults are found from any working directory. */
export const projectDirectory = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The file that a first start applies, with its demonstration accounts. */
export const exampleLakeFile = join(projectDirectory, 'examples', 'escape.yaml');

/** The configuration, deeply frozen, or one line per fault. */
export function loadConfig(env: Environment): Result<Config, readonly string[]> {
  const faults = findUnknownNames(env);
  const config = buildConfig(createReader(env, faults), env.NODE_ENV === 'production');
  faults.push(...findConflicts(config));
  return faults.length === 0 ? ok(freeze(config)) : err(faults);
}

/** The value of one setting when it is set and without fault, else the fallback. */
type Reader = <T>(name: SettingName, parse: (text: string) => Parsed<T>, fallback: T) => T;

function buildConfig(read: Reader, production: boolean): Config {
  const path = (text: string) => ok(resolve(text));
  const file = (text: string) => parseReadableFile(resolve(text));
  const port = read('PORT', (text) => parseInteger(text, 1, 65_535), 8080);
  const certFile = read<string | null>('TLS_CERT_FILE', file, null);
  const keyFile = read<string | null>('TLS_KEY_FILE', file, null);
  const tls = certFile === null && keyFile === null ? null : { certFile: certFile ?? '', keyFile: keyFile ?? '' };
  const issuer = read('ISSUER', parseIssuer, `${tls === null ? 'http' : 'https'}://localhost:${port}/`);
  return {
    issuer,
    host: read('HOST', parseHost, 'localhost'),
    port,
    tls,
    databaseUrl: read<string | null>('DATABASE_URL', parseDatabaseUrl, null),
    dataDir: read('DATA_DIR', path, join(projectDirectory, 'var')),
    keysDir: read('KEYS_DIR', path, join(projectDirectory, 'keys')),
    keysSecrets: read('KEYS_SECRET', parseSecrets, []),
    keysRotateDays: read('KEYS_ROTATE_DAYS', parseRotateDays, 180),
    keysLeadDays: read('KEYS_LEAD_DAYS', (text) => parseInteger(text, 1, 30), 4),
    keysModule: read<string | null>('KEYS_MODULE', file, null),
    lakeFile: read('LAKE_FILE', file, exampleLakeFile),
    cookieSecrets: read('COOKIE_SECRETS', parseSecrets, []),
    trustedProxies: read('TRUSTED_PROXIES', parseProxies, []),
    clientCertHeader: read<string | null>('CLIENT_CERT_HEADER', parseHeaderName, null),
    clientCaFile: read<string | null>('CLIENT_CA_FILE', file, null),
    peopleCaFile: read<string | null>('PEOPLE_CA_FILE', file, null),
    allowPrivateFetch: read('ALLOW_PRIVATE_FETCH', parseHosts, []),
    logLevel: read('LOG_LEVEL', parseLogLevel, 'info'),
    metricsPort: read('METRICS_PORT', (text) => parseInteger(text, 0, 65_535), besides(port)),
    issueLogDays: read('ISSUE_LOG_DAYS', (text) => parseInteger(text, 1, 36_500), 400),
    upstreamSecrets: read('UPSTREAM_SECRETS', parseUpstreamSecrets, {}),
    webhooks: read('WEBHOOKS', parseWebhooks, []),
    eventDays: read('EVENT_DAYS', (text) => parseInteger(text, 1, 36_500), 30),
    webhookGiveUpDays: read('WEBHOOK_GIVE_UP_DAYS', (text) => parseInteger(text, 0, 36_500), 0),
    smtpUrl: read<string | null>('SMTP_URL', parseSmtpUrl, null),
    mailFrom: read('MAIL_FROM', parseMailFrom, `noreply@${new URL(issuer).hostname}`),
    production,
  };
}

/** Servers side by side differ in their port, and so in the default port of their metrics. */
function besides(port: number): number {
  return port <= 64_535 ? port + 1000 : port - 1000;
}

function createReader(env: Environment, faults: string[]): Reader {
  return (name, parse, fallback) => {
    const variable = prefix + name;
    const text = findText(env, name, faults);
    if (text === undefined) {
      return fallback;
    }
    const parsed = parse(text);
    if (parsed.ok) {
      return parsed.value;
    }
    faults.push(`\`${variable}\`: ${parsed.error}`);
    return fallback;
  };
}

const isSecret = (name: SettingName) => settings.some((setting) => setting.name === name && setting.secret);

/** The variable itself or, for a secret, the content of the file that `…_FILE` names. */
function findText(env: Environment, name: SettingName, faults: string[]): string | undefined {
  const variable = prefix + name;
  const own = env[variable]?.trim() || undefined;
  const file = isSecret(name) ? env[`${variable}_FILE`]?.trim() || undefined : undefined;
  if (file === undefined) {
    return own;
  }
  if (own !== undefined) {
    faults.push(`\`${variable}\` and \`${variable}_FILE\` are both set, expected one of them`);
    return undefined;
  }
  const readable = parseReadableFile(resolve(file));
  if (!readable.ok) {
    faults.push(`\`${variable}_FILE\`: ${readable.error}`);
    return undefined;
  }
  const text = readFileSync(readable.value, 'utf8').trim();
  if (text === '') {
    faults.push(`\`${variable}_FILE\`: \`${readable.value}\` is empty, expected the secret in it`);
  }
  return text || undefined;
}

function findUnknownNames(env: Environment): string[] {
  const known = settings.flatMap(({ name, secret }) =>
    secret ? [prefix + name, `${prefix + name}_FILE`] : [prefix + name],
  );
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !name.startsWith(testPrefix) && !known.includes(name))
    .toSorted()
    .map((name) => {
      const nearest = findNearest(name, known);
      return `\`${name}\` is not a setting${nearest === undefined ? ', see docs/reference/settings.md' : `, did you mean \`${nearest}\``}`;
    });
}

/** Faults of settings that do not go together, or not with production. */
function findConflicts(config: Config): string[] {
  const faults: string[] = [];
  const { protocol } = new URL(config.issuer);
  if (config.tls !== null) {
    faults.push(...findTlsFaults(config.tls));
  }
  if (config.tls !== null && protocol === 'http:') {
    faults.push(`\`SLUICE_ISSUER\`: \`${config.issuer}\` is not https, expected https with TLS files`);
  }
  if (config.metricsPort === config.port) {
    faults.push(`\`SLUICE_METRICS_PORT\`: \`${config.metricsPort}\` is the server's own port, expected another one`);
  }
  if (config.clientCertHeader !== null && config.trustedProxies.length === 0) {
    faults.push('`SLUICE_CLIENT_CERT_HEADER`: expected `SLUICE_TRUSTED_PROXIES` too, nobody else is believed');
  }
  if (config.clientCaFile !== null && config.clientCertHeader === null) {
    faults.push('`SLUICE_CLIENT_CA_FILE`: expected `SLUICE_CLIENT_CERT_HEADER` too');
  }
  if (config.production && !isProtected(new URL(config.issuer))) {
    faults.push(`\`SLUICE_ISSUER\`: \`${config.issuer}\` is not https, expected https in production`);
  }
  const open = config.webhooks.filter(({ url }) => !isProtected(new URL(url)));
  if (config.production && open.length > 0) {
    const names = open.map(({ name }) => `\`${name}\``).join(', ');
    faults.push(`\`SLUICE_WEBHOOKS\`: the URL of ${names} is not https, expected https in production`);
  }
  if (config.production) {
    faults.push(...findMissingSecrets(config));
  }
  if (config.keysRotateDays !== 0 && config.keysRotateDays <= config.keysLeadDays) {
    faults.push(
      `\`SLUICE_KEYS_ROTATE_DAYS\`: \`${config.keysRotateDays}\` days are not more than \`SLUICE_KEYS_LEAD_DAYS\` (${config.keysLeadDays}), expected more`,
    );
  }
  return faults;
}

function findMissingSecrets({ cookieSecrets, keysSecrets }: Config): string[] {
  const secrets = { SLUICE_COOKIE_SECRETS: cookieSecrets, SLUICE_KEYS_SECRET: keysSecrets };
  return Object.entries(secrets)
    .filter(([, values]) => values.length === 0)
    .map(([name]) => `\`${name}\` is missing, expected at least one secret of 32 characters or more in production`);
}

/** By TLS, or by never leaving the machine. */
function isProtected({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || isLoopbackHost(hostname);
}

function findTlsFaults({ certFile, keyFile }: NonNullable<Config['tls']>): string[] {
  const names = '`SLUICE_TLS_CERT_FILE` and `SLUICE_TLS_KEY_FILE`';
  if (certFile === '' || keyFile === '') {
    return [`${names}: expected both or neither, each a readable file`];
  }
  return isPair(readFileSync(certFile), readFileSync(keyFile))
    ? []
    : [`${names}: \`${certFile}\` and \`${keyFile}\` are not a certificate and its key, expected both as PEM`];
}

function isPair(certificate: Buffer, key: Buffer): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) {
      freeze(part);
    }
  }
  return Object.freeze(value);
}
