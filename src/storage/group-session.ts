/** One write to groups, within a transaction that says who and why (src/storage/group-records.ts). */
import { type Kysely, sql } from 'kysely';
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import type { GroupSession } from '../groups/administration-store.ts';
import { phaseOf } from '../rules/life-cycle.ts';
import { revokeForLost } from '../rules/revocation.ts';
import type { Lost } from '../rules/store.ts';
import { appendAudits } from './audit-log.ts';
import { lastNaming } from './former-groups.ts';
import { moveGroup, rulesNaming } from './group-move.ts';
import { isGroupId, selectGroups, selectMembers, toGroup, toMember } from './group-rows.ts';
import { toStorage } from './lake-facts.ts';
import { toEmbargoRecord } from './lake-state.ts';
import { managersOf } from './managed-groups.ts';
import { createRuleSession } from './rule-session.ts';
import type { DB, JsonValue } from './schema.ts';

/** What a write took from whom; the tokens that are out are taken back when it is done. */
export interface LeftBehind {
  /** Who left which group, as a subject of grants. */
  readonly leaving: { readonly accountIds: ReadonlySet<string>; readonly subject: string }[];
  /** Admissions to embargoes that ended with it. */
  readonly admissions: Lost[];
}

export function createGroupSession(
  trx: Kysely<DB>,
  { actor, reason }: ChangeContext,
  at: number,
  { leaving, admissions }: LeftBehind,
): GroupSession {
  const instant = (time: number | null) => (time === null ? null : new Date(time));
  return {
    find: async (id) => {
      if (!isGroupId(id)) return undefined;
      const row = await selectGroups(trx).where('id', '=', id).forUpdate().executeTakeFirst();
      return row && toGroup(row);
    },
    findByPath: async (path) => {
      const row = await selectGroups(trx).where('path', '=', path).executeTakeFirst();
      return row && toGroup(row);
    },
    vo: () => findVo(trx),
    hasChildren: async (path) => {
      const child = await trx.selectFrom('groups').select('id').where('parent', '=', path).limit(1).executeTakeFirst();
      return child !== undefined;
    },
    rulesNaming: (path) => rulesNaming(trx, path),
    insert: async ({ path, description = null, isDefault = false, labels = {} }) => {
      const { rows } = await sql<{ id: string }>`
        INSERT INTO groups (path, description, is_default, labels, position, created_at)
        SELECT ${path}, ${description}, ${isDefault}, ${JSON.stringify(labels)}::jsonb, coalesce(max(position), -1) + 1, ${new Date(at)}
        FROM groups RETURNING id`.execute(trx);
      await trx.deleteFrom('former_group_paths').where('path', '=', path).execute();
      return toGroup(
        await selectGroups(trx)
          .where('id', '=', rows[0]?.id ?? '')
          .executeTakeFirstOrThrow(),
      );
    },
    update: async (id, { description, isDefault, labels }) => {
      const columns = {
        ...(description !== undefined && { description }),
        ...(isDefault !== undefined && { is_default: isDefault }),
        ...(labels !== undefined && { labels: sql<JsonValue>`${JSON.stringify(labels)}::jsonb` }),
      };
      if (Object.keys(columns).length === 0) return;
      await trx.updateTable('groups').set(columns).where('id', '=', id).execute();
    },
    lastNaming: (path, moving) => lastNaming(trx, path, moving, at),
    remove: async (id) => {
      // First the members, whose history has the path of a group that is there.
      const members = await trx.deleteFrom('memberships').where('group_id', '=', id).returning('account_id').execute();
      await trx.deleteFrom('groups').where('id', '=', id).execute();
      return new Set(members.map(({ account_id }) => account_id));
    },
    move: (from, to) => moveGroup(trx, from, to),
    findMember: async (groupId, accountId) => {
      const row = await selectMembers(trx, groupId).where('account_id', '=', accountId).executeTakeFirst();
      return row && toMember(row);
    },
    existingAccounts: async (ids) => {
      const known = ids.filter((id) => !id.includes('\0'));
      const { rows } = await sql<{ id: string }>`SELECT id FROM accounts WHERE id = ANY(${known}::text[])
        ORDER BY id FOR KEY SHARE`.execute(trx);
      return new Set(rows.map(({ id }) => id));
    },
    putMembers: async (groupId, accountIds, { from, until }, why) => {
      const { rows } = await sql<{ account_id: string; is_new: boolean }>`
        INSERT INTO memberships (group_id, account_id, starts_at, ends_at, reason, created_at)
        SELECT ${groupId}, account_id, ${instant(from)}, ${instant(until)}, ${why}, ${new Date(at)}
        FROM unnest(${[...accountIds]}::text[]) AS account_id
        ON CONFLICT (account_id, group_id)
        DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, reason = excluded.reason
        RETURNING account_id, xmax = 0 AS is_new`.execute(trx);
      return new Set(rows.flatMap(({ account_id, is_new }) => (is_new ? [account_id] : [])));
    },
    removeMembers: async (groupId, accountIds) => {
      const { rows } = await sql<{ account_id: string }>`DELETE FROM memberships
        WHERE group_id = ${groupId} AND account_id = ANY(${[...accountIds]}::text[]) RETURNING account_id`.execute(trx);
      return new Set(rows.map(({ account_id }) => account_id));
    },
    noteLeaving: async ({ groupPath, accountIds }, now) => {
      const subject = `group:${groupPath}`;
      leaving.push({ accountIds, subject });
      const rows = await trx
        .selectFrom('embargoes')
        .selectAll()
        .where('state', '=', 'active')
        .where(sql<boolean>`parties @> ${JSON.stringify([{ subject }])}::jsonb`)
        .execute();
      const present = rows.map(toEmbargoRecord).filter((one) => ['active', 'scheduled'].includes(phaseOf(one, now)));
      if (present.length === 0) return;
      const storages = (await trx.selectFrom('storages').selectAll().execute()).map(toStorage);
      for (const embargo of present) {
        const parties = embargo.parties.filter((party) => party.subject === subject);
        const lost = { embargo, parties, leavers: accountIds };
        admissions.push(await revokeForLost(createRuleSession(trx), lost, storages, now));
      }
    },
    idsOf: async (usernames) => {
      const known = usernames.filter((username) => !username.includes('\0'));
      if (known.length === 0) return new Map();
      const rows = await trx.selectFrom('accounts').select(['id', 'username']).where('username', 'in', known).execute();
      return new Map(rows.map(({ id, username }) => [username, id]));
    },
    managers: (groupId) => managersOf(trx, groupId),
    setManagers: async (groupId, accountIds) => {
      const ids = [...accountIds];
      await sql`DELETE FROM group_managers WHERE group_id = ${groupId} AND account_id <> ALL(${ids}::text[])`.execute(
        trx,
      );
      await sql`INSERT INTO group_managers (account_id, group_id) SELECT unnest(${ids}::text[]), ${groupId}
        ON CONFLICT DO NOTHING`.execute(trx);
    },
    audit: (action, groupId, ...details) => {
      const by = { at, action, actor: peopleActorName(actor), address: actor.address, reason };
      const object = { objectKind: 'group', objectId: groupId } as const;
      return appendAudits(
        trx,
        details.map((detail) => ({ ...by, ...object, detail })),
      );
    },
  };
}

/** First segment of all groups; null: the lake names none. */
export async function findVo(db: Kysely<DB>): Promise<string | null> {
  const row = await db.selectFrom('lake_settings').select('value').where('key', '=', 'vo').executeTakeFirst();
  return typeof row?.value === 'string' ? row.value : null;
}
