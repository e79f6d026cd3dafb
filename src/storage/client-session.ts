/** One write to clients, within a transaction that says who and why (src/storage/client-records.ts). */
import { type Kysely, sql } from 'kysely';
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import type { ClientMail, ClientSession, ClientWrite } from '../clients/administration-store.ts';
import { appendAudit } from './audit-log.ts';
import { type ClientMailPlace, mailAboutClient } from './client-mails.ts';
import { findClient, selectRequests, toRequest } from './client-rows.ts';
import type { DB, JsonObject } from './schema.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function createClientSession(
  trx: Kysely<DB>,
  { actor, reason }: ChangeContext,
  at: number,
  place: ClientMailPlace,
): ClientSession {
  return {
    find: (clientId) => findClient(trx, clientId, at),
    exists: async (clientId) => {
      const row = await trx
        .selectFrom('clients')
        .select('client_id')
        .where('client_id', '=', clientId)
        .executeTakeFirst();
      return row !== undefined;
    },
    insert: async (client, now) => {
      const instant = new Date(now);
      await trx
        .insertInto('clients')
        .values({
          client_id: client.clientId,
          definition: json(client.definition),
          granted: json(client.granted),
          secret_hash: client.secretHash,
          secret_created_at: client.secretHash === null ? null : instant,
          registered_at: client.registeredBy === null ? null : instant,
          registered_by: client.registeredBy,
          created_at: instant,
          updated_at: instant,
        })
        .execute();
      await setOwners(trx, client.clientId, client.ownerIds);
    },
    update: async (clientId, write, now) => {
      await trx
        .updateTable('clients')
        .set({ ...columnsOf(write), updated_at: new Date(now) })
        .where('client_id', '=', clientId)
        .execute();
    },
    remove: async (clientId) => {
      await trx.deleteFrom('clients').where('client_id', '=', clientId).execute();
    },
    endChains: (clientId, now) => endChains(trx, clientId, now),
    countRegistered: async (accountId, since) => {
      const { count } = await trx
        .selectFrom('clients')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('registered_by', '=', accountId)
        .where('registered_at', '>', new Date(since))
        .executeTakeFirstOrThrow();
      return count;
    },
    accountIds: async (usernames) => {
      const names = usernames.filter((username) => !username.includes('\0'));
      if (names.length === 0) return new Map();
      const rows = await trx.selectFrom('accounts').select(['id', 'username']).where('username', 'in', names).execute();
      return new Map(rows.map(({ id, username }) => [username, id]));
    },
    setOwners: (clientId, accountIds) => setOwners(trx, clientId, accountIds),
    invite: async (clientId, { username, accountId, invitedBy }, now, expiresAt) => {
      const values = {
        account_id: accountId,
        invited_by: invitedBy,
        created_at: new Date(now),
        expires_at: new Date(expiresAt),
      };
      await trx
        .insertInto('client_invitations')
        .values({ client_id: clientId, username, ...values })
        .onConflict((conflict) => conflict.columns(['client_id', 'username']).doUpdateSet(values))
        .execute();
    },
    takeInvitation: async (clientId, accountId, now) => {
      const row = await trx
        .deleteFrom('client_invitations')
        .where('client_id', '=', clientId)
        .where('account_id', '=', accountId)
        .where('expires_at', '>', new Date(now))
        .returning('invited_by')
        .executeTakeFirst();
      return row?.invited_by;
    },
    dropInvitation: async (clientId, username) => {
      const result = await trx
        .deleteFrom('client_invitations')
        .where('client_id', '=', clientId)
        .where('username', '=', username)
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
    request: async (id) => {
      if (!uuid.test(id)) return undefined;
      const row = await selectRequests(trx).where('client_requests.id', '=', id).executeTakeFirst();
      return row && toRequest(row);
    },
    countRequests: async (clientId) => {
      const { count } = await trx
        .selectFrom('client_requests')
        .select(sql<number>`count(*)::int`.as('count'))
        .where('client_id', '=', clientId)
        .where('state', '=', 'waiting')
        .executeTakeFirstOrThrow();
      return count;
    },
    addRequest: async ({ id, clientId, asked, note, createdAt, expiresAt }, accountId) => {
      await trx
        .insertInto('client_requests')
        .values({
          ...{ id, client_id: clientId, account_id: accountId, asked: json(asked), note },
          created_at: new Date(createdAt),
          expires_at: new Date(expiresAt),
        })
        .execute();
    },
    decide: async (id, { state, by, reason: because, approved }, now) => {
      await trx
        .updateTable('client_requests')
        .set({ state, decided_by: by, reason: because, decided_at: new Date(now) })
        .set({ approved: approved === null ? null : json(approved) })
        .where('id', '=', id)
        .execute();
    },
    mail: (to, client, mail, now) => {
      const about = {
        clientId: client.clientId,
        clientName: client.effective.name ?? null,
        path: pathOf(mail, client.clientId),
      };
      return mailAboutClient(trx, place, to, { ...about, kind: mail.kind, data: mail.data as never }, now);
    },
    audit: (action, clientId, detail) =>
      appendAudit(trx, {
        ...{ at, action, reason },
        detail: { client: clientId, ...detail },
        actor: peopleActorName(actor),
        address: actor.address,
        objectKind: 'client',
        objectId: clientId,
      }),
  };
}

function columnsOf({ definition, granted, secret, suspension }: ClientWrite) {
  return {
    ...(definition && { definition: json(definition) }),
    ...(granted && { granted: json(granted) }),
    ...(secret && {
      secret_hash: secret.hash,
      secret_created_at: dateOf(secret.createdAt),
      previous_secret_hash: secret.previous?.hash ?? null,
      previous_secret_ends_at: dateOf(secret.previous?.endsAt ?? null),
      previous_secret_created_at: dateOf(secret.previous?.createdAt ?? null),
    }),
    ...(suspension !== undefined && {
      state: suspension === null ? 'active' : 'suspended',
      suspended_at: dateOf(suspension?.at ?? null),
      suspended_because: suspension?.because ?? null,
      suspended_by: suspension?.by ?? null,
    }),
  };
}

/** Chains of the client, and those that rest on a token of it. */
export async function endChains(trx: Kysely<DB>, clientId: string, now: number): Promise<number> {
  const result = await sql`UPDATE refresh_tokens SET revoked_at = ${new Date(now)}
    WHERE (client_id = ${clientId} OR origin_client_id = ${clientId} OR subject_client_id = ${clientId})
      AND revoked_at IS NULL AND expires_at > ${new Date(now)}`.execute(trx);
  return Number(result.numAffectedRows ?? 0);
}

async function setOwners(trx: Kysely<DB>, clientId: string, accountIds: readonly string[]): Promise<void> {
  await trx.deleteFrom('client_owners').where('client_id', '=', clientId).execute();
  if (accountIds.length === 0) return;
  await trx
    .insertInto('client_owners')
    .values(accountIds.map((account_id, position) => ({ client_id: clientId, account_id, position })))
    .execute();
}

function pathOf({ kind }: ClientMail, clientId: string): string {
  if (kind === 'client.requested') return '/admin/clients/requests';
  return kind === 'client.invited' ? '/account/clients' : `/account/clients/${encodeURIComponent(clientId)}`;
}

function dateOf(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}

function json(value: object) {
  return sql<JsonObject>`${JSON.stringify(value)}::jsonb`;
}
