/** Sluice as `npm start` runs it: its own process, the embedded PostgreSQL with durable settings, the example lake, the default log. */
import { readFile, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectDirectory } from '../src/config/env.ts';
import { stopPostgres } from '../src/storage/embedded-postgres-process.ts';
import { authorize, callback } from '../test/support/code-flow.ts';
import { findPostgres, freePort } from '../test/support/server-process.ts';
import type { Place } from './place.ts';
import { type ServerChild, startServer } from './server-child.ts';
import { audience, type Subject } from './subject.ts';

export interface Installation {
  readonly issuer: string;
  start(): Promise<ServerChild>;
}

/** `name`: of the data directory; `lakeFile`: what the first start applies, by default the example. */
export async function installSluice(
  place: Place,
  { name = 'var', lakeFile }: { readonly name?: string; readonly lakeFile?: string } = {},
): Promise<Installation & { readonly dataDir: string }> {
  const port = await freePort();
  const dataDir = join(place.directory, name);
  const issuer = `http://localhost:${port}/`;
  const script = await startScript();
  place.atEnd(() => removeData(dataDir));
  return {
    issuer,
    dataDir,
    start: async () => {
      const metricsPort = await freePort();
      place.assertOpen();
      return startServer({
        script,
        environment: {
          SLUICE_DATA_DIR: dataDir,
          SLUICE_KEYS_DIR: join(place.directory, 'keys'),
          SLUICE_PORT: String(port),
          SLUICE_METRICS_PORT: String(metricsPort),
          ...(lakeFile === undefined ? {} : { SLUICE_LAKE_FILE: lakeFile }),
        },
        healthUrl: `http://127.0.0.1:${port}/health`,
        logFile: join(place.directory, `${name}.log`),
        onStarted: place.atEnd,
      });
    },
  };
}

/** What `npm start` runs, so that the measured server is the one that people run. */
async function startScript(): Promise<string> {
  const { scripts } = JSON.parse(await readFile(join(projectDirectory, 'package.json'), 'utf8'));
  return scripts.start;
}

/** A server that was killed leaves its PostgreSQL running, and as root the data may lie behind a link. */
async function removeData(dataDir: string): Promise<void> {
  const postgres = findPostgres(dataDir);
  if (postgres !== undefined) await stopPostgres(postgres);
  const home = join(dataDir, 'postgres');
  const real = await realpath(home);
  if (real !== (await realpath(dataDir).then((base) => join(base, 'postgres')))) {
    await rm(dirname(real), { recursive: true, force: true });
  }
}

export function sluiceSubject(issuer: string, dataDir: string, { pid }: ServerChild): Subject {
  const portal = { id: 'portal', secret: 'portal-demo-secret', redirectUri: 'http://localhost:9000/callback' };
  return {
    name: 'Sluice',
    issuer,
    pid,
    databasePid: findPostgres(dataDir)?.pid ?? null,
    paths: { authorize: '/authorize', token: '/token', discovery: '/.well-known/openid-configuration', jwks: '/jwk' },
    target: { audience },
    machine: { id: 'catalogue', secret: 'catalogue-demo-secret' },
    portal,
    logIn: async (agent, scope) => callback(await authorize({ url: issuer }, agent, { scope, audience })),
  };
}
