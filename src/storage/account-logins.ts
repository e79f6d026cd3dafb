/** When each account logged in last, apart from the account: a login changes nothing that others read. */
import type { Kysely } from 'kysely';
import type { DB } from './schema.ts';

/** `upstream`: name of the provider that vouched for it; null: a secret of this server. */
export async function noteLogin(
  db: Kysely<DB>,
  { accountId, upstream }: { readonly accountId: string; readonly upstream: string | null },
  now: number,
): Promise<void> {
  const at = new Date(now);
  // An account that is removed at this moment is no fault.
  await db
    .insertInto('account_logins')
    .columns(['account_id', 'at', 'upstream'])
    .expression(({ selectFrom, val }) =>
      selectFrom('accounts')
        .select(['id', val(at).as('at'), val(upstream).as('upstream')])
        .where('id', '=', accountId),
    )
    .onConflict((conflict) => conflict.column('account_id').doUpdateSet({ at, upstream }))
    .execute();
}
