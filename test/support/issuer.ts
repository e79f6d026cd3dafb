/** A whole issuer on a database of its own, in this process: real HTTP, a clock that the test sets, the example lake. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { type App, createApp } from '../../src/app.ts';
import type { Config } from '../../src/config/schema.ts';
import { generateKeys } from '../../src/keys/generate.ts';
import type { Certificates } from './certificates.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { applyLakeText } from './lake.ts';

/** A clock that stands still until it is moved. */
export interface TestClock {
  now(): number;
  set(instant: string | number): void;
  advance(seconds: number): void;
}

export interface TestIssuer {
  readonly url: string;
  readonly app: App;
  /** All instances; requests go to one after the other. */
  readonly apps: readonly App[];
  /** Where its key files are. */
  readonly directory: string;
  readonly clock: TestClock;
  readonly database: TestDatabase;
  /** Everything that was logged, as parsed JSON lines. */
  readonly logLines: () => readonly Record<string, unknown>[];
  /** Brings the database to a lake file and waits until the issuer has it. */
  apply(lake: string, options?: { prune?: boolean }): Promise<void>;
  close(): Promise<void>;
}

export interface IssuerOptions {
  /** Text of a lake file; the example when absent. */
  readonly lake?: string;
  /** The real clock instead of one that stands still. */
  readonly realTime?: boolean;
  /** Of the issuer URL, with its final slash. */
  readonly path?: string;
  /** With it the issuer speaks HTTPS. */
  readonly certificates?: Certificates;
  readonly config?: Partial<Config>;
  /** Servers on the one database, behind the one address; 1 when absent. */
  readonly instances?: number;
}

export const exampleLake = () => readFile(new URL('../../examples/escape.yaml', import.meta.url), 'utf8');

/** Signing keys are slow to make; one set serves a test file. */
export async function startIssuer(options: IssuerOptions = {}): Promise<TestIssuer> {
  const directory = await mkdtemp(join(tmpdir(), 'sluice-issuer-'));
  const clock = createTestClock(options.realTime ? null : Date.parse('2026-11-22T12:00:00Z'));
  await generateKeys(directory, { clock, development: true });
  const database = await createTestDatabase();
  await applyLakeText(database.db, options.lake ?? (await exampleLake()), { clock });
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(line) });
  const port = await freePort();
  const { certificates } = options;
  const tls = certificates === undefined ? null : { certFile: certificates.cert, keyFile: certificates.key };
  const url = `${tls === null ? 'http' : 'https'}://localhost:${port}/${options.path ?? ''}`;
  const config = { ...testConfig(url, port, directory), tls, ...options.config };
  const apps: App[] = [];
  for (let count = 0; count < (options.instances ?? 1); count += 1) {
    apps.push(await createApp(config, { database: database.connection, clock, log }));
  }
  const [app] = apps as [App];
  const stop = apps.length === 1 ? await app.listen().then(() => async () => undefined) : await balance(apps, port);
  return {
    url,
    app,
    apps,
    directory,
    clock,
    database,
    logLines: () => lines.map((line) => JSON.parse(line)),
    apply: async (lake, applyOptions) => {
      await applyLakeText(database.db, lake, { ...applyOptions, clock });
      await Promise.all(apps.map((one) => one.refresh()));
    },
    close: async () => {
      await stop();
      await Promise.all(apps.map((one) => one.close()));
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

/** What a load balancer does: each request goes to the next instance. */
async function balance(apps: readonly App[], port: number): Promise<() => Promise<void>> {
  let turn = 0;
  const handler: RequestListener = (request, response) => {
    turn = (turn + 1) % apps.length;
    apps[turn]?.handler(request, response);
  };
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}

function createTestClock(start: number | null): TestClock {
  let fixed = start;
  return {
    now: () => fixed ?? Date.now(),
    set: (instant) => {
      fixed = typeof instant === 'number' ? instant : Date.parse(instant);
    },
    advance: (seconds) => {
      fixed = (fixed ?? Date.now()) + seconds * 1000;
    },
  };
}

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net');
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

function testConfig(issuer: string, port: number, directory: string): Config {
  return {
    issuer,
    host: '127.0.0.1',
    port,
    tls: null,
    databaseUrl: null,
    dataDir: directory,
    keysDir: directory,
    keysSecrets: ['a-keys-secret-for-tests-of-some-length'],
    keysRotateDays: 0,
    keysLeadDays: 4,
    keysModule: null,
    lakeFile: '',
    cookieSecrets: ['a-cookie-secret-for-tests-of-some-length'],
    trustedProxies: [],
    clientCertHeader: null,
    clientCaFile: null,
    peopleCaFile: null,
    allowPrivateFetch: [],
    logLevel: 'trace',
    metricsPort: 0,
    issueLogDays: 400,
    upstreamSecrets: {},
    webhooks: [],
    eventDays: 30,
    webhookGiveUpDays: 0,
    smtpUrl: null,
    mailFrom: 'noreply@sluice.example',
    production: false,
  };
}
