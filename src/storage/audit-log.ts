/** Adds to the audit log on PostgreSQL: rows are never changed, but for names of who was removed (migrations 0018 and 0024). */
import { type Kysely, sql } from 'kysely';
import type { AuditEntry } from '../audit/audit-log.ts';
import type { DB, JsonObject } from './schema.ts';

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
