/** Invitations on PostgreSQL (migration 0025); the secrets of their links are tickets. */
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Invitation } from '../groups/requests.ts';
import type { InvitationStore, InvitationWriter } from '../groups/requests-store.ts';
import { appendAudit } from './audit-log.ts';
import { isManaged } from './group-requests.ts';
import { isGroupId, toPage } from './group-rows.ts';
import { addMail } from './outbox.ts';
import type { DB, GroupInvitations, JsonObject } from './schema.ts';

export function createInvitationStore(db: Kysely<DB>): InvitationStore {
  const select = (now: number) =>
    db
      .selectFrom('group_invitations as invitation')
      .innerJoin('groups', 'groups.id', 'invitation.group_id')
      .selectAll('invitation')
      .select(['path', 'description'])
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', new Date(now))
      .where(sql<boolean>`used < uses`);
  return {
    insert: ({ email, uses, until, expiresAt, groupId, createdBy, creatorId }, by) =>
      db.transaction().execute(async (trx) => {
        const { id } = await trx
          .insertInto('group_invitations')
          .values({
            ...{ email, uses, group_id: groupId, created_by: createdBy, creator_id: creatorId },
            ends_at: until === null ? null : new Date(until),
            created_at: new Date(by.at),
            expires_at: new Date(expiresAt),
          })
          .returning('id')
          .executeTakeFirstOrThrow();
        // Not to whom: an address stays no longer than the invitation.
        const detail = { invitation: id, uses, expiresAt: new Date(expiresAt).toISOString() };
        await audit(trx, 'group.invited', groupId, detail, by);
        return id;
      }),
    mail: (mail, now) => addMail(db, mail, now),
    findOpen: async (id, now) => {
      if (!isGroupId(id)) return undefined;
      const row = await select(now).where('invitation.id', '=', id).executeTakeFirst();
      return row && { ...toInvitation(row), description: row.description, creatorId: row.creator_id };
    },
    list: async (groupId, managed, { limit, after }, now) => {
      let query = select(now);
      if (groupId !== null) query = query.where('invitation.group_id', '=', groupId);
      if (managed !== null) query = query.where(isManaged(managed));
      if (after !== null) {
        if (!isGroupId(after)) return { items: [], next: null };
        query = query.where('invitation.id', '>', after);
      }
      const rows = await query
        .orderBy('invitation.id')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit, toInvitation, ({ id }) => id);
    },
    revoke: (id, by) =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('group_invitations')
          .set({ revoked_at: new Date(by.at) })
          .where('id', '=', id)
          .where('revoked_at', 'is', null)
          .returning('group_id')
          .executeTakeFirst();
        if (row !== undefined) await audit(trx, 'group.invitation-revoked', row.group_id, { invitation: id }, by);
        return row !== undefined;
      }),
    use: async (id, now) => {
      const result = await db
        .updateTable('group_invitations')
        .set({ used: sql`used + 1` })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', new Date(now))
        .where(sql<boolean>`used < uses`)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    },
  };
}

function audit(
  trx: Kysely<DB>,
  action: string,
  groupId: string,
  detail: JsonObject,
  by: InvitationWriter,
): Promise<void> {
  return appendAudit(trx, { ...by, action, objectKind: 'group', objectId: groupId, detail });
}

function toInvitation(row: Selectable<GroupInvitations> & { readonly path: string }): Invitation {
  return {
    id: row.id,
    groupId: row.group_id,
    groupPath: row.path,
    email: row.email,
    uses: row.uses,
    used: row.used,
    until: row.ends_at?.getTime() ?? null,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
  };
}
