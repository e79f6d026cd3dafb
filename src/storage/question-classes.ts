/** Accounts that the rules in question cannot tell apart, counted in SQL, so that a decision is made once for all of them (policy-semantics 8, "what changes if"). */
import { type Kysely, sql } from 'kysely';
import type { ClassQuery, PeopleClass } from '../questions/store.ts';
import type { DB } from './schema.ts';

/** Usernames that a class names. */
const namesTold = 20;

interface Row {
  readonly accounts: string;
  readonly usernames: string[];
  readonly ends_at: Date | null;
  /** [path, from, until], instants in ms since the epoch. */
  readonly held: readonly (readonly [string, number | null, number | null])[] | null;
}

/** A bound beyond the window says nothing within it, so it does not tell accounts apart. */
export async function findClasses(db: Kysely<DB>, query: ClassQuery): Promise<readonly PeopleClass[]> {
  const from = new Date(query.from);
  const until = new Date(query.until);
  const granting = partsOf(query.granting);
  const all = partsOf([...query.granting, ...query.others]);
  const { rows } = await sql<Row>`
    WITH member AS (
      SELECT account_id, groups.path,
        CASE WHEN starts_at > ${from} THEN extract(epoch FROM starts_at) * 1000 END AS starts,
        CASE WHEN ends_at < ${until} THEN extract(epoch FROM ends_at) * 1000 END AS ends
      FROM memberships JOIN groups ON groups.id = group_id
      WHERE groups.path = ANY(${all.groups})
        AND (starts_at IS NULL OR starts_at < ${until}) AND (ends_at IS NULL OR ends_at > ${from})
    ), holder AS (
      SELECT account_id, bool_or(path = ANY(${granting.groups})) AS granted,
        jsonb_agg(jsonb_build_array(path, starts, ends) ORDER BY path) AS held
      FROM member GROUP BY account_id
    ), bounded AS (
      SELECT username, held, least(ends_at, agreed_until(id, ${from})) AS ends_at
      FROM accounts LEFT JOIN holder ON account_id = id
      WHERE (granted OR username = ANY(${granting.users})) AND state = 'active'
    ), person AS (
      SELECT username, held, CASE WHEN ends_at < ${until} THEN ends_at END AS ends_at,
        CASE WHEN username = ANY(${all.users}) THEN username END AS own
      FROM bounded WHERE ends_at IS NULL OR ends_at > ${from}
    )
    SELECT count(*) AS accounts, ends_at, held, (array_agg(username ORDER BY username))[1:${sql.lit(namesTold)}] AS usernames
    FROM person GROUP BY own, ends_at, held ORDER BY accounts DESC, usernames LIMIT ${query.limit}`.execute(db);
  return rows.map((row) => ({
    count: Number(row.accounts),
    usernames: row.usernames,
    endsAt: row.ends_at?.getTime() ?? null,
    memberships: (row.held ?? []).map(([group, starts, ends]) => ({ group, from: starts, until: ends })),
  }));
}

function partsOf(subjects: readonly string[]): { readonly users: string[]; readonly groups: string[] } {
  const after = (kind: string) =>
    subjects.flatMap((subject) => (subject.startsWith(kind) ? [subject.slice(kind.length)] : []));
  return { users: after('user:'), groups: after('group:') };
}
