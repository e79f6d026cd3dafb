/** Hashes of passwords on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { PasswordStore } from '../accounts/login.ts';
import type { Clock } from '../shared/clock.ts';
import type { DB } from './schema.ts';

/** An import and the last upgrade of one are seen after so long. */
const remembered = 300_000;

export function createPasswordStore(db: Kysely<DB>, clock: Clock): PasswordStore {
  let known: { readonly cost: number | null; readonly until: number } = { cost: null, until: 0 };
  return {
    replaceHash: async (accountId, before, hash) => {
      await db
        .updateTable('accounts')
        .set({ password_hash: hash })
        .where('id', '=', accountId)
        .where('password_hash', '=', before)
        .execute();
    },
    bcryptCost: async () => {
      if (known.until > clock.now()) return known.cost;
      const { rows } = await sql<{ cost: number | null }>`
        SELECT max(substr(password_hash, 5, 2)::integer) AS cost FROM accounts WHERE password_hash LIKE '$2%'`.execute(
        db,
      );
      known = { cost: rows[0]?.cost ?? null, until: clock.now() + remembered };
      return known.cost;
    },
  };
}
