/** What `sluice config SERVICE --client ID` prints for this lake and issuer: the parties run with it as it is. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configCommand } from '../../src/cli/config.ts';
import { runCommand } from '../support/command.ts';

export interface Printed {
  readonly directory: string;
  readonly issuer: string;
  readonly lake: string;
}

/** One file of the configuration; `here` replaces secrets and places of the text by those of this run. */
export async function printConfiguration(
  { directory, issuer, lake }: Printed,
  args: readonly string[],
  here: Readonly<Record<string, string>> = {},
): Promise<string> {
  const file = join(directory, 'lake-of-the-configuration.yaml');
  await writeFile(file, lake);
  const answer = await runCommand('', configCommand, [...args, '--lake', file, '--issuer', issuer]);
  if (answer.status !== 0 || answer.stderr !== '') {
    throw new Error(`expected a configuration without warnings for ${args.join(' ')}, got ${answer.stderr}`);
  }
  const missing = Object.keys(here).filter((theirs) => !answer.stdout.includes(theirs));
  if (missing.length > 0) {
    throw new Error(`expected ${missing.join(', ')} in the configuration of ${args.join(' ')}`);
  }
  return Object.entries(here).reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), answer.stdout);
}
