/** Registered clients on PostgreSQL: rows of `clients` that no lake file declared, with their history (migration 0015). */
import { type Kysely, sql } from 'kysely';
import type { ClientDefinition } from '../clients/definition.ts';
import { type ClientGrants, effectiveDefinition } from '../clients/grants.ts';
import type {
  ChangeNote,
  NewRegistration,
  RegistrationListing,
  RegistrationStore,
  Revision,
  StoredRegistration,
} from '../clients/registration-store.ts';
import { appendAudit } from './audit-log.ts';
import { readVersion } from './lake-facts.ts';
import { lockLake } from './lake-lock.ts';
import type { DB } from './schema.ts';

export function createRegistrationStore(db: Kysely<DB>): RegistrationStore {
  return {
    insert: (registration, note) => writing(db, (trx) => insert(trx, registration, note)),
    find: (clientId) => find(db, clientId),
    revise: (clientId, revise, note) =>
      writing(db, async (trx) => {
        const present = await find(trx, clientId);
        const revision = present && revise(present);
        if (present === undefined || revision === undefined) return undefined;
        await trx
          .updateTable('clients')
          .set({ definition: JSON.stringify(revision.definition), granted: JSON.stringify(revision.granted) })
          .set(secretRevision(present, revision, note.at))
          .set({ updated_at: sql`now()` })
          .where('client_id', '=', clientId)
          .execute();
        const { definition, granted } = revision;
        await noteChange(trx, clientId, note, effectiveDefinition(definition, granted));
        return readVersion(trx);
      }),
    list: (page) => list(db, page),
    remove: (clientId, note) =>
      writing(db, async (trx) => {
        if ((await find(trx, clientId)) === undefined) return false;
        await trx.deleteFrom('clients').where('client_id', '=', clientId).execute();
        await noteChange(trx, clientId, note, null);
        return true;
      }),
  };
}

/** A secret that goes or comes takes the one before along. */
function secretRevision(present: StoredRegistration, { secretHash }: Revision, at: number) {
  if (secretHash === present.secretHash) return {};
  const none = { previous_secret_hash: null, previous_secret_ends_at: null, previous_secret_created_at: null };
  return { ...none, secret_hash: secretHash, secret_created_at: secretHash === null ? null : new Date(at) };
}

/** In turn with everybody else who changes the lake. */
export function writing<T>(db: Kysely<DB>, work: (trx: Kysely<DB>) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    await lockLake(trx);
    return work(trx);
  });
}

export async function noteChange(
  trx: Kysely<DB>,
  clientId: string,
  { change, address = null, ...note }: ChangeNote,
  definition: ClientDefinition | null,
): Promise<void> {
  await appendAudit(trx, {
    ...note,
    action: `client.${change}`,
    address,
    objectKind: 'client',
    objectId: clientId,
    detail: { client: clientId, definition },
  });
}

async function insert(trx: Kysely<DB>, registration: NewRegistration, note: ChangeNote): Promise<number> {
  const { clientId, definition, secretHash, tokenHash, registeredAt, registeredBy } = registration;
  await trx
    .insertInto('clients')
    .values({
      client_id: clientId,
      secret_hash: secretHash,
      definition: JSON.stringify(definition),
      declared: false,
      registered_at: new Date(registeredAt),
      registered_by: registeredBy,
      registration_token_hash: tokenHash,
      secret_created_at: secretHash === null ? null : new Date(registeredAt),
    })
    .execute();
  if (registeredBy !== null) {
    await trx
      .insertInto('client_owners')
      .values({ client_id: clientId, account_id: registeredBy, position: 0 })
      .execute();
  }
  await noteChange(trx, clientId, note, definition);
  return readVersion(trx);
}

/** Suspended ones are as good as unknown: their token brings none back. */
async function find(db: Kysely<DB>, clientId: string): Promise<StoredRegistration | undefined> {
  // PostgreSQL has no NUL in text; such an id is nobody's.
  if (clientId.includes('\0')) return undefined;
  const row = await db
    .selectFrom('clients')
    .select(['client_id', 'definition', 'granted', 'secret_hash', 'registration_token_hash', 'registered_at'])
    .select(['previous_secret_hash', 'previous_secret_ends_at'])
    .where('client_id', '=', clientId)
    .where('state', '=', 'active')
    .executeTakeFirst();
  if (row?.registered_at == null) return undefined;
  const { previous_secret_hash: hash, previous_secret_ends_at: endsAt } = row;
  return {
    clientId: row.client_id,
    // It was validated before it was stored.
    definition: row.definition as unknown as ClientDefinition,
    granted: row.granted as ClientGrants,
    secretHash: row.secret_hash,
    previousSecret: hash === null || endsAt === null ? null : { hash, endsAt: endsAt.getTime() },
    tokenHash: row.registration_token_hash,
    registeredAt: row.registered_at.getTime(),
  };
}

async function list(
  db: Kysely<DB>,
  { limit, after }: { readonly limit: number; readonly after: string | null },
): Promise<RegistrationListing> {
  const rows = await db
    .selectFrom('clients')
    .leftJoin('client_uses', 'client_uses.client_id', 'clients.client_id')
    .leftJoin('accounts', 'accounts.id', 'clients.registered_by')
    .select(['clients.client_id', 'definition', 'granted', 'registered_at', 'clients.state', 'username'])
    .select(sql<string | null>`used_on::text`.as('used_on'))
    .where('registered_at', 'is not', null)
    .where('clients.client_id', '>', after ?? '')
    .orderBy('clients.client_id')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map((row) => ({
    clientId: row.client_id,
    definition: effectiveDefinition(row.definition as unknown as ClientDefinition, row.granted as ClientGrants),
    registeredAt: row.registered_at?.getTime() ?? 0,
    state: row.state === 'active' ? ('active' as const) : ('suspended' as const),
    registeredBy: row.username,
    usedOn: row.used_on,
  }));
  return { items, next: rows.length > limit ? (items.at(-1)?.clientId ?? null) : null };
}
