/** Settings come from the environment, all faults at once (issue: start, stop, configure). */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../../src/config/env.ts';
import { renderConfig } from '../../../src/config/reference.ts';
import type { Config } from '../../../src/config/schema.ts';
import { type Certificates, createCertificates } from '../../support/certificates.ts';

let directory: string;
let certificates: Certificates;
let otherKey: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'config-'));
  certificates = await createCertificates(directory);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  otherKey = file('other.key', String(privateKey.export({ format: 'pem', type: 'pkcs8' })));
});
afterAll(() => rmSync(directory, { recursive: true }));

const file = (name: string, text: string) => {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
};

function load(env: Record<string, string>): Config {
  const result = loadConfig(env);
  if (!result.ok) {
    throw new Error(result.error.join('\n'));
  }
  return result.value;
}

function faults(env: Record<string, string>): readonly string[] {
  const result = loadConfig(env);
  return result.ok ? [] : result.error;
}

const secret = 'x'.repeat(32);
const tls = () => ({ SLUICE_TLS_CERT_FILE: certificates.cert, SLUICE_TLS_KEY_FILE: certificates.key });

test('an empty environment gives a server on both loopback addresses with its own database', () => {
  expect(load({})).toMatchObject({
    issuer: 'http://localhost:8080/',
    host: 'localhost',
    port: 8080,
    tls: null,
    databaseUrl: null,
    cookieSecrets: [],
    metricsPort: 9080,
    issueLogDays: 400,
    logLevel: 'info',
    production: false,
  });
});

test('the default issuer and metrics port follow the port and TLS', () => {
  expect(load({ SLUICE_PORT: '9000', ...tls() })).toMatchObject({
    issuer: 'https://localhost:9000/',
    metricsPort: 10_000,
  });
});

test('all faults are reported together', () => {
  const found = faults({
    SLUICE_PORT: 'abc',
    SLUICE_ISSUER: 'https://issuer.example',
    SLUICE_LOG_LEVEL: 'loud',
    SLUICE_ISUER: 'x',
    SLUICE_TLS_CERT_FILE: '/nowhere/cert.pem',
    SLUICE_COOKIE_SECRETS: 'short',
    SLUICE_TRUSTED_PROXIES: '10.0.0.0/8, 10.0.0.0/33',
  });
  expect(found).toEqual([
    '`SLUICE_ISUER` is not a setting, did you mean `SLUICE_ISSUER`',
    '`SLUICE_PORT`: `abc` is not accepted, expected a whole number from 1 to 65535',
    '`SLUICE_TLS_CERT_FILE`: `/nowhere/cert.pem` cannot be read, expected a readable file',
    '`SLUICE_ISSUER`: `https://issuer.example` does not end with `/`, expected `https://issuer.example/`',
    '`SLUICE_COOKIE_SECRETS`: secret 1 is too short, expected 32 characters or more',
    '`SLUICE_TRUSTED_PROXIES`: `10.0.0.0/33` is not accepted, expected an address or a block such as `10.0.0.0/8`',
    '`SLUICE_LOG_LEVEL`: `loud` is not a level, expected one of trace, debug, info, warn, error, fatal, silent',
  ]);
});

test.each([
  ['http://host/?q=/', 'has credentials, a query or a fragment'],
  ['https://user:pw@host/', 'has credentials, a query or a fragment'],
  ['HTTPS://Host/', 'is not in normal form, expected `https://host/`'],
  ['https://host:443/', 'is not in normal form, expected `https://host/`'],
  ['ftp://host/', 'is not a URL'],
  ['host', 'is not a URL'],
])('the issuer `%s` is refused, for verifiers compare it character by character', (issuer, reason) => {
  expect(faults({ SLUICE_ISSUER: issuer })).toEqual([expect.stringContaining(reason)]);
});

test('one TLS file without the other is a fault', () => {
  expect(faults({ SLUICE_TLS_CERT_FILE: tls().SLUICE_TLS_CERT_FILE })).toEqual([
    expect.stringContaining('expected both or neither'),
  ]);
});

test.each([
  ['no PEM', () => ({ ...tls(), SLUICE_TLS_CERT_FILE: file('none.pem', 'c') })],
  ['the key of another certificate', () => ({ ...tls(), SLUICE_TLS_KEY_FILE: otherKey })],
  ['exchanged', () => ({ SLUICE_TLS_CERT_FILE: certificates.key, SLUICE_TLS_KEY_FILE: certificates.cert })],
])('TLS files that are %s are a fault of the settings', (_, settings) => {
  expect(faults(settings())).toEqual([expect.stringContaining('are not a certificate and its key')]);
});

