/** How many ways to sign in an account has apart from its passkeys: the last one cannot be removed. */
import type { Kysely } from 'kysely';
import type { DB } from './schema.ts';

export async function countOtherWaysIn(db: Kysely<DB>, accountId: string): Promise<number> {
  const account = await db
    .selectFrom('accounts')
    .select('password_hash')
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  const { linked } = await db
    .selectFrom('identities')
    .select(({ fn }) => fn.countAll<string>().as('linked'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return (account.password_hash === null ? 0 : 1) + Number(linked);
}
