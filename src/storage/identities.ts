/** Identities, certificates and SSH keys on PostgreSQL: what is somebody's is nobody else's. */
import type { Kysely, Selectable } from 'kysely';
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import { type PeopleAnswer, refused } from '../accounts/refusal.ts';
import type { Certificate, Identities, Identity, KnownAs, SshKey } from '../federation/identities.ts';
import type { Clock } from '../shared/clock.ts';
import { ok } from '../shared/result.ts';
import { appendAudit } from './audit-log.ts';
import { sign } from './lake-lock.ts';
import type { Certificates, DB, Identities as IdentityRows, SshKeys } from './schema.ts';
import { noteSecurityChange } from './security-notice.ts';
import { countOtherWaysIn } from './ways-in.ts';

export function createIdentities(db: Kysely<DB>, clock: Clock): Identities {
  const ofAll = async (accountIds: readonly string[]) => {
    const found = new Map<string, KnownAs>();
    if (accountIds.length === 0) return found;
    // One after the other: within a transaction there is one connection.
    const identities = await db
      .selectFrom('identities')
      .selectAll()
      .where('account_id', 'in', accountIds)
      .orderBy('linked_at')
      .execute();
    const certificates = await db
      .selectFrom('certificates')
      .selectAll()
      .where('account_id', 'in', accountIds)
      .orderBy('added_at')
      .execute();
    const sshKeys = await db
      .selectFrom('ssh_keys')
      .selectAll()
      .where('account_id', 'in', accountIds)
      .orderBy('added_at')
      .execute();
    const owners = new Set([...identities, ...certificates, ...sshKeys].map(({ account_id }) => account_id));
    for (const owner of owners) {
      const own = <T extends { account_id: string }>(rows: readonly T[]) =>
        rows.filter((row) => row.account_id === owner);
      found.set(owner, {
        identities: own(identities).map(toIdentity),
        certificates: own(certificates).map(toCertificate),
        sshKeys: own(sshKeys).map(toSshKey),
      });
    }
    return found;
  };

  /** One write to what an account is known as; the account stays as it is meanwhile. */
  const write = async (
    context: ChangeContext,
    accountId: string,
    what: { readonly action: KnownAsAction; readonly detail: Readonly<Record<string, unknown>> },
    work: (trx: Kysely<DB>) => Promise<PeopleAnswer<null>>,
  ): Promise<PeopleAnswer<null>> => {
    const { actor, reason } = context;
    const trx = await db.startTransaction().execute();
    try {
      await sign(trx, { actor: peopleActorName(actor), reason, address: actor.address });
      const account = await trx
        .selectFrom('accounts')
        .select('id')
        .where('id', '=', accountId)
        .forUpdate()
        .executeTakeFirst();
      const outcome = account === undefined ? refused('not-found', 'there is no such account') : await work(trx);
      if (!outcome.ok) {
        await trx.rollback().execute();
        return outcome;
      }
      if (actor.kind === 'user')
        await noteSecurityChange(trx, context, accountId, { ...what, what: notices[what.action] }, clock.now());
      else await auditAlone(trx, context, accountId, what);
      await trx.commit().execute();
      return ok(null);
    } catch (error) {
      await trx
        .rollback()
        .execute()
        .catch(() => {});
      if ((error as { code?: string }).code === '23505') return taken();
      throw error;
    }
  };

  /** Scripts and regular work change many at a time: that mails nobody. */
  const auditAlone = (
    trx: Kysely<DB>,
    { actor, reason }: ChangeContext,
    accountId: string,
    what: { readonly action: KnownAsAction; readonly detail: Readonly<Record<string, unknown>> },
  ) => {
    const entry = { at: clock.now(), actor: peopleActorName(actor), address: actor.address, reason, ...what };
    return appendAudit(trx, { ...entry, objectKind: 'account', objectId: accountId });
  };

  const gone = (what: string) => refused('not-found', `the account has no such ${what}`);

  return {
    find: async ({ issuer, subject }) => {
      if (`${issuer}${subject}`.includes('\0')) return undefined;
      const row = await db
        .selectFrom('identities')
        .select('account_id')
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .executeTakeFirst();
      return row?.account_id;
    },
    noteUse: async ({ issuer, subject }) => {
      await db
        .updateTable('identities')
        .set({ last_used_at: new Date(clock.now()) })
        .where('issuer', '=', issuer)
        .where('subject', '=', subject)
        .execute();
    },
    ofAll,
    of: async (accountId) =>
      (await ofAll([accountId])).get(accountId) ?? { identities: [], certificates: [], sshKeys: [] },

    link: (context, accountId, { issuer, subject }) =>
      write(context, accountId, { action: 'identity.linked', detail: { issuer, subject } }, async (trx) => {
        const values = { issuer, subject, account_id: accountId, linked_at: new Date(clock.now()) };
        await trx.insertInto('identities').values(values).execute();
        return ok(null);
      }),

    unlink: (context, accountId, { issuer, subject }) =>
      write(context, accountId, { action: 'identity.unlinked', detail: { issuer, subject } }, async (trx) => {
        if ((await countWaysIn(trx, accountId)) <= 1) {
          return refused('in-use', 'it is the last way into the account: set a password or link another first');
        }
        const result = await trx
          .deleteFrom('identities')
          .where('account_id', '=', accountId)
          .where('issuer', '=', issuer)
          .where('subject', '=', subject)
          .executeTakeFirst();
        if (result.numDeletedRows === 0n) return gone('identity');
        await trx.deleteFrom('tickets').where('account_id', '=', accountId).where('purpose', '=', 'upstream').execute();
        return ok(null);
      }),

    addCertificate: (context, accountId, { subject, issuer, label, pem }) =>
      write(context, accountId, { action: 'certificate.added', detail: { subject, issuer } }, async (trx) => {
        const names = { subject_dn: subject, issuer_dn: issuer };
        const values = { ...names, account_id: accountId, label, pem, added_at: new Date(clock.now()) };
        await trx.insertInto('certificates').values(values).execute();
        return ok(null);
      }),

    removeCertificate: (context, accountId, { subject, issuer }) =>
      write(context, accountId, { action: 'certificate.removed', detail: { subject, issuer } }, async (trx) => {
        const result = await trx
          .deleteFrom('certificates')
          .where('account_id', '=', accountId)
          .where('subject_dn', '=', subject)
          .where('issuer_dn', '=', issuer)
          .executeTakeFirst();
        if (result.numDeletedRows === 0n) return gone('certificate');
        await trx.deleteFrom('tickets').where('account_id', '=', accountId).where('purpose', '=', 'proof').execute();
        return ok(null);
      }),

    addSshKey: (context, accountId, { fingerprint, name, key }) =>
      write(context, accountId, { action: 'ssh-key.added', detail: { fingerprint } }, async (trx) => {
        const values = { fingerprint, account_id: accountId, name, key, added_at: new Date(clock.now()) };
        await trx.insertInto('ssh_keys').values(values).execute();
        return ok(null);
      }),

    removeSshKey: (context, accountId, fingerprint) =>
      write(context, accountId, { action: 'ssh-key.removed', detail: { fingerprint } }, async (trx) => {
        const result = await trx
          .deleteFrom('ssh_keys')
          .where('account_id', '=', accountId)
          .where('fingerprint', '=', fingerprint)
          .executeTakeFirst();
        if (result.numDeletedRows === 0n) return gone('key');
        await trx.deleteFrom('tickets').where('account_id', '=', accountId).where('purpose', '=', 'proof').execute();
        return ok(null);
      }),
  };
}

