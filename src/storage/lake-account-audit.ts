/** What an `apply` did to accounts, for the audit trail, and what those that it suspends lose (policy-semantics 7). */
import { type Kysely, sql } from 'kysely';
import type { AccountWrite } from '../lake/plan/accounts.ts';
import type { Signature } from '../rules/store.ts';
import { takeBackFrom } from './account-revocation.ts';
import { eachChunk } from './bulk-write.ts';
import type { DB } from './schema.ts';

/** To be called before the accounts are written: those that are active and will not be. */
export async function findSuspended(trx: Kysely<DB>, writes: readonly AccountWrite[]): Promise<ReadonlySet<string>> {
  const ids = writes
    .filter(({ isNew, account }) => !isNew && account.record.state === 'suspended')
    .map(({ account }) => account.record.id);
  const found = new Set<string>();
  await eachChunk(ids, async (chunk) => {
    const rows = await trx
      .selectFrom('accounts')
      .select('id')
      .where('state', '=', 'active')
      .where(sql<boolean>`id = ANY(${[...chunk]}::text[])`)
      .execute();
    for (const { id } of rows) found.add(id);
  });
  return found;
}

/** To be called after the accounts are written. `now` in milliseconds since the epoch. */
export async function auditAccounts(
  trx: Kysely<DB>,
  writes: readonly AccountWrite[],
  suspended: ReadonlySet<string>,
  { by, now }: { readonly by: Signature; readonly now: number },
): Promise<void> {
  for (const id of suspended) {
    await takeBackFrom(trx, id, now);
    await trx
      .updateTable('accounts')
      .set({ suspended_at: new Date(now), suspended_because: by.reason })
      .where('id', '=', id)
      .execute();
  }
  const restored = writes
    .filter(({ account }) => account.record.state === 'active')
    .map(({ account }) => account.record.id);
  await eachChunk(restored, async (chunk) => {
    await sql`UPDATE accounts SET suspended_at = NULL, suspended_because = NULL
      WHERE id = ANY(${[...chunk]}::text[]) AND suspended_at IS NOT NULL`.execute(trx);
  });
  const rows = writes
    .filter(({ rowChanges }) => rowChanges)
    .map(({ account, isNew }) => {
      const { id } = account.record;
      return { id, action: isNew ? 'account.created' : suspended.has(id) ? 'account.suspended' : 'account.changed' };
    });
  await eachChunk(rows, async (chunk) => {
    await sql`INSERT INTO audit_log (at, action, actor, address, reason, object_kind, object_id)
      SELECT ${new Date(now)}, action, ${by.actor}, ${by.address ?? null}, ${by.reason}, 'account', id
      FROM json_to_recordset(${JSON.stringify(chunk)}::json) AS given(id text, action text)`.execute(trx);
  });
}
