/** The steps of an enrolment, each in the transaction of its caller with its mails. */
import { type Kysely, sql } from 'kysely';
import { type ChangeContext, peopleActorName, systemActor } from '../accounts/actor.ts';
import type { Enrolment, EnrolmentSettings, NewEnrolment } from '../enrolment/enrolment.ts';
import type { Clock } from '../shared/clock.ts';
import { appendAudit } from './audit-log.ts';
import { hasEnoughMails, type MailPlace, tellAsker, tellDeciders, tellOwner } from './enrolment-mails.ts';
import { addresseeOf, getEnrolment } from './enrolment-rows.ts';
import { addMail } from './outbox.ts';
import type { DB, JsonValue } from './schema.ts';
import { createTicketStore } from './tickets.ts';

const day = 86_400_000;

/** How long the link in the mail is good. */
export const confirmDays = 2;

/** How long a new member may take to set a password with the first link. */
const firstPasswordDays = 7;

/** INVARIANT: the caller answers alike in every case, after as many statements; only who reads the mails of the address learns which it was. */
export async function add(
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
  const waits = await hasPending(trx, asked.email);
  if (owner !== undefined) {
    await spendAlike(trx);
    await tellOwner(trx, place, owner, asked.email, now);
    return null;
  }
  if (waits) {
    await spendAlike(trx);
    const data = { product: place.product };
    await addMail(trx, { kind: 'enrolment.waiting', recipient: asked.email, accountId: null, data }, now);
    return null;
  }
  const isProved = asked.proof?.emailVerified === true && asked.proof.email === asked.email;
  const needsProof = settings.confirmEmail && !isProved;
  const id = await insert(trx, asked, needsProof ? 'unconfirmed' : 'pending', isProved, now);
  if (!needsProof) {
    await tellDeciders(trx, place, await getEnrolment(trx, id), settings, now);
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

/** The time of an enrolment and its ticket, where there are none. */
async function spendAlike(trx: Kysely<DB>): Promise<void> {
  await sql`INSERT INTO enrolments SELECT * FROM enrolments WHERE false`.execute(trx);
  await sql`INSERT INTO tickets SELECT * FROM tickets WHERE false`.execute(trx);
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

export async function complete(
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
  return getEnrolment(trx, id);
}

/** Undefined: the link is none, or not good any more. */
export async function confirm(
  trx: Kysely<DB>,
  clock: Clock,
  place: MailPlace,
  secret: string,
  settings: EnrolmentSettings,
  now: number,
): Promise<string | undefined> {
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
  const enrolment = await getEnrolment(trx, id);
  await takeTurn(trx, enrolment.email);
  if (await isTaken(trx, enrolment.email, id)) {
    await trx.deleteFrom('enrolments').where('id', '=', id).execute();
    return undefined;
  }
  await tellDeciders(trx, place, enrolment, settings, now);
  if (settings.approval !== 'none') await tellAsker(trx, place, enrolment, null, now);
  return id;
}

/** Undefined: it does not wait for a decision. */
export async function refuse(
  trx: Kysely<DB>,
  place: MailPlace,
  id: string,
  by: ChangeContext,
  now: number,
): Promise<Enrolment | undefined> {
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
  const enrolment = await getEnrolment(trx, id);
  const data = { name: addresseeOf(enrolment), product: place.product, reason: by.reason ?? '' };
  await addMail(trx, { kind: 'enrolment.refused', recipient: enrolment.email, accountId: null, data }, now);
  await audit(trx, 'enrolment.refused', enrolment, by, now);
  return enrolment;
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

/** The enrolment that a link in a mail is about. */
export function enrolmentIn(payload: unknown): string | undefined {
  const { enrolment } = (payload ?? {}) as { enrolment?: unknown };
  return typeof enrolment === 'string' ? enrolment : undefined;
}
