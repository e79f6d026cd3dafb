/** Reads who may register clients dynamically, for commands that only tell of it. */
import type { Kysely } from 'kysely';
import type { LakeRegistration } from '../lake/schema.ts';
import type { DB } from './schema.ts';

/** As the lake file said it; null: it said nothing. */
export async function loadRegistrationSetting(db: Kysely<DB>): Promise<LakeRegistration | null> {
  const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'registration').executeTakeFirst();
  return (row?.value ?? null) as LakeRegistration | null;
}
