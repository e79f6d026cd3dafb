/** One's own profile on PostgreSQL. */
import type { Kysely } from 'kysely';
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import { emailLinkHours, type OwnProfileStore } from '../accounts/own-profile.ts';
import type { Clock } from '../shared/clock.ts';
import { appendAudit } from './audit-log.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

export function createOwnProfileStore(db: Kysely<DB>, clock: Clock, product: string): OwnProfileStore {
  const audit = (trx: Kysely<DB>, { actor, reason }: ChangeContext, accountId: string, fields: readonly string[]) =>
    appendAudit(trx, {
      at: clock.now(),
      action: 'account.changed',
      actor: peopleActorName(actor),
      address: actor.address,
      reason,
      objectKind: 'account',
      objectId: accountId,
      // Values are personal data, and the log is for ever.
      detail: { fields, by: 'itself' },
    });
  const present = (trx: Kysely<DB>, accountId: string) =>
    trx
      .selectFrom('accounts')
      .select(['username', 'name', 'affiliation', 'email', 'email_verified_at'])
      .where('id', '=', accountId)
      .executeTakeFirstOrThrow();

  return {
    read: async (accountId) => {
      const { name, affiliation, email, email_verified_at } = await present(db, accountId);
      return { name, affiliation, email, emailVerifiedAt: email_verified_at?.getTime() ?? null };
    },
    write: (context, accountId, { name, affiliation }) =>
      db.transaction().execute(async (trx) => {
        await trx.updateTable('accounts').set({ name, affiliation }).where('id', '=', accountId).execute();
        await audit(trx, context, accountId, ['name', 'affiliation']);
      }),
    askForEmail: async (accountId, recipient, url) => {
      const { name, username } = await present(db, accountId);
      const data = { name: name ?? username, product, hours: emailLinkHours, url };
      await addMail(db, { kind: 'account.email-confirmation', recipient, accountId, data }, clock.now());
    },
    setEmail: (context, accountId, email) =>
      db.transaction().execute(async (trx) => {
        const { name, username, email: before } = await present(trx, accountId);
        const verified = { email, email_verified_at: new Date(clock.now()) };
        await trx.updateTable('accounts').set(verified).where('id', '=', accountId).execute();
        await audit(trx, context, accountId, ['email']);
        if (before === null || before === email) return;
        const data = { name: name ?? username, product };
        await addMail(trx, { kind: 'account.email-changed', recipient: before, accountId, data }, clock.now());
      }),
  };
}
