/** What each login proved, on PostgreSQL: by account and second, as sessions, codes and tokens name it. */
import { type Kysely, sql } from 'kysely';
import type { AuthenticationStore } from '../federation/upstream-sessions.ts';
import { singleFactorAcr } from '../tokens/profile.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB } from './schema.ts';

/** Longer than a session and a code live; refresh tokens keep what was proved themselves. */
const keptMilliseconds = 30 * 86_400_000;

export function createAuthenticationStore(db: Kysely<DB>): AuthenticationStore & Purgeable {
  return {
    record: async ({ accountId, acr, amr, assurance, upstream, session, at }) => {
      const second = Math.floor(at / 1000);
      // A second login in the same second cannot be told from the first: only what both proved is said, and a logout at the provider ends both.
      await sql`
        INSERT INTO authentications (account_id, auth_time, acr, amr, assurance, upstream, upstream_subject, upstream_sid, id_token)
        SELECT id, ${second}::bigint, ${acr}, ${[...amr]}::text[], ${[...assurance]}::text[], ${upstream},
          ${session?.subject ?? null}, ${session?.sid ?? null}, ${session?.sealedIdToken ?? null}
        FROM accounts WHERE id = ${accountId} FOR KEY SHARE
        ON CONFLICT (account_id, auth_time) DO UPDATE SET
          acr = CASE WHEN authentications.acr = excluded.acr THEN excluded.acr ELSE ${singleFactorAcr} END,
          assurance = ARRAY(SELECT one FROM unnest(authentications.assurance) AS one WHERE one = ANY(excluded.assurance)),
          amr = ARRAY(SELECT one FROM unnest(authentications.amr) AS one WHERE one = ANY(excluded.amr)),
          upstream = coalesce(authentications.upstream, excluded.upstream),
          upstream_subject = coalesce(authentications.upstream_subject, excluded.upstream_subject),
          upstream_sid = CASE WHEN authentications.upstream_sid = excluded.upstream_sid THEN excluded.upstream_sid END,
          id_token = coalesce(authentications.id_token, excluded.id_token)`.execute(db);
    },
    find: async (accountId, authTime) => {
      const row = await db
        .selectFrom('authentications')
        .select(['acr', 'amr', 'assurance', 'upstream'])
        .where('account_id', '=', accountId)
        .where('auth_time', '=', String(authTime))
        .executeTakeFirst();
      return row;
    },
    findUpstream: async (accountId, authTime) => {
      const row = await db
        .selectFrom('authentications')
        .select(['upstream', 'id_token'])
        .where('account_id', '=', accountId)
        .where('auth_time', '=', String(authTime))
        .executeTakeFirst();
      const { upstream = null, id_token: sealedIdToken = null } = row ?? {};
      return upstream === null || sealedIdToken === null ? undefined : { upstream, sealedIdToken };
    },
    loginsOf: async (upstream, subject, sid) => {
      let query = db.selectFrom('authentications').select(['account_id', 'auth_time']).where('upstream', '=', upstream);
      if (subject === null && sid === null) return [];
      if (subject !== null) query = query.where('upstream_subject', '=', subject);
      if (sid !== null) {
        // A login whose ID token named no session may rest on any of the subject.
        query = query.where((is) =>
          is.or([is('upstream_sid', '=', sid), ...(subject === null ? [] : [is('upstream_sid', 'is', null)])]),
        );
      }
      const rows = await query.execute();
      return rows.map((row) => ({ accountId: row.account_id, authTime: Number(row.auth_time) }));
    },
    purge: async (now) => {
      const oldest = Math.floor((now - keptMilliseconds) / 1000);
      const result = await db.deleteFrom('authentications').where('auth_time', '<', String(oldest)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}
