/** Links that set a password, on PostgreSQL. */
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { PasswordResetStore, ResetTicket } from '../enrolment/password-reset.ts';
import type { Clock } from '../shared/clock.ts';
import { takeBackFrom } from './account-revocation.ts';
import { hasEnoughMails, type MailPlace } from './enrolment-mails.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';
import { noteSecurityChange } from './security-notice.ts';
import { createTicketStore } from './tickets.ts';
import { countOtherWaysIn } from './ways-in.ts';

/** How long a link is good, in milliseconds. */
const life = 3_600_000;

/** An address may be that of several accounts. */
const mostAccounts = 3;

interface Addressee {
  readonly id: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string;
  readonly hasPassword: boolean;
}

export function createPasswordResetStore(db: Kysely<DB>, clock: Clock, place: MailPlace): PasswordResetStore {
  return {
    sendLinks: async (text) => {
      if (text === '' || text.includes('\0')) return;
      for (const addressee of await findAddressees(db, text, clock.now())) {
        // Who comes from an institution goes on doing so: a mail opens no other way in.
        if (!addressee.hasPassword && (await countOtherWaysIn(db, addressee.id)) > 0) continue;
        await db.transaction().execute((trx) => sendLink(trx, clock, place, addressee));
      }
    },
    find: async (secret) => {
      const ticket = await createTicketStore(db, clock).find('password-reset', secret);
      return ticket && readTicket(db, ticket, clock.now());
    },
    set: (secret, hash, address) =>
      db.transaction().execute(async (trx) => {
        const now = clock.now();
        const ticket = await createTicketStore(trx, clock).redeem('password-reset', secret);
        const found = ticket && (await readTicket(trx, ticket, now));
        if (found === undefined) return undefined;
        const { accountId, username } = found;
        await trx
          .updateTable('accounts')
          .set({
            password_hash: hash,
            // Whoever followed the link reads the mails of the address.
            email_verified_at: sql<Date>`coalesce(email_verified_at, ${new Date(now)})`,
          })
          .where('id', '=', accountId)
          .execute();
        // Sessions, chains, consents, and links that are still out: the old password may have been in other hands.
        const taken = await takeBackFrom(trx, accountId, now);
        const actor = { kind: 'user', id: accountId, username, roles: [], mayWrite: true, address } as const;
        const notice = { action: 'password.reset', what: 'password-changed', detail: { ...taken } } as const;
        await noteSecurityChange(trx, { actor, reason: null }, accountId, notice, now);
        return found;
      }),
  };
}

async function findAddressees(db: Kysely<DB>, text: string, now: number): Promise<readonly Addressee[]> {
  const { rows } = await sql<Addressee>`SELECT id, username, name, email, password_hash IS NOT NULL AS "hasPassword"
    FROM accounts WHERE (username = ${text} OR lower(email) = lower(${text})) AND email IS NOT NULL
      AND kind = 'person' AND state = 'active' AND (ends_at IS NULL OR ends_at > ${new Date(now)})
    ORDER BY created_at, id LIMIT ${mostAccounts}`.execute(db);
  return rows;
}

async function sendLink(trx: Kysely<DB>, clock: Clock, { issuer, product }: MailPlace, addressee: Addressee) {
  const now = clock.now();
  const { id, username, name, email } = addressee;
  if (await hasEnoughMails(trx, 'password', email, now)) return;
  const secret = await createTicketStore(trx, clock).issue({
    purpose: 'password-reset',
    binding: null,
    accountId: id,
    payload: { to: '/account', email },
    expiresAt: now + life,
  });
  const url = new URL('forgotten-password/new', issuer);
  url.searchParams.set('token', secret);
  const data = { name: name ?? username, username, product, url: url.href };
  await addMail(trx, { kind: 'password.reset', recipient: email, accountId: id, data }, now);
}

/** Undefined where the account's address has changed since: the link went to somebody else. */
async function readTicket(
  db: Kysely<DB>,
  { accountId, payload }: { readonly accountId: string | null; readonly payload: unknown },
  now: number,
): Promise<ResetTicket | undefined> {
  if (accountId === null) return undefined;
  const { to, email } = payload as { to?: string; email?: string };
  const account = await db
    .selectFrom('accounts')
    .select(['username', 'name', 'email', 'state', 'ends_at'])
    .where('id', '=', accountId)
    .executeTakeFirst();
  if (account?.state !== 'active' || account.email === null || account.email !== email) return undefined;
  if (account.ends_at !== null && account.ends_at.getTime() <= now) return undefined;
  return { accountId, username: account.username, name: account.name, email, to: to ?? '/account' };
}
