/** The audit log on PostgreSQL: rows are added and never changed (migration 0018). */
import { type Kysely, sql } from 'kysely';
import type { AuditEntry, AuditLog } from '../audit/audit-log.ts';
import type { DB, JsonObject } from './schema.ts';

export function createAuditLog(db: Kysely<DB>): AuditLog {
  return {
    read: async ({ action }, { limit, after }) => {
      // A cursor that somebody made up is after everything.
      if (after !== null && !/^\d{1,18}$/.test(after)) return [];
      let query = db.selectFrom('audit_log').selectAll();
      if (action !== undefined) query = query.where('action', '=', action);
      if (after !== null) query = query.where('id', '<', after);
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return rows.map(({ at, detail, object_kind: _kind, object_id: _id, ...row }) => ({
        ...row,
        at: at.getTime(),
        detail: detail as Record<string, unknown>,
      }));
    },
  };
}

/** Within the transaction that does what the entry says. */
export async function appendAudit(
  trx: Kysely<DB>,
  { at, detail, objectKind, objectId, ...entry }: AuditEntry,
): Promise<void> {
  await trx
    .insertInto('audit_log')
    .values({
      ...entry,
      at: new Date(at),
      object_kind: objectKind ?? null,
      object_id: objectId ?? null,
      detail: sql<JsonObject>`${JSON.stringify(detail)}::jsonb`,
    })
    .execute();
}
