/** `sluice export`: the present state of the database as a lake file. */
import { parseArgs } from 'node:util';
import { exportLake } from '../lake/export.ts';
import { writeYaml } from '../lake/yaml-text.ts';
import { AppError } from '../shared/errors.ts';
import { createLakeStore } from '../storage/lake-store.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command } from './command.ts';
import { requireConfig } from './load-config.ts';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Print the present state as a lake file',
  usage: `Usage: sluice export [--format yaml|json]

Hashes stand instead of secrets. Applying the file again changes nothing.
`,
  async run(args, io) {
    const { values } = parseArgs({ args: [...args], options: { format: { type: 'string', default: 'yaml' } } });
    if (!['yaml', 'json'].includes(values.format)) {
      throw new AppError('usage', `format \`${values.format}\` not known, expected \`yaml\` or \`json\``);
    }
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      const file = exportLake(await createLakeStore(database.db).read());
      io.stdout(values.format === 'json' ? `${JSON.stringify(file, null, 2)}\n` : writeYaml(file));
    } finally {
      await database.close();
    }
    return 0;
  },
};
