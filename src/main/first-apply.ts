/** An empty database gets the lake file at the first start, as `sluice apply` would do it. */
import { readFile } from 'node:fs/promises';
import { applyLake } from '../lake/apply.ts';
import { refuseTooLarge } from '../lake/text-size.ts';
import { AppError } from '../shared/errors.ts';
import type { Database } from '../storage/database.ts';
import { createLakeStore } from '../storage/lake-store.ts';

/** True when nothing was declared or registered yet. */
export async function isEmpty(db: Database): Promise<boolean> {
  const counts = await Promise.all(
    (['accounts', 'clients', 'groups'] as const).map((table) => db.selectFrom(table).selectAll().limit(1).execute()),
  );
  return counts.every((rows) => rows.length === 0);
}

/** Returns what the file's author should know; throws `lake_invalid` with the faults of the file. */
export async function applyFirstLake(db: Database, path: string): Promise<readonly string[]> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AppError('lake_invalid', `the lake file \`${path}\` cannot be read (${cause.code})`, { cause });
  });
  refuseTooLarge(path, bytes.length);
  const text = bytes.toString('utf8');
  const { warnings } = await applyLake(createLakeStore(db), text, path);
  return warnings;
}
