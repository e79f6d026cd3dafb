/** How upstream providers answered last, on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import { mostLogins, type UpstreamStates } from '../federation/upstream-states.ts';
import type { Clock } from '../shared/clock.ts';
import type { DB } from './schema.ts';

/** Logins come by the second; when a provider answered is told by the minute. */
const notedEvery = 60_000;

const countedMilliseconds = 30 * 86_400_000;

export function createUpstreamStates(db: Kysely<DB>, clock: Clock): UpstreamStates {
  const noted = new Map<string, { readonly at: number; readonly failure: string | null }>();
  return {
    of: async (providers) => {
      const { rows } = await sql<{
        name: string;
        linked: string;
        logins: string;
        last_login_at: Date | null;
        answered_at: Date | null;
        failed_at: Date | null;
        failure: string | null;
      }>`
        SELECT given.name, count(subject) AS linked, max(last_used_at) AS last_login_at, logins, answered_at, failed_at, failure
        FROM json_to_recordset(${JSON.stringify(providers.map(({ name, issuer }) => ({ name, issuer })))}::json)
          AS given(name text, issuer text)
        LEFT JOIN identities ON identities.issuer = given.issuer
        LEFT JOIN upstream_states ON upstream_states.name = given.name
        CROSS JOIN LATERAL (
          SELECT count(*) AS logins FROM (
            SELECT FROM login_history
            WHERE upstream = given.name AND at > ${new Date(clock.now() - countedMilliseconds)} LIMIT ${mostLogins}
          ) AS counted
        ) AS recent
        GROUP BY given.name, logins, answered_at, failed_at, failure`.execute(db);
      return new Map(
        rows.map(({ name, linked, logins, last_login_at, answered_at, failed_at, failure }) => [
          name,
          {
            linked: Number(linked),
            logins: Number(logins),
            lastLoginAt: last_login_at?.getTime() ?? null,
            answeredAt: answered_at?.getTime() ?? null,
            failedAt: failed_at?.getTime() ?? null,
            failure,
          },
        ]),
      );
    },
    note: async (name, failure) => {
      const now = clock.now();
      const before = noted.get(name);
      if (before !== undefined && before.failure === failure && now - before.at < notedEvery) return;
      noted.set(name, { at: now, failure });
      const at = new Date(now);
      const values = failure === null ? { answered_at: at } : { failed_at: at, failure };
      await db
        .insertInto('upstream_states')
        .values({ name, ...values })
        .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
        .execute();
    },
  };
}
