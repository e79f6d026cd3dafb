/** Rows of clients as the administration of clients sees them. */
import { type Kysely, sql } from 'kysely';
import type { ClientInvitation, ClientOrigin, ClientOwner, ClientSecret } from '../clients/administration.ts';
import type { HeldClient } from '../clients/administration-store.ts';
import type { ClientDefinition } from '../clients/definition.ts';
import { type ClientGrants, effectiveDefinition } from '../clients/grants.ts';
import type { ClientRequest, ClientRequestState } from '../clients/requests.ts';
import type { DB } from './schema.ts';

interface ClientRow {
  readonly client_id: string;
  readonly definition: unknown;
  readonly granted: unknown;
  readonly declared: boolean;
  readonly state: string;
  readonly secret_hash: string | null;
  readonly secret_created_at: Date | null;
  readonly previous_secret_hash: string | null;
  readonly previous_secret_ends_at: Date | null;
  readonly previous_secret_created_at: Date | null;
  readonly suspended_at: Date | null;
  readonly suspended_because: string | null;
  readonly suspended_by: string | null;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly registered_at: Date | null;
  readonly registered_by: string | null;
  readonly used_on: string | null;
  readonly waiting: number;
}

/** With everything beside it, at an instant. */
export async function findClient(db: Kysely<DB>, clientId: string, now: number): Promise<HeldClient | undefined> {
  // PostgreSQL has no NUL in text; such an id is nobody's.
  if (clientId.includes('\0')) return undefined;
  const row = await db
    .selectFrom('clients')
    .leftJoin('client_uses', 'client_uses.client_id', 'clients.client_id')
    .leftJoin('accounts', 'accounts.id', 'clients.registered_by')
    .selectAll('clients')
    .select('accounts.username as registered_by')
    .select(sql<string | null>`used_on::text`.as('used_on'))
    .select(waitingRequests.as('waiting'))
    .where('clients.client_id', '=', clientId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    ...toClient(row),
    owners: await ownersOf(db, clientId, now),
    secrets: await secretsOf(db, row, now),
    invitations: await invitations(db, now)
      .where('client_invitations.client_id', '=', clientId)
      .execute()
      .then(toInvitations),
  };
}

/** How many requests of the client in `clients` wait. */
export const waitingRequests = sql<number>`(SELECT count(*)::int FROM client_requests
  WHERE client_requests.client_id = clients.client_id AND client_requests.state = 'waiting')`;

function toClient(row: ClientRow): Omit<HeldClient, 'owners' | 'secrets' | 'invitations'> {
  const [own, granted] = [row.definition as ClientDefinition, row.granted as ClientGrants];
  const { previous_secret_hash: hash, previous_secret_ends_at: endsAt } = row;
  return {
    clientId: row.client_id,
    name: own.name ?? null,
    origin: originOf(row),
    state: row.state === 'active' ? 'active' : 'suspended',
    own,
    granted,
    effective: effectiveDefinition(own, granted),
    suspension:
      row.state === 'active'
        ? null
        : {
            at: row.suspended_at?.getTime() ?? null,
            because: row.suspended_because,
            by: row.suspended_by as 'unused' | 'administrator' | null,
          },
    createdAt: (row.registered_at ?? row.created_at).getTime(),
    updatedAt: row.updated_at.getTime(),
    registeredBy: row.registered_by,
    lastUsedOn: row.used_on,
    waitingRequests: row.waiting,
    secretHash: row.secret_hash,
    secretCreatedAt: row.secret_created_at?.getTime() ?? null,
    previousSecret: hash === null || endsAt === null ? null : { hash, endsAt: endsAt.getTime() },
  };
}

export function originOf({ declared, registered_at }: Pick<ClientRow, 'declared' | 'registered_at'>): ClientOrigin {
  if (declared) return 'lake-file';
  return registered_at === null ? 'administrator' : 'registration';
}

async function ownersOf(db: Kysely<DB>, clientId: string, now: number): Promise<ClientOwner[]> {
  const rows = await db
    .selectFrom('client_owners')
    .innerJoin('accounts', 'accounts.id', 'account_id')
    .select(['accounts.id', 'username', 'name', 'state', 'ends_at'])
    .where('client_id', '=', clientId)
    .orderBy('client_owners.position')
    .orderBy('username')
    .execute();
  return rows.map(({ id, username, name, state, ends_at }) => ({
    accountId: id,
    username,
    name,
    usable: state === 'active' && (ends_at === null || now < ends_at.getTime()),
  }));
}

async function secretsOf(db: Kysely<DB>, row: ClientRow, now: number): Promise<ClientSecret[]> {
  const uses = await db
    .selectFrom('client_secret_uses')
    .select(['secret_hash', sql<string>`used_on::text`.as('used_on')])
    .where('client_id', '=', row.client_id)
    .execute();
  const usedOn = (hash: string) => uses.find(({ secret_hash }) => secret_hash === hash)?.used_on ?? null;
  const { secret_hash: present, previous_secret_hash: previous, previous_secret_ends_at: endsAt } = row;
  const secrets: ClientSecret[] = [];
  if (present !== null) {
    const createdAt = row.secret_created_at?.getTime() ?? null;
    secrets.push({ slot: 'present', createdAt, lastUsedOn: usedOn(present), endsAt: null });
  }
  if (previous !== null && endsAt !== null && now < endsAt.getTime()) {
    const createdAt = row.previous_secret_created_at?.getTime() ?? null;
    secrets.push({ slot: 'previous', createdAt, lastUsedOn: usedOn(previous), endsAt: endsAt.getTime() });
  }
  return secrets;
}

/** Those that may still be answered. */
export function invitations(db: Kysely<DB>, now: number) {
  return db
    .selectFrom('client_invitations')
    .innerJoin('clients', 'clients.client_id', 'client_invitations.client_id')
    .select(['client_invitations.client_id', 'username', 'invited_by', 'expires_at'])
    .select(sql<string | null>`definition->>'name'`.as('name'))
    .where('expires_at', '>', new Date(now))
    .orderBy('client_invitations.client_id')
    .orderBy('username');
}

interface InvitationRow {
  readonly client_id: string;
  readonly name: string | null;
  readonly username: string;
  readonly invited_by: string;
  readonly expires_at: Date;
}

export function toInvitations(rows: readonly InvitationRow[]): ClientInvitation[] {
  return rows.map((row) => ({
    clientId: row.client_id,
    clientName: row.name,
    username: row.username,
    invitedBy: row.invited_by,
    expiresAt: row.expires_at.getTime(),
  }));
}

export function selectRequests(db: Kysely<DB>) {
  return db
    .selectFrom('client_requests')
    .innerJoin('clients', 'clients.client_id', 'client_requests.client_id')
    .leftJoin('accounts', 'accounts.id', 'client_requests.account_id')
    .selectAll('client_requests')
    .select('accounts.username')
    .select(sql<string | null>`definition->>'name'`.as('name'));
}

interface RequestRow {
  readonly id: string;
  readonly client_id: string;
  readonly name: string | null;
  readonly username: string | null;
  readonly asked: unknown;
  readonly note: string;
  readonly state: string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly reason: string | null;
  readonly approved: unknown;
}

export function toRequest(row: RequestRow): ClientRequest {
  return {
    id: row.id,
    clientId: row.client_id,
    clientName: row.name,
    askedBy: row.username,
    asked: row.asked as ClientGrants,
    note: row.note,
    state: row.state as ClientRequestState,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
    decidedAt: row.decided_at?.getTime() ?? null,
    decidedBy: row.decided_by,
    reason: row.reason,
    approved: row.approved as ClientGrants | null,
  };
}
