/** Runs a command of the command line in this process, on a test's database. */
import type { Command } from '../../src/cli/command.ts';

export interface CommandAnswer {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `url` is the database's. */
export async function runCommand(
  url: string,
  command: Command,
  args: readonly string[],
  input = '',
): Promise<CommandAnswer> {
  const said = { status: 0, stdout: '', stderr: '' };
  said.status = await command.run(args, {
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
    stdin: (async function* () {
      yield Buffer.from(input);
    })(),
    env: { SLUICE_DATABASE_URL: url },
  });
  return said;
}
