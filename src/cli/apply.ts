/** `sluice apply`: brings the database to a lake file and prints what changed. */
import { parseArgs } from 'node:util';
import { type ApplyOptions, type ApplyOutcome, applyLake } from '../lake/apply.ts';
import { formatChanges } from '../lake/plan/change.ts';
import type { WriteConfirmation } from '../lake/snapshot.ts';
import { settleTokensOut } from '../lake/tokens-out.ts';
import { AppError } from '../shared/errors.ts';
import { createWriteConfirmation } from '../storage/confirm-everywhere.ts';
import { createLakeStore } from '../storage/lake-store.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command, CommandIo } from './command.ts';
import { readLakeText } from './lake-text.ts';
import { requireConfig } from './load-config.ts';

export const applyCommand: Command = {
  name: 'apply',
  summary: 'Bring the database to a lake file',
  usage: `Usage: sluice apply FILE [--dry-run] [--prune] [--reset-secrets] [--reason TEXT]

Validates the whole file first, then writes everything in one transaction, and prints a diff: + made, ~ changed, - taken away.
Ends when every live server decides by the new version (after a second at most), and tells the version.
FILE is YAML or JSON; \`-\` reads the standard input.

  --dry-run         print the same diff, write nothing
  --prune           take away what an earlier apply created and the file no longer names:
                    accounts are suspended, embargoes withdrawn, everything else is deleted
  --reset-secrets   replace stored passwords and client secrets that differ from the file's
  --reason TEXT     kept in the histories of grants and embargoes; default: apply FILE
`,
  async run(args, io) {
    const { path, options } = readArguments(args);
    const { fileName, text } = await readLakeText(path, io.stdin);
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      const store = createLakeStore(database.db);
      const outcome = await applyLake(store, text, fileName, { ...options, progress: showProgress(io) });
      report(io, outcome);
      if (outcome.policyVersion !== null) {
        await confirm(io, createWriteConfirmation(database), outcome.policyVersion);
        for (const line of await settleTokensOut(store, outcome, Date.now())) io.stdout(`! ${line}\n`);
      }
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
    options: { 'dry-run': flag, prune: flag, 'reset-secrets': flag, reason: { type: 'string' } },
    allowPositionals: true,
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new AppError('usage', 'expected one lake file');
  const options = {
    dryRun: values['dry-run'],
    prune: values.prune,
    resetSecrets: values['reset-secrets'],
    reason: values.reason,
  };
  return { path, options };
}

function report(io: CommandIo, { changes, notices, warnings }: ApplyOutcome): void {
  io.stdout(formatChanges(changes));
  for (const notice of notices) io.stdout(`! ${notice}\n`);
  for (const warning of warnings) io.stderr(`warning: ${warning}\n`);
  const count = (sign: string) => changes.filter((change) => change.sign === sign).length;
  io.stderr(
    changes.length === 0 ? 'no change\n' : `${count('+')} made, ${count('~')} changed, ${count('-')} taken away\n`,
  );
}

/** Ends when no server decides by what was before. */
async function confirm(io: CommandIo, confirmation: WriteConfirmation, version: number): Promise<void> {
  const everywhere = await confirmation.confirmEverywhere(version);
  io.stderr(
    everywhere
      ? `in force from policy version ${version}\n`
      : `in force from policy version ${version}; a server has not confirmed it and will ask before it issues\n`,
  );
}

/** A line for each hundred passwords; a handful is done before anyone wonders. */
function showProgress(io: CommandIo): (done: number, total: number) => void {
  return (done, total) => {
    if (total >= 100 && (done % 100 === 0 || done === total)) io.stderr(`passwords: ${done} of ${total}\n`);
  };
}
