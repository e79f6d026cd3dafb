/** An empty database gets the lake file at the first start, as `sluice apply` would do it. */
import { Readable } from 'node:stream';
import { applyCommand } from '../cli/apply.ts';
import type { CommandIo } from '../cli/command.ts';
import { AppError } from '../shared/errors.ts';
import type { Database, DatabaseConnection } from '../storage/database.ts';

/** True when nothing was declared or registered yet. */
export async function isEmpty(db: Database): Promise<boolean> {
  const counts = await Promise.all(
    (['accounts', 'clients', 'groups'] as const).map((table) => db.selectFrom(table).selectAll().limit(1).execute()),
  );
  return counts.every((rows) => rows.length === 0);
}

/** Throws `lake_invalid` with the faults of the file. */
export async function applyFirstLake(database: DatabaseConnection, path: string): Promise<void> {
  const said: string[] = [];
  const io: CommandIo = {
    stdout: () => {},
    stderr: (text) => said.push(text),
    stdin: Readable.from([]),
    env: { SLUICE_DATABASE_URL: database.url },
  };
  if ((await applyCommand.run([path], io)) !== 0) {
    throw new AppError('lake_invalid', said.join('').trimEnd());
  }
}