const notices = {
  'identity.linked': 'identity-linked',
  'identity.unlinked': 'identity-unlinked',
  'certificate.added': 'certificate-added',
  'certificate.removed': 'certificate-removed',
  'ssh-key.added': 'ssh-key-added',
  'ssh-key.removed': 'ssh-key-removed',
} as const;

type KnownAsAction = keyof typeof notices;

/** Password, passkeys and identities: what an account can be entered with. */
async function countWaysIn(trx: Kysely<DB>, accountId: string): Promise<number> {
  const { passkeys } = await trx
    .selectFrom('passkeys')
    .select(({ fn }) => fn.countAll<string>().as('passkeys'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return Number(passkeys) + (await countOtherWaysIn(trx, accountId));
}

const taken = () => refused('taken', 'it is linked to an account already');

function toIdentity(row: Selectable<IdentityRows>): Identity {
  const { issuer, subject, declared } = row;
  const lastUsedAt = row.last_used_at?.getTime() ?? null;
  return { issuer, subject, linkedAt: row.linked_at.getTime(), lastUsedAt, declared };
}

function toCertificate(row: Selectable<Certificates>): Certificate {
  const { subject_dn: subject, issuer_dn: issuer, label, pem, declared } = row;
  return { subject, issuer, label, pem, addedAt: row.added_at.getTime(), declared };
}

function toSshKey(row: Selectable<SshKeys>): SshKey {
  const { fingerprint, name, key, declared } = row;
  return { fingerprint, name, key, addedAt: row.added_at.getTime(), declared };
}
