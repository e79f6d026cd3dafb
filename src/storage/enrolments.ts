/** Enrolments on PostgreSQL: each step one transaction with its mails. */
import { type Kysely, sql } from 'kysely';
import type { PageRequest } from '../accounts/administration.ts';
import type { EnrolmentStore, Within } from '../enrolment/enrolment-store.ts';
import { enrolmentSettings } from '../enrolment/settings.ts';
import type { LakeEnrolment } from '../lake/schema.ts';
import type { Clock } from '../shared/clock.ts';
import type { MailPlace } from './enrolment-mails.ts';
import { getEnrolment, isWithin, selectEnrolments, toEnrolment } from './enrolment-rows.ts';
import { add, complete, confirm, confirmDays, enrolmentIn, refuse } from './enrolment-steps.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB } from './schema.ts';
import { createTicketStore } from './tickets.ts';

const day = 86_400_000;

/** What was decided is shown for so long. */
const keptDays = 90;

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createEnrolmentStore(db: Kysely<DB>, clock: Clock, place: MailPlace): EnrolmentStore & Purgeable {
  return {
    settings: async () => {
      const row = await db
        .selectFrom('lake_settings')
        .select('value')
        .where('key', '=', 'enrolment')
        .executeTakeFirst();
      const settings = enrolmentSettings((row?.value ?? null) as LakeEnrolment | null);
      if (settings.groups.length === 0) return settings;
      // One that was moved or removed cannot be asked for.
      const present = await db.selectFrom('groups').select('path').where('path', 'in', settings.groups).execute();
      const paths = new Set(present.map(({ path }) => path));
      return { ...settings, groups: settings.groups.filter((path) => paths.has(path)) };
    },
    add: (asked, settings, now) => db.transaction().execute((trx) => add(trx, clock, place, asked, settings, now)),
    findConfirmation: async (secret) => {
      const ticket = await createTicketStore(db, clock).find('email', secret);
      const id = enrolmentIn(ticket?.payload);
      if (id === undefined) return undefined;
      const row = await db
        .selectFrom('enrolments')
        .select('email')
        .where('id', '=', id)
        .where('state', '=', 'unconfirmed')
        .executeTakeFirst();
      return row;
    },
    confirm: (secret, settings, now) =>
      db.transaction().execute((trx) => confirm(trx, clock, place, secret, settings, now)),
    lastOf: async ({ issuer, subject }) => {
      const row = await selectEnrolments(db)
        .where(sql<boolean>`upstream ->> 'issuer' = ${issuer} AND upstream ->> 'subject' = ${subject}`)
        .orderBy('created_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && toEnrolment(row);
    },
    find: async (id, within) => {
      if (!uuid.test(id)) return undefined;
      const row = await selectEnrolments(db).where('id', '=', id).where(isWithin(within)).executeTakeFirst();
      return row && toEnrolment(row);
    },
    list: async ({ state }, within, page) => list(db, state, within, page),
    countPending: async (within) => {
      const row = await db
        .selectFrom('enrolments')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('state', '=', 'pending')
        .where(isWithin(within))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    claim: async (id, accountId, by, now) => {
      const row = await db
        .updateTable('enrolments')
        .set({
          state: 'accepted',
          decided_at: new Date(now),
          decided_by: by === null ? null : (by.actor.username ?? by.actor.id),
          reason: by?.reason ?? null,
          account_id: accountId,
        })
        .where('id', '=', id)
        .where('state', '=', 'pending')
        .returning('id')
        .executeTakeFirst();
      return row && getEnrolment(db, row.id);
    },
    release: async (id) => {
      await db
        .updateTable('enrolments')
        .set({ state: 'pending', decided_at: null, decided_by: null, reason: null, account_id: null })
        .where('id', '=', id)
        .where('completed_at', 'is', null)
        .execute();
    },
    complete: (enrolment, username, by, now) =>
      db.transaction().execute((trx) => complete(trx, clock, place, enrolment, username, by, now)),
    refuse: (id, by, now) => db.transaction().execute((trx) => refuse(trx, place, id, by, now)),
    findUnfinished: async (before) => {
      const rows = await selectEnrolments(db)
        .where('state', '=', 'accepted')
        .where('completed_at', 'is', null)
        .where('decided_at', '<', new Date(before))
        .limit(100)
        .execute();
      return rows.map(toEnrolment);
    },
    purge: async (now) => {
      const result = await db
        .deleteFrom('enrolments')
        .where((or) =>
          or.or([
            or.and([or('state', '=', 'unconfirmed'), or('created_at', '<', new Date(now - confirmDays * day))]),
            or.and([or('state', 'in', ['accepted', 'refused']), or('decided_at', '<', new Date(now - keptDays * day))]),
          ]),
        )
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

async function list(db: Kysely<DB>, state: string, within: Within, { limit, after }: PageRequest) {
  const isNewestFirst = state !== 'pending';
  let query = selectEnrolments(db).where('state', '=', state).where(isWithin(within));
  const [at = '', id = ''] = (after ?? '').split(' ');
  if (after !== null) {
    if (!/^\d{1,15}$/.test(at) || !uuid.test(id)) return { items: [], next: null };
    const key = sql`(${new Date(Number(at))}::timestamptz, ${id}::uuid)`;
    const order = isNewestFirst ? sql`<` : sql`>`;
    query = query.where(sql<boolean>`(created_at, id) ${order} ${key}`);
  }
  const direction = isNewestFirst ? 'desc' : 'asc';
  const rows = await query
    .orderBy('created_at', direction)
    .orderBy('id', direction)
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toEnrolment);
  const last = items.at(-1);
  return { items, next: rows.length > limit && last !== undefined ? `${last.createdAt} ${last.id}` : null };
}
