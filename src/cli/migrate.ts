/** `sluice migrate`: brings the database to the present schema; the server does the same at its start. */
import { parseArgs } from 'node:util';
import { findSchemaVersion, migrateToLatest } from '../storage/migrate.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command } from './command.ts';
import { requireConfig } from './load-config.ts';

/** No arguments. */
export const migrateCommand: Command = {
  name: 'migrate',
  summary: 'Bring the database to the present schema',
  usage:
    'Usage: sluice migrate\n\nRuns the migrations that are missing and prints the last one. The server does the same at its start.\n',
  async run(args, io) {
    parseArgs({ args: [...args], options: {} });
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      await migrateToLatest(database.db);
      io.stdout(`the schema is at ${await findSchemaVersion(database.db)}\n`);
    } finally {
      await database.close();
    }
    return 0;
  },
};
