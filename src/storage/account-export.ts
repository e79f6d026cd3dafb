/** Everything that is kept of an account, for its owner (GDPR articles 15 and 20): no secrets and no hashes of them. */
import type { Kysely } from 'kysely';
import type { AccountDetails } from '../accounts/administration.ts';
import type { DB } from './schema.ts';

export async function exportAccount(
  _db: Kysely<DB>,
  account: AccountDetails,
): Promise<Readonly<Record<string, unknown>>> {
  return { account };
}
