/** Which names in subjects exist, and who holds a subject. */
import { type Kysely, sql } from 'kysely';
import type { KnownNames } from '../lake/check/known.ts';
import type { Holders } from '../rules/store.ts';
import type { DB } from './schema.ts';

export async function findKnownNames(db: Kysely<DB>, subjects: readonly string[]): Promise<KnownNames> {
  const { users, groups, clients } = namesIn(subjects);
  const found = await sql<{ users: string[]; groups: string[]; clients: string[] }>`SELECT
    ARRAY(SELECT username FROM accounts WHERE username = ANY(${users})) AS users,
    ARRAY(SELECT path FROM groups WHERE path = ANY(${groups})) AS groups,
    ARRAY(SELECT client_id FROM clients WHERE client_id = ANY(${clients})) AS clients`.execute(db);
  const [row] = found.rows;
  return {
    vo: null,
    usernames: new Set(row?.users),
    groups: new Set(row?.groups),
    entitlements: false,
    clientIds: new Set(row?.clients),
  };
}

/** A membership that has not begun yet counts, too: who is told too many tokens is not told too few. */
export async function findHolders(db: Kysely<DB>, subjects: readonly string[], now: number): Promise<Holders> {
  const { users, groups, clients } = namesIn(subjects);
  const at = new Date(now);
  const accounts = await sql<{ id: string }>`
    SELECT id FROM accounts WHERE username = ANY(${users})
    UNION
    SELECT account_id FROM memberships JOIN groups ON groups.id = group_id
    WHERE path = ANY(${groups}) AND (ends_at IS NULL OR ends_at > ${at})`.execute(db);
  const members = await sql<{ id: string }>`
    SELECT client_id AS id FROM client_memberships JOIN groups ON groups.id = group_id
    WHERE path = ANY(${groups}) AND (ends_at IS NULL OR ends_at > ${at})`.execute(db);
  return {
    accountIds: new Set(accounts.rows.map(({ id }) => id)),
    clientIds: new Set([...clients, ...members.rows.map(({ id }) => id)]),
  };
}

function namesIn(subjects: readonly string[]) {
  const of = (kind: string) =>
    subjects.filter((subject) => subject.startsWith(`${kind}:`)).map((subject) => subject.slice(kind.length + 1));
  return { users: of('user'), groups: of('group'), clients: of('client') };
}
