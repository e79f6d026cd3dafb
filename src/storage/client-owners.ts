/** Who looks after clients, on PostgreSQL: accounts in the order in which they are named. */
import { type Kysely, sql } from 'kysely';
import type { DB } from './schema.ts';

/** Usernames of the owners of every client that has some. */
export async function readClientOwners(db: Kysely<DB>): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('client_owners')
    .innerJoin('accounts', 'accounts.id', 'account_id')
    .select(['client_id', 'username'])
    .orderBy('client_id')
    .orderBy('client_owners.position')
    .orderBy('username')
    .execute();
  const owners = new Map<string, string[]>();
  for (const { client_id, username } of rows) owners.set(client_id, [...(owners.get(client_id) ?? []), username]);
  return owners;
}

/** Replaces the owners of each of these clients; usernames that nobody has are passed over. */
export async function setClientOwners(
  db: Kysely<DB>,
  clients: readonly { readonly clientId: string; readonly usernames: readonly string[] }[],
): Promise<void> {
  if (clients.length === 0) return;
  const ids = clients.map(({ clientId }) => clientId);
  await sql`DELETE FROM client_owners WHERE client_id = ANY(${ids})`.execute(db);
  const said = clients.flatMap(({ clientId, usernames }) =>
    [...new Set(usernames)].map((username, position) => ({ client_id: clientId, username, position })),
  );
  if (said.length === 0) return;
  await sql`INSERT INTO client_owners (client_id, account_id, position)
    SELECT client_id, accounts.id, given.position
    FROM json_to_recordset(${JSON.stringify(said)}::json) AS given(client_id text, username text, position integer)
    JOIN accounts USING (username)`.execute(db);
}
