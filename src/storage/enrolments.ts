/** Enrolments on PostgreSQL: each step one transaction with its mails. */
import { type Kysely, sql } from 'kysely';
import { type ChangeContext, peopleActorName, systemActor } from '../accounts/actor.ts';
import type { PageRequest } from '../accounts/administration.ts';
import type { Enrolment, EnrolmentSettings, NewEnrolment } from '../enrolment/enrolment.ts';
import type { EnrolmentStore, Within } from '../enrolment/enrolment-store.ts';
import { enrolmentSettings } from '../enrolment/settings.ts';
import type { LakeEnrolment } from '../lake/schema.ts';
import type { Clock } from '../shared/clock.ts';
import { appendAudit } from './audit-log.ts';
import { hasEnoughMails, type MailPlace, tellAsker, tellDeciders, tellOwner } from './enrolment-mails.ts';
import { addresseeOf, isWithin, selectEnrolments, toEnrolment } from './enrolment-rows.ts';
import type { Purgeable } from './housekeeping.ts';
import { addMail } from './outbox.ts';
import type { DB, JsonValue } from './schema.ts';
import { createTicketStore } from './tickets.ts';

const day = 86_400_000;

/** How long the link in the mail is good. */
const confirmDays = 2;

/** How long a new member may take to set a password with the first link. */
const firstPasswordDays = 7;

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
      db.transaction().execute(async (trx) => {
        const tickets = createTicketStore(trx, clock);
        // Another link that proves an address is none of ours, and stays.
        if (enrolmentIn((await tickets.find('email', secret))?.payload) === undefined) return undefined;
        const id = enrolmentIn((await tickets.redeem('email', secret))?.payload);
        if (id === undefined) return undefined;
        const row = await trx
          .updateTable('enrolments')
          .set({ state: 'pending', confirmed_at: new Date(now) })
          .where('id', '=', id)
          .where('state', '=', 'unconfirmed')
          .returning('id')
          .executeTakeFirst();
        if (row === undefined) return undefined;
        const enrolment = await get(trx, id);
        await takeTurn(trx, enrolment.email);
        if (await isTaken(trx, enrolment.email, id)) {
          await trx.deleteFrom('enrolments').where('id', '=', id).execute();
          return undefined;
        }
        await tellDeciders(trx, place, enrolment, settings, now);
        if (settings.approval !== 'none') await tellAsker(trx, place, enrolment, null, now);
        return id;
      }),
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
      return row && get(db, row.id);
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
    refuse: (id, by, now) =>
      db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('enrolments')
          .set({
            state: 'refused',
            decided_at: new Date(now),
            decided_by: by.actor.username ?? by.actor.id,
            reason: by.reason,
          })
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .returning('id')
          .executeTakeFirst();
        if (row === undefined) return undefined;
        const enrolment = await get(trx, id);
        const data = { name: addresseeOf(enrolment), product: place.product, reason: by.reason ?? '' };
        await addMail(trx, { kind: 'enrolment.refused', recipient: enrolment.email, accountId: null, data }, now);
        await audit(trx, 'enrolment.refused', enrolment, by, now);
        return enrolment;
      }),
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

/** INVARIANT: the caller answers alike in every case; only who reads the mails of the address learns which it was. */
async function add(
  trx: Kysely<DB>,
  clock: Clock,
  place: MailPlace,
  asked: NewEnrolment,
  settings: EnrolmentSettings,
  now: number,
): Promise<string | null> {
  await takeTurn(trx, asked.email);
  if (await hasEnoughMails(trx, 'enrolment', asked.email, now)) return null;
  const owner = await findOwner(trx, asked.email);
  if (owner !== undefined) {
    await tellOwner(trx, place, owner, asked.email, now);
    return null;
  }
  if (await hasPending(trx, asked.email)) {
    const data = { product: place.product };
    await addMail(trx, { kind: 'enrolment.waiting', recipient: asked.email, accountId: null, data }, now);
    return null;
  }
  const isProved = asked.proof?.emailVerified === true && asked.proof.email === asked.email;
  const needsProof = settings.confirmEmail && !isProved;
  const id = await insert(trx, asked, needsProof ? 'unconfirmed' : 'pending', isProved, now);
  if (!needsProof) {
    await tellDeciders(trx, place, await get(trx, id), settings, now);
    if (settings.approval !== 'none') await tellAsker(trx, place, asked, null, now);
    return id;
  }
  const secret = await createTicketStore(trx, clock).issue({
    purpose: 'email',
    binding: null,
    accountId: null,
    payload: { enrolment: id },
    expiresAt: now + confirmDays * day,
  });
  await tellAsker(trx, place, asked, secret, now);
  return null;
}

