/** What every subcommand of `sluice` is: a name, help and a function from arguments to an exit status. */

/** The outside world as a command sees it; tests hand in their own. */
export interface CommandIo {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Shown by `--help`. */
  readonly usage: string;
  /** Exit status: 0 success, 1 refused or failed, 2 wrong usage. */
  readonly run: (args: readonly string[], io: CommandIo) => Promise<number>;
}
