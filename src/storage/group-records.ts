/** The administration of groups on PostgreSQL: each write is one transaction, and one that is refused leaves nothing. */
import { type Kysely, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import { refused } from '../accounts/refusal.ts';
import type { GroupRecords } from '../groups/administration-store.ts';
import { ok } from '../shared/result.ts';
import { lastNaming } from './former-groups.ts';
import type { AfterGroupWrite } from './group-aftermath.ts';
import { previewMove } from './group-move.ts';
import {
  contains,
  isGroupId,
  selectGroups,
  selectMembers,
  toGroup,
  toMember,
  toMembershipChange,
  toPage,
} from './group-rows.ts';
import { createGroupSession, findVo, type LeftBehind } from './group-session.ts';
import { lockLake, sign } from './lake-lock.ts';
import { createManagedGroups, managersOf } from './managed-groups.ts';
import type { DB } from './schema.ts';

/** `after`: what is done about a write once it counts (src/storage/group-aftermath.ts). */
export function createGroupRecords(db: Kysely<DB>, after: AfterGroupWrite): GroupRecords {
  return {
    list: async ({ search, under, direct = false }, { limit, after }) => {
      let query = selectGroups(db);
      if (search !== undefined && search !== '') {
        query = query.where((all) => all.or([contains('path', search), contains('description', search)]));
      }
      if (direct) query = query.where('parent', under === undefined ? 'is' : '=', under ?? null);
      else if (under !== undefined) {
        query = query.where(sql<boolean>`(path = ${under} OR starts_with(path, ${`${under}/`}))`);
      }
      if (after?.includes('\0')) return { items: [], next: null };
      if (after !== null) query = query.where('path', '>', after);
      const rows = await query
        .orderBy('path')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit, toGroup, ({ path }) => path);
    },
    find: async (id) => {
      if (!isGroupId(id)) return undefined;
      const row = await selectGroups(db).where('id', '=', id).executeTakeFirst();
      return row && toGroup(row);
    },
    findByPath: async (path) => {
      if (path.includes('\0')) return undefined;
      const row = await selectGroups(db).where('path', '=', path).executeTakeFirst();
      return row && toGroup(row);
    },
    members: async (id, { search, limit, after }) => {
      let query = selectMembers(db, id);
      if (search !== undefined && search !== '') {
        query = query.where((all) =>
          all.or([contains('username', search), contains('name', search), contains('email', search)]),
        );
      }
      if (after?.includes('\0')) return { items: [], next: null };
      if (after !== null) query = query.where('username', '>', after);
      const rows = await query
        .orderBy('username')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit, toMember, ({ username }) => username);
    },
    vo: () => findVo(db),
    managers: (id) => managersOf(db, id),
    managedBy: createManagedGroups(db),
    history: async (id, { limit, after }) => {
      let query = db.selectFrom('membership_history').selectAll().where('group_id', '=', id);
      if (after !== null) {
        if (!/^\d{1,18}$/.test(after)) return { items: [], next: null };
        query = query.where('id', '<', after);
      }
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit, toMembershipChange, (row) => row.id);
    },
    previewMove: (from, to) => previewMove(db, from, to),
    lastNaming: (path, moving, now) => lastNaming(db, path, moving, now),

    write: async ({ actor, reason }, now, work, { rules = false } = {}) => {
      const trx = await db.startTransaction().execute();
      const left: LeftBehind = { leaving: [], admissions: [] };
      try {
        await lockLake(trx);
        if (rules) await sql`SELECT FROM lake_version FOR NO KEY UPDATE`.execute(trx);
        await sign(trx, { actor: peopleActorName(actor), reason, address: actor.address });
        const outcome = await work(createGroupSession(trx, { actor, reason }, now, left));
        if (!outcome.ok) {
          await trx.rollback().execute();
          return outcome;
        }
        const { version } = await trx.selectFrom('lake_version').select('version').executeTakeFirstOrThrow();
        await trx.commit().execute();
        const out = await after({ left, now, policyVersion: rules ? Number(version) : null });
        return ok({ value: outcome.value, out });
      } catch (error) {
        await trx
          .rollback()
          .execute()
          .catch(() => {});
        const { code, constraint } = error as { code?: string; constraint?: string };
        if (code === '23505' && constraint === 'groups_path_key')
          return refused('taken', 'such a group exists', 'path');
        throw error;
      }
    },
  };
}
