/** The logins of each account, for whoever it belongs to: kept for some months, then forgotten. */
import type { Kysely } from 'kysely';
import type { Authentication } from '../authentication/authentication.ts';
import type { LoginHistory } from '../authentication/login-history.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB } from './schema.ts';

const kept = 180 * 86_400_000;

export interface LoginRecord extends LoginHistory, Purgeable {
  /** `place`: network address, and family of the browser and system. */
  note(
    authentication: Authentication,
    place: { readonly address: string | null; readonly agent: string | null },
  ): Promise<void>;
}

export function createLoginHistory(db: Kysely<DB>): LoginRecord {
  return {
    note: async ({ accountId, at, upstream, amr }, { address, agent }) => {
      // An account that is removed at this moment is no fault.
      await db
        .insertInto('login_history')
        .columns(['account_id', 'at', 'address', 'agent', 'upstream', 'amr'])
        .expression(({ selectFrom, val }) =>
          selectFrom('accounts')
            .select([
              'id',
              val(new Date(at)).as('at'),
              val(address).as('address'),
              val(agent).as('agent'),
              val(upstream).as('upstream'),
              val([...amr]).as('amr'),
            ])
            .where('id', '=', accountId),
        )
        .execute();
    },
    recent: async (accountId, limit) => {
      const rows = await db
        .selectFrom('login_history')
        .select(['at', 'address', 'agent', 'upstream', 'amr'])
        .where('account_id', '=', accountId)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ ...row, at: row.at.getTime() }));
    },
    purge: async (now) => {
      const gone = await db
        .deleteFrom('login_history')
        .where('at', '<', new Date(now - kept))
        .executeTakeFirst();
      return Number(gone.numDeletedRows);
    },
  };
}
