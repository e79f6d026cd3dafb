/** Finds accounts and clients by the subjects they hold, in SQL: there may be a hundred thousand (policy-semantics 8, "who could read path x at time t"). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Subject } from '../policy/rule.ts';
import type { AblePerson, AbleQuery } from '../questions/store.ts';
import type { DB } from './schema.ts';

/** The tables of one kind of people; constants of this program, never input. */
interface Kind {
  readonly kind: AblePerson['kind'];
  readonly table: string;
  readonly name: string;
  readonly id: string;
  readonly memberships: string;
  readonly owner: string;
  /** Who can act at all, beside state and end. */
  readonly usable: RawBuilder<boolean>;
}

const users: Kind = {
  kind: 'user',
  table: 'accounts',
  name: 'username',
  id: 'id',
  memberships: 'memberships',
  owner: 'account_id',
  usable: sql<boolean>`true`,
};

/** A client acts for itself only by this flow. */
const clients: Kind = {
  kind: 'client',
  table: 'clients',
  name: 'client_id',
  id: 'client_id',
  memberships: 'client_memberships',
  owner: 'client_id',
  usable: sql<boolean>`person.definition @> '{"grantTypes": ["client_credentials"]}'`,
};

type Instant = Pick<AbleQuery, 'at' | 'past'>;

export function ableUsers(db: Kysely<DB>, query: AbleQuery): Promise<readonly AblePerson[]> {
  return findAble(db, users, query);
}

export function ableClients(db: Kysely<DB>, query: AbleQuery): Promise<readonly AblePerson[]> {
  return findAble(db, clients, query);
}

async function findAble(db: Kysely<DB>, kind: Kind, query: AbleQuery): Promise<readonly AblePerson[]> {
  const { granting, admitting, limit, after } = query;
  const conditions = [granting, ...admitting].map(
    (subjects) => sql`person.${sql.ref(kind.id)} IN (${holdersOf(kind, subjects, query)})`,
  );
  const { rows } = await sql<{ id: string; name: string; state: AblePerson['state'] }>`
    SELECT person.${sql.ref(kind.id)} AS id, person.${sql.ref(kind.name)} AS name, person.state
    FROM ${sql.table(kind.table)} AS person
    WHERE ${isThere(kind, query)} AND ${sql.join(conditions, sql` AND `)}
      ${after === null ? sql`` : sql`AND person.${sql.ref(kind.name)} > ${after}`}
    ORDER BY name LIMIT ${limit}`.execute(db);
  const groups = [...new Set([...granting, ...admitting.flat()].flatMap(groupOf))];
  const held = await groupsOf(db, kind, { ids: rows.map(({ id }) => id), groups, at: query.at });
  return rows.map((row) => ({ kind: kind.kind, ...row, groups: held.get(row.id) ?? [] }));
}

/** Ids of those that hold one of the subjects. */
function holdersOf(kind: Kind, subjects: readonly Subject[], { at }: Instant): RawBuilder<unknown> {
  const own = subjects.flatMap((subject) =>
    subject.startsWith(`${kind.kind}:`) ? [subject.slice(kind.kind.length + 1)] : [],
  );
  return sql`
    SELECT ${sql.ref(kind.id)} FROM ${sql.table(kind.table)} WHERE ${sql.ref(kind.name)} = ANY(${own})
    UNION ALL
    SELECT member.${sql.ref(kind.owner)} FROM ${sql.table(kind.memberships)} AS member
    JOIN groups ON groups.id = member.group_id
    WHERE groups.path = ANY(${subjects.flatMap(groupOf)}) AND ${isActive(at)}`;
}

/** Of the past it is only known who was there, not who was suspended. */
function isThere({ kind, usable }: Kind, { at, past }: Instant): RawBuilder<unknown> {
  const instant = new Date(at);
  const state = past ? sql`person.created_at <= ${instant}` : sql`person.state = 'active'`;
  const end = kind === 'user' ? sql`AND (person.ends_at IS NULL OR person.ends_at > ${instant})` : sql``;
  return sql`${state} ${end} AND ${usable}`;
}

async function groupsOf(
  db: Kysely<DB>,
  kind: Kind,
  { ids, groups, at }: { readonly ids: readonly string[]; readonly groups: readonly string[]; readonly at: number },
): Promise<Map<string, string[]>> {
  const { rows } = await sql<{ owner: string; groups: string[] }>`
    SELECT member.${sql.ref(kind.owner)} AS owner, array_agg(groups.path ORDER BY groups.path) AS groups
    FROM ${sql.table(kind.memberships)} AS member JOIN groups ON groups.id = member.group_id
    WHERE member.${sql.ref(kind.owner)} = ANY(${ids}) AND groups.path = ANY(${groups}) AND ${isActive(at)}
    GROUP BY owner`.execute(db);
  return new Map(rows.map((row) => [row.owner, row.groups]));
}

/** Members that are there at the instant, by group. */
export async function countMembers(
  db: Kysely<DB>,
  groups: readonly string[],
  instant: Instant,
): Promise<ReadonlyMap<string, number>> {
  const counts = [users, clients].map(
    (kind) => sql`
      SELECT groups.path, count(*) AS members FROM ${sql.table(kind.memberships)} AS member
      JOIN groups ON groups.id = member.group_id
      JOIN ${sql.table(kind.table)} AS person ON person.${sql.ref(kind.id)} = member.${sql.ref(kind.owner)}
      WHERE groups.path = ANY(${groups}) AND ${isActive(instant.at)} AND ${isThere(kind, instant)}
      GROUP BY groups.path`,
  );
  const { rows } = await sql<{ path: string; members: string }>`
    SELECT path, sum(members) AS members FROM (${sql.join(counts, sql` UNION ALL `)}) AS counted GROUP BY path`.execute(
    db,
  );
  return new Map(rows.map(({ path, members }) => [path, Number(members)]));
}

export async function findUsernames(db: Kysely<DB>, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('accounts')
    .select(['id', 'username'])
    .where('id', '=', sql<string>`ANY(${ids})`)
    .execute();
  return new Map(rows.map(({ id, username }) => [id, username]));
}

export async function findAccountId(db: Kysely<DB>, username: string): Promise<string | undefined> {
  const row = await db.selectFrom('accounts').select('id').where('username', '=', username).executeTakeFirst();
  return row?.id;
}

/** Half-open, as every interval. */
function isActive(at: number): RawBuilder<boolean> {
  const instant = new Date(at);
  return sql<boolean>`(member.starts_at IS NULL OR member.starts_at <= ${instant})
    AND (member.ends_at IS NULL OR member.ends_at > ${instant})`;
}

function groupOf(subject: Subject): string[] {
  return subject.startsWith('group:') ? [subject.slice('group:'.length)] : [];
}