async function insert(
  trx: Kysely<DB>,
  asked: NewEnrolment,
  state: 'unconfirmed' | 'pending',
  isProved: boolean,
  now: number,
): Promise<string> {
  const { proof } = asked;
  const said = proof && { upstream: proof.upstream, issuer: proof.issuer, subject: proof.subject };
  const { id } = await trx
    .insertInto('enrolments')
    .values({
      state,
      email: asked.email,
      fields: sql<JsonValue>`${JSON.stringify(asked.values)}::jsonb`,
      note: asked.note,
      group_ids: sql<string[]>`array(SELECT id FROM groups WHERE path = ANY(${[...asked.groups]}::text[]))`,
      upstream: said && sql<JsonValue>`${JSON.stringify(said)}::jsonb`,
      return_to: asked.returnTo,
      address: asked.address,
      created_at: new Date(now),
      confirmed_at: isProved ? new Date(now) : null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function complete(
  trx: Kysely<DB>,
  clock: Clock,
  place: MailPlace,
  enrolment: Enrolment,
  username: string,
  by: ChangeContext | null,
  now: number,
): Promise<Enrolment> {
  const { id, accountId } = enrolment;
  const row = await trx
    .updateTable('enrolments')
    .set({ completed_at: new Date(now) })
    .where('id', '=', id)
    .where('completed_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  // Another process has finished it meanwhile.
  if (row === undefined) return enrolment;
  const to = enrolment.returnTo ?? '/account';
  const url = new URL('login', place.issuer);
  url.searchParams.set('to', to);
  const setPassword = enrolment.proof === null;
  if (setPassword) {
    const secret = await createTicketStore(trx, clock).issue({
      purpose: 'password-reset',
      binding: null,
      accountId,
      payload: { to, email: enrolment.email },
      expiresAt: now + firstPasswordDays * day,
    });
    url.pathname = new URL('forgotten-password/new', place.issuer).pathname;
    url.search = new URLSearchParams({ token: secret }).toString();
  }
  const data = { name: addresseeOf(enrolment), username, product: place.product, url: url.href, setPassword };
  await addMail(trx, { kind: 'enrolment.accepted', recipient: enrolment.email, accountId, data }, now);
  await audit(trx, 'enrolment.accepted', enrolment, by, now);
  return get(trx, id);
}

/** What was entered is personal, and the log is for ever. */
async function audit(trx: Kysely<DB>, action: string, enrolment: Enrolment, by: ChangeContext | null, now: number) {
  const actor = by?.actor ?? systemActor('enrolment');
  await appendAudit(trx, {
    at: now,
    action,
    actor: by === null && enrolment.decidedBy !== null ? `user:${enrolment.decidedBy}` : peopleActorName(actor),
    address: actor.address,
    reason: by?.reason ?? enrolment.reason,
    objectKind: 'enrolment',
    objectId: enrolment.id,
    detail: { account: enrolment.accountId, groups: enrolment.groups.map(({ path }) => path) },
  });
}

/** Two at a time with one address wait for one another. */
async function takeTurn(trx: Kysely<DB>, email: string): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtext('sluice enrolment'), hashtext(lower(${email})))`.execute(trx);
}

async function findOwner(trx: Kysely<DB>, email: string): Promise<{ id: string; username: string } | undefined> {
  const { rows } = await sql<{ id: string; username: string }>`SELECT id, username FROM accounts
    WHERE lower(email) = lower(${email}) AND kind = 'person' ORDER BY created_at, id LIMIT 1`.execute(trx);
  return rows[0];
}

async function hasPending(trx: Kysely<DB>, email: string, but: string | null = null): Promise<boolean> {
  const { rows } = await sql`SELECT FROM enrolments
    WHERE lower(email) = lower(${email}) AND id IS DISTINCT FROM ${but}::uuid
      AND (state = 'pending' OR state = 'accepted' AND completed_at IS NULL) LIMIT 1`.execute(trx);
  return rows.length > 0;
}

/** Between the mail and the link an account of the address may have come. */
async function isTaken(trx: Kysely<DB>, email: string, id: string): Promise<boolean> {
  return (await findOwner(trx, email)) !== undefined || (await hasPending(trx, email, id));
}

function enrolmentIn(payload: unknown): string | undefined {
  const { enrolment } = (payload ?? {}) as { enrolment?: unknown };
  return typeof enrolment === 'string' ? enrolment : undefined;
}

async function get(db: Kysely<DB>, id: string): Promise<Enrolment> {
  return toEnrolment(await selectEnrolments(db).where('id', '=', id).executeTakeFirstOrThrow());
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
