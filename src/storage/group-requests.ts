/** Requests for memberships on PostgreSQL (migration 0025). */
import { type Kysely, sql } from 'kysely';
import type { Page } from '../accounts/administration.ts';
import type { GroupRequest, RequestState } from '../groups/requests.ts';
import type { GroupRequestStore } from '../groups/requests-store.ts';
import { appendAudit } from './audit-log.ts';
import { isGroupId, toPage } from './group-rows.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

const mostManagers = 50;

interface Row {
  id: string;
  account_id: string;
  username: string;
  name: string | null;
  email: string | null;
  group_id: string;
  path: string;
  kind: string;
  note: string | null;
  state: string;
  created_at: Date;
  expires_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  answer: string | null;
}

export function createGroupRequestStore(db: Kysely<DB>): GroupRequestStore {
  const select = () =>
    db
      .selectFrom('group_requests as request')
      .innerJoin('accounts', 'accounts.id', 'request.account_id')
      .innerJoin('groups', 'groups.id', 'request.group_id')
      .select([
        'request.id',
        'request.account_id',
        'username',
        'name',
        'email',
        'request.group_id',
        'path',
        'request.kind',
      ])
      .select(['note', 'request.state', 'request.created_at', 'expires_at', 'decided_at', 'decided_by', 'answer']);
  return {
    insert: (request, mails) =>
      db.transaction().execute(async (trx) => {
        const at = request.createdAt;
        const row = await trx
          .insertInto('group_requests')
          .values({
            account_id: request.accountId,
            group_id: request.groupId,
            kind: request.kind,
            note: request.note,
            created_at: new Date(at),
            expires_at: new Date(request.expiresAt),
          })
          .onConflict((conflict) =>
            conflict.columns(['account_id', 'group_id']).where('state', '=', 'pending').doNothing(),
          )
          .returning('id')
          .executeTakeFirst();
        if (row === undefined) return undefined;
        for (const mail of mails) await addMail(trx, mail, at);
        const { by: actor, address, accountId: account, kind } = request;
        const entry = { at, action: 'group-request.asked', actor, address, reason: null, detail: { account, kind } };
        await appendAudit(trx, { ...entry, objectKind: 'group', objectId: request.groupId });
        return row.id;
      }),
    find: async (id) => {
      if (!isGroupId(id)) return undefined;
      const row = await select().where('request.id', '=', id).executeTakeFirst();
      return row && toRequest(row);
    },
    list: async ({ state, accountId }, managed, { limit, after }): Promise<Page<GroupRequest>> => {
      let query = select();
      if (state !== undefined) query = query.where('request.state', '=', state);
      if (accountId !== undefined) query = query.where('request.account_id', '=', accountId);
      if (managed !== null) query = query.where(isManaged(managed));
      const key = /^(\d{1,15})-([0-9a-f-]{36})$/.exec(after ?? '');
      if (after !== null && key === null) return { items: [], next: null };
      if (key !== null) {
        query = query.where(
          sql<boolean>`(request.created_at, request.id) < (${new Date(Number(key[1]))}, ${key[2]}::uuid)`,
        );
      }
      const rows = await query
        .orderBy('request.created_at', 'desc')
        .orderBy('request.id', 'desc')
        .limit(limit + 1)
        .execute();
      return toPage(rows, limit, toRequest, (row) => `${row.created_at.getTime()}-${row.id}`);
    },
    decide: (id, { state, by, address, at, answer }, mails) =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('group_requests')
          .set({ state, decided_at: new Date(at), decided_by: by, answer })
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .returning(['group_id', 'account_id'])
          .executeTakeFirst();
        if (row === undefined) return false;
        for (const mail of mails) await addMail(trx, mail, at);
        const detail = { account: row.account_id, group: row.group_id };
        const entry = { at, action: `group-request.${state}`, actor: by, address, reason: answer, detail };
        await appendAudit(trx, { ...entry, objectKind: 'group', objectId: row.group_id });
        return true;
      }),
    countPending: async (managed) => {
      let query = db
        .selectFrom('group_requests as request')
        .innerJoin('groups', 'groups.id', 'request.group_id')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('request.state', '=', 'pending');
      if (managed !== null) query = query.where(isManaged(managed));
      return Number((await query.executeTakeFirstOrThrow()).count);
    },
    managersFor: async (groupPath) => {
      const { rows } = await sql<{ id: string; username: string; name: string | null; email: string | null }>`
        SELECT accounts.id, username, name, email
        FROM group_managers JOIN accounts ON accounts.id = group_managers.account_id
        WHERE accounts.state = 'active' AND group_id = (
          SELECT groups.id FROM groups JOIN group_managers AS any_of ON any_of.group_id = groups.id
          WHERE ${groupPath} = path OR starts_with(${groupPath}, path || '/')
          ORDER BY length(path) DESC LIMIT 1)
        ORDER BY username LIMIT ${mostManagers}`.execute(db);
      return rows.flatMap(({ id, username, name, email }) =>
        email === null ? [] : [{ accountId: id, name: name ?? username, email }],
      );
    },
    membership: async (accountId, groupId) => {
      const row = await db
        .selectFrom('memberships')
        .select('ends_at')
        .where('account_id', '=', accountId)
        .where('group_id', '=', groupId)
        .executeTakeFirst();
      return row && { until: row.ends_at?.getTime() ?? null };
    },
  };
}

/** At or below one of these groups. */
export function isManaged(managed: readonly string[]) {
  return sql<boolean>`EXISTS (SELECT FROM unnest(${[...managed]}::text[]) AS root WHERE groups.path = root OR starts_with(groups.path, root || '/'))`;
}

function toRequest(row: Row): GroupRequest {
  return {
    id: row.id,
    accountId: row.account_id,
    username: row.username,
    name: row.name,
    email: row.email,
    groupId: row.group_id,
    groupPath: row.path,
    kind: row.kind === 'renewal' ? 'renewal' : 'join',
    note: row.note,
    state: row.state as RequestState,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    decidedAt: row.decided_at?.getTime() ?? null,
    decidedBy: row.decided_by,
    answer: row.answer,
  };
}
