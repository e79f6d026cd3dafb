/** `sluice apply`: brings the database to a lake file and prints what changed. */
import { parseArgs } from 'node:util';
import { type ApplyOptions, applyLake } from '../lake/apply.ts';
import { formatChanges } from '../lake/plan/change.ts';
import { AppError } from '../shared/errors.ts';
import { createLakeStore } from '../storage/lake-store.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command, CommandIo } from './command.ts';
import { readLakeText } from './lake-text.ts';
import { requireConfig } from './load-config.ts';

export const applyCommand: Command = {
  name: 'apply',
  summary: 'Bring the database to a lake file',
  usage: `Usage: sluice apply FILE [--dry-run] [--prune] [--reset-secrets]

Validates the whole file first, then writes everything in one transaction, and prints a diff: + made, ~ changed, - taken away.
FILE is YAML or JSON; \`-\` reads the standard input.

  --dry-run         print the same diff, write nothing
  --prune           take away what an earlier apply created and the file no longer names:
                    accounts are suspended, embargoes withdrawn, everything else is deleted
  --reset-secrets   replace stored passwords and client secrets that differ from the file's
`,
  async run(args, io) {
    const { path, options } = readArguments(args);
    const { fileName, text } = await readLakeText(path, io.stdin);
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      await apply(io, () =>
        applyLake(createLakeStore(database.db), text, fileName, { ...options, progress: showProgress(io) }),
      );
    } finally {
      await database.close();
    }
    return 0;
  },
};

function readArguments(args: readonly string[]): { path: string; options: ApplyOptions } {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { 'dry-run': flag, prune: flag, 'reset-secrets': flag },
    allowPositionals: true,
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new AppError('usage', 'expected one lake file');
  const options = { dryRun: values['dry-run'], prune: values.prune, resetSecrets: values['reset-secrets'] };
  return { path, options };
}

async function apply(io: CommandIo, run: () => ReturnType<typeof applyLake>): Promise<void> {
  const { changes, notices, warnings } = await run();
  io.stdout(formatChanges(changes));
  for (const notice of notices) io.stdout(`! ${notice}\n`);
  for (const warning of warnings) io.stderr(`warning: ${warning}\n`);
  const count = (sign: string) => changes.filter((change) => change.sign === sign).length;
  io.stderr(
    changes.length === 0 ? 'no change\n' : `${count('+')} made, ${count('~')} changed, ${count('-')} taken away\n`,
  );
}

/** A line for each hundred passwords; a handful is done before anyone wonders. */
function showProgress(io: CommandIo): (done: number, total: number) => void {
  return (done, total) => {
    if (total >= 100 && (done % 100 === 0 || done === total)) io.stderr(`passwords: ${done} of ${total}\n`);
  };
}
