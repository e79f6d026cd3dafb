/** Puts a new account into the groups that it asked for, with who and why in the history (migration 0020). */
import { type Kysely, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import { refused } from '../accounts/refusal.ts';
import type { EnrolmentDeps } from '../enrolment/create-enrolments.ts';
import { ok } from '../shared/result.ts';
import type { DB } from './schema.ts';

export function createEnrolmentMembers(db: Kysely<DB>): EnrolmentDeps['groups'] {
  return {
    setMember: ({ actor, reason }, groupId, accountId) =>
      db.transaction().execute(async (trx) => {
        await sql`SELECT set_config('sluice.actor', ${peopleActorName(actor)}, true),
          set_config('sluice.reason', ${reason ?? ''}, true)`.execute(trx);
        const { rows } = await sql<{ username: string }>`WITH added AS (
            INSERT INTO memberships (account_id, group_id, declared, reason)
            SELECT ${accountId}, id, false, ${reason} FROM groups WHERE id = ${groupId}
            ON CONFLICT (account_id, group_id) DO NOTHING)
          SELECT username FROM accounts WHERE id = ${accountId}`.execute(trx);
        return rows.length === 0 ? refused('not-found', 'there is no such account') : ok(null);
      }),
  };
}
