/** The administration of accounts on PostgreSQL: each write is one transaction, and one that is refused leaves nothing. */
import { type Kysely, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import type { AccountRecords } from '../accounts/administration-store.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import { exportAccount } from './account-export.ts';
import { selectDetails, toDetails } from './account-rows.ts';
import { searchAccounts } from './account-search.ts';
import { createAccountSession } from './account-session.ts';
import { lockLake, sign } from './lake-lock.ts';
import type { DB } from './schema.ts';

export function createAccountRecords(db: Kysely<DB>): AccountRecords {
  const find = async (column: 'accounts.id' | 'accounts.username', value: string) => {
    if (value.includes('\0')) return undefined;
    const row = await selectDetails(db).where(column, '=', value).executeTakeFirst();
    return row && toDetails(row);
  };
  return {
    list: (filter, page) => searchAccounts(db, filter, page),
    find: (id) => find('accounts.id', id),
    findByUsername: (username) => find('accounts.username', username),
    exportOf: (account) => exportAccount(db, account),
    write: async (context, now, work, { erases = false } = {}) => {
      const trx = await db.startTransaction().execute();
      try {
        if (erases) await lockRules(trx);
        const { actor, reason } = context;
        await sign(trx, { actor: peopleActorName(actor), reason, address: actor.address });
        const outcome = await work(createAccountSession(trx, context, now));
        await (outcome.ok ? trx.commit() : trx.rollback()).execute();
        return outcome;
      } catch (error) {
        await trx
          .rollback()
          .execute()
          .catch(() => {});
        const taken = toRefusal(error);
        if (taken === undefined) throw error;
        return taken;
      }
    },
  };
}

/** Before any account's row, as every writer does who changes rules: nobody waits in a circle. */
async function lockRules(trx: Kysely<DB>): Promise<void> {
  await lockLake(trx);
  await sql`SELECT FROM lake_version FOR NO KEY UPDATE`.execute(trx);
}

/** Constraints tell what nobody can know before: another transaction may be about to take the name. */
function toRefusal(error: unknown): PeopleAnswer<never> | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== '23505') return undefined;
  switch (constraint) {
    case 'accounts_username_key':
      return refused('taken', 'an account of this username exists', 'username');
    case 'accounts_pkey':
      return refused('taken', 'an account of this id exists', 'id');
    case 'removed_accounts':
      return refused('taken', 'an account of this id or username was removed, and neither comes back', 'username');
    default:
      return undefined;
  }
}
