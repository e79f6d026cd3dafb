/** `sluice import`: takes over accounts, groups, clients and rules of another identity provider. */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline, Readable } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { type ImportedLake, importIndigo } from '../imports/indigo/indigo.ts';
import { wantedTables } from '../imports/indigo/tables.ts';
import type { ImportNote } from '../imports/note.ts';
import { readDump } from '../imports/sql-dump.ts';
import { type ApplyOutcome, applyLake } from '../lake/apply.ts';
import { AppError } from '../shared/errors.ts';
import { createWriteConfirmation } from '../storage/confirm-everywhere.ts';
import { createLakeStore } from '../storage/lake-store.ts';
import { openDatabaseForCommand } from '../storage/runtime-database.ts';
import type { Command, CommandIo } from './command.ts';
import { requireConfig } from './load-config.ts';

export const importCommand: Command = {
  name: 'import',
  summary: 'Take over what another identity provider has',
  usage: `Usage: sluice import indigo DUMP [--apply] [--lake FILE] [--reason TEXT]

Reads a dump of INDIGO IAM 1.8 or later, made with mysqldump or mariadb-dump (\`.gz\` as well; \`-\` reads the standard input):
accounts with their password hashes, labels, identities, certificates and keys, groups and memberships, clients with their secrets,
scope policies. Tells everything that does not come over as it was; of each scope policy that means something else, a request that
is answered otherwise from then on. Without --apply nothing is written.

  --apply        write it, in one transaction
  --lake FILE    also write what was read as a lake file, to look at or to keep; it holds secrets
  --reason TEXT  kept in the histories; default: import DUMP

What exists here already under the same id becomes as in the dump; passwords and secrets that are stored here stay.
What is imported is never taken away by \`apply --prune\`.
`,
  async run(args, io) {
    const { dump, values } = readArguments(args);
    const imported = await readImport(dump, io);
    const text = JSON.stringify(imported.lake);
    if (values.lake !== undefined)
      await writeFile(values.lake, `${JSON.stringify(imported.lake, null, 1)}\n`, { mode: 0o600 });
    const database = await openDatabaseForCommand(requireConfig(io.env), (line) => io.stderr(`${line}\n`));
    try {
      const reason = values.reason ?? `import ${dump}`;
      const options = { dryRun: !values.apply, declare: false, reason };
      const outcome = await applyLake(createLakeStore(database.db), text, `import of ${dump}`, options);
      report(io, imported, outcome, values.apply);
      if (outcome.policyVersion !== null)
        await createWriteConfirmation(database).confirmEverywhere(outcome.policyVersion);
    } finally {
      await database.close();
    }
    return 0;
  },
};

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { apply: { type: 'boolean', default: false }, lake: { type: 'string' }, reason: { type: 'string' } },
    allowPositionals: true,
  });
  const [provider, dump, ...more] = positionals;
  if (provider !== 'indigo') throw new AppError('usage', 'expected `indigo` and a dump');
  if (dump === undefined || more.length > 0) throw new AppError('usage', 'expected one dump');
  return { dump, values };
}

/** Throws `lake_invalid` for what is no dump of INDIGO IAM. */
async function readImport(dump: string, io: CommandIo): Promise<ImportedLake> {
  const tables = await readDump(linesOf(dump, io), wantedTables);
  if (!tables.ok) throw new AppError('lake_invalid', `${dump}:${tables.error.line}: ${tables.error.message}`);
  const imported = importIndigo(tables.value);
  if (!imported.ok) throw new AppError('lake_invalid', `${dump}: ${imported.error}`);
  return imported.value;
}

function linesOf(dump: string, io: CommandIo): AsyncIterable<string> {
  const input = dump === '-' ? Readable.from(io.stdin) : createReadStream(dump);
  const lines = dump.endsWith('.gz') ? pipeline(input, createGunzip(), () => {}) : input;
  return readable(createInterface({ input: lines as Readable, crlfDelay: Number.POSITIVE_INFINITY }), dump);
}

/** What cannot be read is told as one line, and not as a fault of the program. */
async function* readable(lines: AsyncIterable<string>, dump: string): AsyncIterable<string> {
  try {
    yield* lines;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new AppError('lake_invalid', `the dump \`${dump}\` cannot be read (${code ?? 'unknown'})`, { cause });
  }
}

function report(io: CommandIo, { counts, notes }: ImportedLake, outcome: ApplyOutcome, applied: boolean): void {
  for (const note of notes) io.stdout(`${describe(note)}\n`);
  const read = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  io.stdout(`read: ${read.join(', ')}\n`);
  const sign = (wanted: string) => outcome.changes.filter((change) => change.sign === wanted).length;
  const done = applied ? 'written' : 'would be written';
  io.stdout(`${done}: ${sign('+')} new, ${sign('~')} changed\n`);
  for (const told of [...outcome.notices, ...outcome.warnings]) io.stdout(`! ${told}\n`);
  if (!applied) io.stdout('nothing was written; --apply writes it\n');
}

/** Such as `~ scope policy 7: why; test: storage.read:/a-other was issued, will be refused`. */
function describe({ object, outcome, why, example }: ImportNote): string {
  const sign = outcome === 'changed' ? '~' : '-';
  const shown = example && `; ${example.user}, ${example.scope}: was ${example.before}, will be ${example.now}`;
  return `${sign} ${object}: ${why}${shown ?? ''}`;
}
