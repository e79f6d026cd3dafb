/** What every change of how an account is signed in to leaves behind: an entry of the audit log and a mail to its owner. */
import type { Kysely } from 'kysely';
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import type { SecurityChange } from '../mail/texts/accounts.ts';
import { appendAudit } from './audit-log.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

export interface SecurityNotice {
  /** Such as `passkey.added`. */
  readonly action: string;
  readonly what: SecurityChange;
  /** Never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Within the transaction of the change; `now` in milliseconds since the epoch. */
export async function noteSecurityChange(
  trx: Kysely<DB>,
  { actor, reason }: ChangeContext,
  accountId: string,
  { action, what, detail = {} }: SecurityNotice,
  now: number,
): Promise<void> {
  const by = { actor: peopleActorName(actor), address: actor.address, reason };
  await appendAudit(trx, { at: now, action, ...by, detail, objectKind: 'account', objectId: accountId });
  const { username, name, email } = await trx
    .selectFrom('accounts')
    .select(['username', 'name', 'email'])
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow();
  if (email === null) return;
  const at = `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  // Where an administrator works is nobody else's business.
  const address = actor.id === accountId ? actor.address : null;
  const data = { name: name ?? username, what, at, address };
  await addMail(trx, { kind: 'account.security', recipient: email, accountId, data }, now);
}
