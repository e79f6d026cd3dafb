/** Runs a command as the command line does, with its own world. */
import type { Command } from '../../../src/cli/command.ts';

export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface World {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: readonly (Buffer | string)[];
  /** Told what the person at the terminal sees, when they see it. */
  readonly onStderr?: (text: string) => void;
}

export async function runCommand(command: Command, args: readonly string[], world: World = {}): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const status = await command.run(args, {
    stdout: (text) => {
      written.stdout += text;
    },
    stderr: (text) => {
      written.stderr += text;
      world.onStderr?.(text);
    },
    stdin: (async function* () {
      yield* world.stdin ?? [];
    })(),
    env: world.env ?? {},
  });
  return { status, ...written };
}