test('an http issuer with TLS files is a fault', () => {
  expect(faults({ ...tls(), SLUICE_ISSUER: 'http://localhost:8080/' })).toEqual([
    expect.stringContaining('is not https'),
  ]);
});

test('production refuses an http issuer that is not loopback and missing secrets', () => {
  expect(faults({ NODE_ENV: 'production', SLUICE_ISSUER: 'http://issuer.example/' })).toEqual([
    '`SLUICE_ISSUER`: `http://issuer.example/` is not https, expected https in production',
    '`SLUICE_COOKIE_SECRETS` is missing, expected at least one secret of 32 characters or more in production',
    '`SLUICE_KEYS_SECRET` is missing, expected at least one secret of 32 characters or more in production',
  ]);
  expect(
    faults({
      NODE_ENV: 'production',
      SLUICE_ISSUER: 'http://127.0.0.1:8080/',
      SLUICE_COOKIE_SECRETS: secret,
      SLUICE_KEYS_SECRET: secret,
    }),
  ).toEqual([]);
});

test('a key signs for longer than its successor is published beforehand, and within 2 days and 12 months (wlcg-tokens section 6)', () => {
  expect(faults({ SLUICE_KEYS_ROTATE_DAYS: '4' })).toEqual([
    '`SLUICE_KEYS_ROTATE_DAYS`: `4` days are not more than `SLUICE_KEYS_LEAD_DAYS` (4), expected more',
  ]);
  for (const days of ['1', '367', 'x']) {
    expect(faults({ SLUICE_KEYS_ROTATE_DAYS: days })).toEqual([
      `\`SLUICE_KEYS_ROTATE_DAYS\`: \`${days}\` is not accepted, expected a whole number from 2 to 366, or 0`,
    ]);
  }
  expect(load({ SLUICE_KEYS_ROTATE_DAYS: '0' }).keysRotateDays).toBe(0);
  expect(load({}).keysRotateDays).toBe(180);
});

test('a secret comes from the file that its `_FILE` variable names', () => {
  const config = load({ SLUICE_COOKIE_SECRETS_FILE: file('secrets', `${secret}1,${secret}2\n`) });
  expect(config.cookieSecrets).toEqual([`${secret}1`, `${secret}2`]);
});

test('a secret that is given twice, or by an empty or absent file, is a fault that does not repeat it', () => {
  const both = faults({
    SLUICE_DATABASE_URL: 'postgresql://u:hunter2@h/d',
    SLUICE_DATABASE_URL_FILE: file('url', 'x'),
  });
  expect(both).toEqual(['`SLUICE_DATABASE_URL` and `SLUICE_DATABASE_URL_FILE` are both set, expected one of them']);
  expect(faults({ SLUICE_COOKIE_SECRETS_FILE: file('empty', '\n') })).toEqual([expect.stringContaining('is empty')]);
  expect(faults({ SLUICE_COOKIE_SECRETS_FILE: '/nowhere' })).toEqual([expect.stringContaining('cannot be read')]);
  expect(faults({ SLUICE_DATABASE_URL: 'mysql://u:hunter2@h/d' }).join()).not.toContain('hunter2');
});

test('a file variable of a setting that is no secret is unknown', () => {
  expect(faults({ SLUICE_PORT_FILE: '/x' })).toEqual([expect.stringContaining('`SLUICE_PORT_FILE` is not a setting')]);
});

test('an empty variable counts as absent and variables of tests are left alone', () => {
  expect(load({ SLUICE_PORT: '', SLUICE_TEST_ANYTHING: '1' }).port).toBe(8080);
});

test('the metrics port is another one than the server’s', () => {
  expect(faults({ SLUICE_PORT: '9000', SLUICE_METRICS_PORT: '9000' })).toEqual([
    expect.stringContaining("is the server's own port"),
  ]);
  expect(load({ SLUICE_METRICS_PORT: '0' }).metricsPort).toBe(0);
});

test('a configuration cannot be changed, at any depth', () => {
  const config = load({ SLUICE_COOKIE_SECRETS: secret, ...tls() });
  expect(Object.isFrozen(config) && Object.isFrozen(config.cookieSecrets) && Object.isFrozen(config.tls)).toBe(true);
});

test('a printed configuration holds no secret', () => {
  const text = renderConfig(
    load({ SLUICE_COOKIE_SECRETS: secret, SLUICE_DATABASE_URL: 'postgresql://sl:hunter2@db:5432/x?password=hunter3' }),
  );
  expect(text).toContain('SLUICE_DATABASE_URL=postgresql://sl:********@db:5432/x\n');
  expect(text).toContain('SLUICE_PORT=8080\n');
  expect(text).not.toMatch(/hunter|xxxx/);
});
