/** One write to accounts, within a transaction that says who and why (src/storage/account-records.ts). */
import { type Kysely, sql } from 'kysely';
import type { ChangeContext } from '../accounts/actor.ts';
import { peopleActorName } from '../accounts/actor.ts';
import type { AccountChange, NewAccount } from '../accounts/administration.ts';
import type { AccountSession } from '../accounts/administration-store.ts';
import { eraseAccount } from './account-erasure.ts';
import { moveEverything } from './account-merge.ts';
import { denyAccessTokens, takeBackFrom } from './account-revocation.ts';
import { selectDetails, toDetails } from './account-rows.ts';
import { appendAudit } from './audit-log.ts';
import type { DB, JsonObject } from './schema.ts';

/** Two administrators who suspend one another take turns. */
const lastOfRoleLock = 5_133_003;

export function createAccountSession(trx: Kysely<DB>, { actor, reason }: ChangeContext, at: number): AccountSession {
  return {
    find: async (id) => {
      if (id.includes('\0')) return undefined;
      const row = await selectDetails(trx).where('accounts.id', '=', id).forUpdate('accounts').executeTakeFirst();
      return row && toDetails(row);
    },
    insert: async (account, now) => {
      const { id, passwordHash, state = 'active', kind = 'person' } = account;
      await trx
        .insertInto('accounts')
        .values({
          ...columnsOf(account, now),
          ...{ id, username: account.username, state, kind },
          password_hash: passwordHash ?? null,
          suspended_at: state === 'suspended' ? new Date(now) : null,
          suspended_because: state === 'suspended' ? reason : null,
          created_at: new Date(now),
        })
        .execute();
    },
    update: async (id, change, now) => {
      await trx.updateTable('accounts').set(columnsOf(change, now)).where('id', '=', id).execute();
    },
    setState: async (id, { state, suspendedAt, suspendedBecause }) => {
      await trx
        .updateTable('accounts')
        .set({
          state,
          suspended_at: suspendedAt === null ? null : new Date(suspendedAt),
          suspended_because: suspendedBecause,
        })
        .where('id', '=', id)
        .execute();
    },
    idsOf: async (usernames) => {
      if (usernames.length === 0) return new Map();
      const rows = await trx
        .selectFrom('accounts')
        .select(['id', 'username'])
        .where(
          'username',
          'in',
          usernames.filter((username) => !username.includes('\0')),
        )
        .execute();
      return new Map(rows.map(({ id, username }) => [username, id]));
    },
    setOwners: async (id, ownerIds) => {
      await trx.deleteFrom('account_owners').where('account_id', '=', id).execute();
      if (ownerIds.length === 0) return;
      await trx
        .insertInto('account_owners')
        .values(ownerIds.map((owner_id) => ({ account_id: id, owner_id })))
        .execute();
    },
    isNamedInRules: (username) => isNamedInRules(trx, `user:${username}`),
    countOthersWith: async (role, id, now) => {
      await sql`SELECT pg_advisory_xact_lock(${lastOfRoleLock})`.execute(trx);
      const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count FROM accounts
        WHERE roles <> '{}' AND ${role} = ANY(roles) AND id <> ${id} AND state = 'active'
          AND (ends_at IS NULL OR ends_at > ${new Date(now)})`.execute(trx);
      return rows[0]?.count ?? 0;
    },
    takeBack: (id, now) => takeBackFrom(trx, id, now),
    denyTokens: async (id, now) => {
      await denyAccessTokens(trx, id, now);
    },
    erase: (account) => eraseAccount(trx, account),
    move: (from, to) => moveEverything(trx, from, to),
    audit: (action, id, detail) =>
      appendAudit(trx, {
        ...{ at, action, reason, detail },
        actor: peopleActorName(actor),
        address: actor.address,
        objectKind: 'account',
        objectId: id,
      }),
  };
}

/** Columns of the fields that are said. */
function columnsOf(fields: AccountChange | NewAccount, now: number) {
  const { username, name, givenName, familyName, email, affiliation, labels, roles, embargoPaths, endsAt } = fields;
  return {
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
    ...(givenName !== undefined && { given_name: givenName }),
    ...(familyName !== undefined && { family_name: familyName }),
    // Another address is not proved by the proof of the one before.
    ...(email !== undefined && { email, email_verified_at: null }),
    ...(fields.emailVerified !== undefined && { email_verified_at: fields.emailVerified ? new Date(now) : null }),
    ...(affiliation !== undefined && { affiliation }),
    ...(labels !== undefined && { labels: sql<JsonObject>`${JSON.stringify(labels)}::jsonb` }),
    ...(roles !== undefined && { roles: [...new Set(roles)] }),
    ...(embargoPaths !== undefined && { embargo_paths: embargoPaths === null ? null : [...embargoPaths] }),
    ...(endsAt !== undefined && { ends_at: endsAt === null ? null : new Date(endsAt) }),
  };
}

async function isNamedInRules(trx: Kysely<DB>, subject: string): Promise<boolean> {
  const { rows } = await sql<{ named: boolean }>`SELECT
    EXISTS (SELECT FROM grants WHERE subject = ${subject})
    OR EXISTS (SELECT FROM embargoes WHERE state IN ('draft', 'active')
      AND parties @> jsonb_build_array(jsonb_build_object('subject', ${subject}::text))) AS named`.execute(trx);
  return rows[0]?.named ?? false;
}
