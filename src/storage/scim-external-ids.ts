/** The identifiers that SCIM clients keep with users and groups (RFC 7643 section 3.1), on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { ScimSigner } from '../scim/unit.ts';
import { appendAudit } from './audit-log.ts';
import { sign } from './lake-lock.ts';
import type { DB } from './schema.ts';

export interface ExternalIdChange {
  readonly resource: 'User' | 'Group';
  readonly id: string;
  /** Null removes it. */
  readonly externalId: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Within a transaction. The resource counts as changed. */
export async function setExternalId(
  trx: Kysely<DB>,
  { actor, address }: ScimSigner,
  { resource, id, externalId, at }: ExternalIdChange,
): Promise<void> {
  const [column, table, kind] =
    resource === 'User' ? (['account_id', 'accounts', 'account'] as const) : (['group_id', 'groups', 'group'] as const);
  await sign(trx, { actor, address, reason: null });
  await trx.deleteFrom('scim_external_ids').where(column, '=', id).execute();
  if (externalId !== null) {
    await trx
      .insertInto('scim_external_ids')
      .values({ [column]: id, external_id: externalId })
      .execute();
  }
  await sql`UPDATE ${sql.table(table)} SET updated_at = ${new Date(at)} WHERE id = ${id}`.execute(trx);
  // The id itself may be personal, and the log outlives the account.
  const detail = { changed: ['externalId'] };
  const entry = { at, actor, address, reason: null, detail };
  await appendAudit(trx, { ...entry, action: `${kind}.changed`, objectKind: kind, objectId: id });
}
