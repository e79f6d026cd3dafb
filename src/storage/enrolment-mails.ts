/** Mails of enrolments, written in the transaction of what they tell. */
import { type Kysely, sql } from 'kysely';
import type { Enrolment, EnrolmentSettings, NewEnrolment } from '../enrolment/enrolment.ts';
import { addresseeOf } from './enrolment-rows.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

/** Where links lead, and what the server calls itself. */
export interface MailPlace {
  /** The issuer URL, with its final slash. */
  readonly issuer: string;
  readonly product: string;
}

/** So many of those who may decide are told. */
const mostDeciders = 20;

const hour = 3_600_000;

/** So many mails of one matter go to one address in an hour: nobody's inbox is filled by strangers. */
const mostMails = 3;

/** What strangers can have sent to an address; one matter takes nothing from the other. */
const matters = {
  enrolment: ['enrolment.confirm', 'enrolment.known', 'enrolment.waiting', 'enrolment.received'],
  password: ['password.reset'],
} as const;

export async function hasEnoughMails(
  trx: Kysely<DB>,
  matter: keyof typeof matters,
  recipient: string,
  now: number,
): Promise<boolean> {
  const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM outbox
    WHERE lower(recipient) = lower(${recipient}) AND created_at > ${new Date(now - hour)}
      AND kind = ANY(${[...matters[matter]]}::text[])`.execute(trx);
  return (rows[0]?.count ?? 0) >= mostMails;
}

/** To administrators, or to those who manage every group that is asked for. */
export async function tellDeciders(
  trx: Kysely<DB>,
  { issuer, product }: MailPlace,
  enrolment: Enrolment,
  { approval }: Pick<EnrolmentSettings, 'approval'>,
  now: number,
): Promise<void> {
  if (approval === 'none') return;
  const groups = enrolment.groups.map(({ path }) => path);
  const managers = approval === 'managers' && groups.length > 0 ? await findManagers(trx, groups) : [];
  const deciders = managers.length > 0 ? managers : await findAdministrators(trx);
  const url = new URL(managers.length > 0 ? 'manage/registrations' : 'admin/requests', issuer).href;
  const data = { name: addresseeOf(enrolment), groups: groups.join(', '), product, url };
  for (const { id, email } of deciders) {
    await addMail(trx, { kind: 'enrolment.pending', recipient: email, accountId: id, data }, now);
  }
}

interface Decider {
  readonly id: string;
  readonly email: string;
}

async function findManagers(trx: Kysely<DB>, paths: readonly string[]): Promise<readonly Decider[]> {
  const { rows } = await sql<Decider>`SELECT accounts.id, accounts.email FROM accounts
    WHERE state = 'active' AND email IS NOT NULL AND id IN (SELECT account_id FROM group_managers)
      AND NOT EXISTS (SELECT FROM unnest(${[...paths]}::text[]) AS asked (path) WHERE NOT EXISTS (
        SELECT FROM group_managers JOIN groups ON groups.id = group_managers.group_id
        WHERE group_managers.account_id = accounts.id
          AND (groups.path = asked.path OR starts_with(asked.path, groups.path || '/'))))
    ORDER BY username LIMIT ${mostDeciders}`.execute(trx);
  return rows;
}

async function findAdministrators(trx: Kysely<DB>): Promise<readonly Decider[]> {
  const { rows } = await sql<Decider>`SELECT id, email FROM accounts
    WHERE roles <> '{}' AND 'admin' = ANY(roles) AND state = 'active' AND email IS NOT NULL
    ORDER BY username LIMIT ${mostDeciders}`.execute(trx);
  return rows;
}

/** What comes first: prove the address, or wait. */
export async function tellAsker(
  trx: Kysely<DB>,
  { issuer, product }: MailPlace,
  asked: Pick<NewEnrolment, 'email' | 'values'>,
  secret: string | null,
  now: number,
): Promise<void> {
  const name = addresseeOf(asked);
  const to = { recipient: asked.email, accountId: null };
  if (secret === null) return addMail(trx, { kind: 'enrolment.received', ...to, data: { name, product } }, now);
  const url = new URL('register-account/confirm', issuer);
  url.searchParams.set('token', secret);
  return addMail(trx, { kind: 'enrolment.confirm', ...to, data: { name, product, url: url.href } }, now);
}

/** To the owner of an address that has an account, whoever asked. */
export function tellOwner(
  trx: Kysely<DB>,
  { issuer, product }: MailPlace,
  owner: { readonly id: string; readonly username: string },
  recipient: string,
  now: number,
): Promise<void> {
  const url = new URL('forgotten-password', issuer).href;
  const data = { username: owner.username, product, url };
  return addMail(trx, { kind: 'enrolment.known', recipient, accountId: owner.id, data }, now);
}
