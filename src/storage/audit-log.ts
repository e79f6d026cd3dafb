/** Adds to the audit log on PostgreSQL: rows are never changed, but for names of who was removed (migrations 0018 and 0024). */
import { type Kysely, sql } from 'kysely';
import type { AuditEntry } from '../audit/audit-log.ts';
import { eachChunk } from './bulk-write.ts';
import type { DB, JsonObject } from './schema.ts';

/** Within the transaction that does what the entry says. */
export function appendAudit(trx: Kysely<DB>, entry: AuditEntry): Promise<void> {
  return appendAudits(trx, [entry]);
}

/** As `appendAudit`, by few statements. */
export async function appendAudits(trx: Kysely<DB>, entries: readonly AuditEntry[]): Promise<void> {
  await eachChunk(entries, async (chunk) => {
    await trx.insertInto('audit_log').values(chunk.map(toRow)).execute();
  });
}

function toRow({ at, detail, objectKind, objectId, ...entry }: AuditEntry) {
  return {
    ...entry,
    at: new Date(at),
    object_kind: objectKind ?? null,
    object_id: objectId ?? null,
    detail: sql<JsonObject>`${JSON.stringify(detail)}::jsonb`,
  };
}
