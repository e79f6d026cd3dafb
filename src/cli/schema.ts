/** `sluice schema`: the JSON Schema of the lake file, and the reference that is generated from it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lakeJsonSchema } from '../lake/json-schema.ts';
import { lakeReference } from '../lake/reference.ts';
import type { Command } from './command.ts';

export const schemaCommand: Command = {
  name: 'schema',
  summary: 'Print the JSON Schema of the lake file',
  usage: `Usage: sluice schema [--write DIRECTORY]

  --write DIRECTORY   write lake-file.schema.json and lake-file.md there instead of printing
`,
  async run(args, io) {
    const { values } = parseArgs({ args: [...args], options: { write: { type: 'string' } } });
    const text = `${JSON.stringify(lakeJsonSchema(), null, 2)}\n`;
    if (values.write === undefined) {
      io.stdout(text);
      return 0;
    }
    await writeFile(join(values.write, 'lake-file.schema.json'), text);
    await writeFile(join(values.write, 'lake-file.md'), lakeReference());
    return 0;
  },
};
