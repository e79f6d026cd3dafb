/** The administration of clients on PostgreSQL: each write is one transaction, in turn with everybody else who changes the lake. */
import { type Kysely, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { ClientSummary } from '../clients/administration.ts';
import type { ClientRecords } from '../clients/administration-store.ts';
import type { ClientRequest, ClientRequestFilter } from '../clients/requests.ts';
import type { ClientMailPlace } from './client-mails.ts';
import {
  findClient,
  invitations,
  originOf,
  selectRequests,
  toInvitations,
  toRequest,
  waitingRequests,
} from './client-rows.ts';
import { createClientSession } from './client-session.ts';
import { readVersion } from './lake-facts.ts';
import { lockLake, sign } from './lake-lock.ts';
import type { DB } from './schema.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createClientRecords(db: Kysely<DB>, place: ClientMailPlace): ClientRecords {
  return {
    list: (filter, page) => list(db, filter, page),
    find: (clientId, now) => findClient(db, clientId, now),
    invitationsOf: async (accountId, now) =>
      toInvitations(await invitations(db, now).where('client_invitations.account_id', '=', accountId).execute()),
    requests: (filter, page) => listRequests(db, filter, page),
    findRequest: async (id) => {
      if (!uuid.test(id)) return undefined;
      const row = await selectRequests(db).where('client_requests.id', '=', id).executeTakeFirst();
      return row && toRequest(row);
    },
    countWaiting: async (now) => {
      const { count } = await db
        .selectFrom('client_requests')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('state', '=', 'waiting')
        .where('expires_at', '>', new Date(now))
        .executeTakeFirstOrThrow();
      return count;
    },
    write: async (context, now, work) => {
      const trx = await db.startTransaction().execute();
      try {
        await lockLake(trx);
        await sign(trx, { actor: peopleActorName(context.actor), reason: context.reason });
        const answer = await work(createClientSession(trx, context, now, place));
        const version = await readVersion(trx);
        await (answer.ok ? trx.commit() : trx.rollback()).execute();
        return { answer, version };
      } catch (error) {
        await trx
          .rollback()
          .execute()
          .catch(() => {});
        throw error;
      }
    },
  };
}

async function list(
  db: Kysely<DB>,
  filter: Parameters<ClientRecords['list']>[0],
  { limit, after }: PageRequest,
): Promise<Page<ClientSummary>> {
  const conditions = conditionsOf(filter);
  const where = conditions.length === 0 ? sql`true` : sql.join(conditions, sql` AND `);
  const { rows } = await sql<{
    client_id: string;
    name: string | null;
    declared: boolean;
    state: string;
    created_at: Date;
    registered_at: Date | null;
    used_on: string | null;
    waiting: number;
    owners: string[];
  }>`SELECT clients.client_id, definition->>'name' AS name, declared, state, created_at, registered_at,
      used_on::text AS used_on, ${waitingRequests} AS waiting,
      ARRAY(SELECT username FROM client_owners JOIN accounts ON accounts.id = account_id
        WHERE client_owners.client_id = clients.client_id ORDER BY client_owners.position, username LIMIT 20) AS owners
    FROM clients LEFT JOIN client_uses ON client_uses.client_id = clients.client_id
    WHERE clients.client_id > ${(after ?? '').replaceAll('\0', '')} AND ${where}
    ORDER BY clients.client_id LIMIT ${limit + 1}`.execute(db);
  const items = rows.slice(0, limit).map((row) => ({
    clientId: row.client_id,
    name: row.name,
    origin: originOf(row),
    state: row.state === 'active' ? ('active' as const) : ('suspended' as const),
    owners: row.owners,
    createdAt: (row.registered_at ?? row.created_at).getTime(),
    lastUsedOn: row.used_on,
    waitingRequests: row.waiting,
  }));
  return { items, next: rows.length > limit ? (items.at(-1)?.clientId ?? null) : null };
}

function conditionsOf(filter: Parameters<ClientRecords['list']>[0]) {
  const { search, state, origin, owner, unused, withoutOwner, waiting, unusedSince } = filter;
  const text = search?.replaceAll('\0', '').trim();
  const pattern = text?.replaceAll(/[\\%_]/g, '\\$&');
  const usableOwner = sql`EXISTS (SELECT FROM client_owners JOIN accounts ON accounts.id = account_id
    WHERE client_owners.client_id = clients.client_id AND accounts.state = 'active'
      AND (ends_at IS NULL OR ends_at > now()))`;
  return [
    ...(text
      ? [
          sql`(clients.client_id ILIKE ${`%${pattern}%`} OR definition->>'name' ILIKE ${`%${pattern}%`}
            OR clients.client_id IN (SELECT client_id FROM client_owners JOIN accounts ON accounts.id = account_id
              WHERE username ILIKE ${`${pattern}%`}))`,
        ]
      : []),
    ...(state === undefined ? [] : [sql`state = ${state}`]),
    ...(origin === undefined ? [] : [originCondition[origin]]),
    ...(owner === undefined
      ? []
      : [sql`clients.client_id IN (SELECT client_id FROM client_owners WHERE account_id = ${owner})`]),
    ...(unused
      ? [
          sql`(used_on IS NULL OR used_on < (${new Date(unusedSince)}::timestamptz AT TIME ZONE 'UTC')::date)
      AND updated_at < ${new Date(unusedSince)}`,
        ]
      : []),
    ...(withoutOwner ? [sql`NOT ${usableOwner}`] : []),
    ...(waiting
      ? [sql`clients.client_id IN (SELECT client_id FROM client_requests WHERE client_requests.state = 'waiting')`]
      : []),
  ];
}

const originCondition = {
  'lake-file': sql`declared`,
  administrator: sql`NOT declared AND registered_at IS NULL`,
  registration: sql`NOT declared AND registered_at IS NOT NULL`,
} as const;

/** A cursor is the place of the last one: its time and id. */
function readPlace(after: string | null): { readonly at: Date; readonly id: string } | 'beginning' | 'nowhere' {
  if (after === null) return 'beginning';
  const [, time, id] = /^(\d{1,15}) (.{36})$/.exec(after) ?? [];
  return time === undefined || id === undefined || !uuid.test(id) ? 'nowhere' : { at: new Date(Number(time)), id };
}

async function listRequests(
  db: Kysely<DB>,
  { state, clientId }: ClientRequestFilter,
  { limit, after }: PageRequest,
): Promise<Page<ClientRequest>> {
  const place = readPlace(after);
  if (place === 'nowhere') return { items: [], next: null };
  let query = selectRequests(db);
  if (state !== undefined) query = query.where('client_requests.state', '=', state);
  if (clientId !== undefined) query = query.where('client_requests.client_id', '=', clientId.replaceAll('\0', ''));
  if (place !== 'beginning') {
    query = query.where(
      sql<boolean>`(client_requests.created_at, client_requests.id) > (${place.at}, ${place.id}::uuid)`,
    );
  }
  const rows = await query
    .orderBy('client_requests.created_at')
    .orderBy('client_requests.id')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toRequest);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last ? `${last.createdAt} ${last.id}` : null };
}
