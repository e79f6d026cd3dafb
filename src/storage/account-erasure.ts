/** Erases an account (GDPR article 17): what hangs on it goes with it, and logs and histories keep its id alone. */
import type { Kysely } from 'kysely';
import type { AccountDetails } from '../accounts/administration.ts';
import type { DB } from './schema.ts';

export async function eraseAccount(trx: Kysely<DB>, { id }: AccountDetails): Promise<void> {
  await trx.deleteFrom('accounts').where('id', '=', id).execute();
}
