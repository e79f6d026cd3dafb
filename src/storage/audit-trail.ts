/** Searches the audit trail on PostgreSQL: the audit log with the histories of rules, keys and memberships, in one order (migration 0024). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { AuditFilter, AuditLog, AuditPage, StoredAuditEntry } from '../audit/audit-log.ts';
import { isGroupId } from './group-rows.ts';
import type { DB } from './schema.ts';

/** Entries that a search for text looks through in one answer, so that none takes long however long the trail is. */
const mostLookedAt = 25_000;

export function createAuditLog(db: Kysely<DB>): AuditLog {
  return {
    read: async (filter, { limit, after }) => {
      const place = after === null ? null : placeOf(after);
      // A cursor that somebody made up is after everything.
      if (place === undefined || Object.values(filter).some(isUnfit)) return nothing;
      const where = whereOf([...conditionsOf(filter), ...(place === null ? [] : [isAfter(place)])]);
      const { text } = filter;
      if (text === undefined) return find(sql`audit_trail ${where}`, limit);
      const found = await find(searched(where, text), limit);
      return found.next === null ? { ...found, ...(await lookFurther(where)) } : found;
    },
  };

  async function find(trail: RawBuilder<unknown>, limit: number): Promise<AuditPage> {
    const { rows } = await sql<Row>`SELECT ${columns} FROM ${trail} ${newestFirst} LIMIT ${limit + 1}`.execute(db);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { items: rows.slice(0, limit).map(toEntry), next: last ? cursorOf(last) : null, lookedTo: null };
  }

  async function lookFurther(where: RawBuilder<unknown>): Promise<Pick<AuditPage, 'next' | 'lookedTo'>> {
    const { rows } = await sql<Row>`SELECT ${columns} FROM audit_trail ${where}
      ${newestFirst} OFFSET ${mostLookedAt - 1} LIMIT 1`.execute(db);
    const [last] = rows;
    return last === undefined ? { next: null, lookedTo: null } : { next: cursorOf(last), lookedTo: last.at.getTime() };
  }
}

function whereOf(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`` : sql`WHERE ${sql.join(conditions, sql` AND `)}`;
}

const nothing: AuditPage = { items: [], next: null, lookedTo: null };

const columns = sql`at, at::text AS instant, source, ord, key, action, actor, address, reason, object_kind, object_id, detail`;

const newestFirst = sql`ORDER BY at DESC, source DESC, ord DESC, key DESC`;

function searched(where: RawBuilder<unknown>, text: string): RawBuilder<unknown> {
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
  return sql`(SELECT * FROM audit_trail ${where} ${newestFirst} LIMIT ${mostLookedAt}) AS looked_at WHERE words ILIKE ${pattern}`;
}

interface Row {
  readonly at: Date;
  readonly instant: string;
  readonly source: string;
  readonly ord: string;
  readonly key: string;
  readonly action: string;
  readonly actor: string;
  readonly address: string | null;
  readonly reason: string | null;
  readonly object_kind: string | null;
  readonly object_id: string | null;
  readonly detail: Record<string, unknown>;
}

function toEntry(row: Row): StoredAuditEntry {
  const { source, ord, key, action, actor, address, reason, detail, object_kind, object_id } = row;
  return {
    id: source === 'audit' ? ord : `${source}:${key || ord}`,
    at: row.at.getTime(),
    ...{ action, actor, address, reason, detail },
    ...(object_kind !== null && object_id !== null && { objectKind: object_kind, objectId: object_id }),
  };
}

function cursorOf({ instant, source, ord, key }: Row): string {
  return JSON.stringify([instant, source, ord, key]);
}

type Place = readonly [instant: string, source: string, ord: string, key: string];

function placeOf(cursor: string): Place | undefined {
  try {
    const place = JSON.parse(cursor) as unknown;
    const isPlace =
      Array.isArray(place) &&
      place.length === 4 &&
      place.every((part) => typeof part === 'string' && !isUnfit(part)) &&
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/.test(place[0]) &&
      !Number.isNaN(Date.parse(place[0].replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'))) &&
      /^\d{1,18}$/.test(place[2]);
    return isPlace ? (place as unknown as Place) : undefined;
  } catch {
    return undefined;
  }
}

function isAfter([instant, source, ord, key]: Place): RawBuilder<unknown> {
  // The first comparison is what indexes can use.
  return sql`at <= ${instant}::timestamptz
    AND (at, source, ord, key) < (${instant}::timestamptz, ${source}, ${ord}::bigint, ${key})`;
}

/** PostgreSQL has no NUL in text. */
function isUnfit(value: unknown): boolean {
  return typeof value === 'string' && (value.includes('\0') || !value.isWellFormed());
}

function conditionsOf({ action, actor, objectKind, objectId, from, until }: AuditFilter): RawBuilder<unknown>[] {
  return [
    ...(action === undefined ? [] : isAction(action)),
    ...(actor === undefined ? [] : [sql`actor = ${actor}`]),
    ...(objectKind === undefined ? [] : [isOfKind(objectKind)]),
    ...(objectId === undefined ? [] : [isOf(objectId, objectKind)]),
    ...(from === undefined ? [] : [sql`at >= ${new Date(from)}`]),
    ...(until === undefined ? [] : [sql`at < ${new Date(until)}`]),
  ];
}

function isAction(action: string): RawBuilder<unknown>[] {
  const matches = action.endsWith('.') ? sql`starts_with(action, ${action})` : sql`action = ${action}`;
  // Most of the trail, which need not be looked through.
  return action.startsWith('membership.') ? [matches] : [matches, sql`source <> 'membership'`];
}

function isOfKind(kind: string): RawBuilder<unknown> {
  return kind === 'account' || kind === 'group'
    ? sql`object_kind IN (${kind}, 'membership')`
    : sql`object_kind = ${kind}`;
}

/** A membership belongs to its account and to its group. */
function isOf(id: string, kind: string | undefined): RawBuilder<unknown> {
  return kind === 'group' && isGroupId(id)
    ? sql`(object_id = ${id} OR group_id = ${id}::uuid)`
    : sql`object_id = ${id}`;
}
