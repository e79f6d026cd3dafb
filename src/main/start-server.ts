/** The start of a server, step by step: keys, database, lake file, issuer, socket. */
import type { Logger } from 'pino';
import { createApp } from '../app.ts';
import { exampleLakeFile } from '../config/env.ts';
import type { Config } from '../config/schema.ts';
import { systemClock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { DatabaseConnection } from '../storage/database.ts';
import { openDatabaseForServer } from '../storage/runtime-database.ts';
import { renderBanner } from './banner.ts';
import type { Closers } from './closers.ts';
import {
  type Demonstration,
  readDemonstration,
  refuseDemonstrationFile,
  refuseDemonstrationSecrets,
} from './demonstration.ts';
import { withDevelopmentSecrets } from './development-secrets.ts';
import { applyFirstLake, isEmpty } from './first-apply.ts';

export interface StartDeps {
  readonly log: Logger;
  /** Text for people. */
  readonly print: (text: string) => void;
  /** Gets everything that has to be closed at the end. */
  readonly closers: Closers;
  /** Aborted when the process was asked to stop: the start ends at the next step. */
  readonly stopping: AbortSignal;
  /** Called when the server cannot go on. */
  readonly onFatal: (error: Error) => void;
}

/** Resolves when the server answers. Throws `AppError` for everything that an operator can mend. */
export async function startServer(given: Config, deps: StartDeps): Promise<void> {
  const { closers, log, stopping } = deps;
  const config = await withDevelopmentSecrets(given);
  stopping.throwIfAborted();

  const database = await openDatabaseForServer(config, {
    notice: (line) => deps.print(`${line}\n`),
    onLost: deps.onFatal,
    // An embedded PostgreSQL that is being stopped breaks what is left of the pool.
    onFault: (err) => stopping.aborted || log.warn({ err }, 'a database connection broke'),
  });
  closers.add(database.close);
  stopping.throwIfAborted();

  const example = await readDemonstration();
  await prepareLake(config, database, example, log);
  stopping.throwIfAborted();

  const app = await createApp(config, { database, clock: systemClock, log });
  closers.add(app.close);
  const { port, metricsPort } = await app.listen().catch((error: unknown) => {
    throw describeListenError(error, config);
  });
  log.info({ issuer: config.issuer, host: config.host, port, metricsPort }, 'listening');
  if (!config.production) {
    deps.print(renderBanner(config, config.lakeFile === exampleLakeFile ? example : null));
  }
}

async function prepareLake(
  config: Config,
  database: DatabaseConnection,
  example: Demonstration,
  log: Logger,
): Promise<void> {
  if (await isEmpty(database.db)) {
    if (config.production) {
      await refuseDemonstrationFile(config.lakeFile, example);
    }
    const warnings = await applyFirstLake(database.db, config.lakeFile);
    for (const warning of warnings) {
      log.warn({ lakeFile: config.lakeFile, warning }, 'the lake file');
    }
    log.info({ lakeFile: config.lakeFile }, 'applied the lake file to an empty database');
  }
  if (config.production) {
    await refuseDemonstrationSecrets(database.db, example);
  }
}

function describeListenError(error: unknown, { host, port, metricsPort }: Config): unknown {
  const { code, port: failed = port } = error as { code?: string; port?: number };
  const setting = failed === metricsPort ? 'SLUICE_METRICS_PORT' : 'SLUICE_PORT';
  switch (code) {
    case 'EADDRINUSE':
      return new AppError(
        'listen_failed',
        `port ${failed} of \`${host}\` is in use, expected a free one (\`${setting}\`)`,
        { cause: error },
      );
    case 'EACCES':
      return new AppError(
        'listen_failed',
        `port ${failed} needs rights that this process lacks, expected one above 1023 (\`${setting}\`)`,
        { cause: error },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new AppError(
        'listen_failed',
        `this machine has no address \`${host}\`, expected one to listen on (\`SLUICE_HOST\`)`,
        { cause: error },
      );
    default:
      return error;
  }
}
