/** Brings a test's database to a lake file, through the use case of `sluice apply`. */
import { type ApplyOptions, applyLake } from '../../src/lake/apply.ts';
import type { Database } from '../../src/storage/database.ts';
import { createLakeStore } from '../../src/storage/lake-store.ts';

export async function applyLakeText(db: Database, text: string, options: ApplyOptions = {}): Promise<void> {
  await applyLake(createLakeStore(db), text, 'test.yaml', options);
}
