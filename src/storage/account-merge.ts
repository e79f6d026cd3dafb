/** Merges a duplicate into the account that stays: one list says what of an account moves, table by table. */
import { type Kysely, sql } from 'kysely';
import type { DB } from './schema.ts';

interface OwnedTable {
  readonly table: keyof DB;
  /** Names the account. */
  readonly column: string;
  /** With these columns alike, the account that stays has it already, and keeps its own. */
  readonly alike?: readonly string[];
}

/** Every table whose rows go with a person to another account. Not here, and so erased with the duplicate: what opens only the duplicate (passwords, sessions, second factors, tickets), and its mails. */
export const ownedTables: readonly OwnedTable[] = [
  { table: 'group_managers', column: 'account_id', alike: ['group_id'] },
  { table: 'consents', column: 'account_id', alike: ['client_id', 'audience'] },
  { table: 'account_owners', column: 'owner_id', alike: ['account_id'] },
  { table: 'account_owners', column: 'account_id', alike: ['owner_id'] },
  { table: 'clients', column: 'registered_by' },
  { table: 'client_owners', column: 'account_id', alike: ['client_id'] },
  { table: 'client_invitations', column: 'account_id' },
  { table: 'client_requests', column: 'account_id' },
  { table: 'group_requests', column: 'account_id', alike: ['group_id', 'state'] },
  { table: 'group_invitations', column: 'creator_id' },
  { table: 'acceptable_use_signatures', column: 'account_id' },
  { table: 'identities', column: 'account_id' },
  { table: 'certificates', column: 'account_id' },
  { table: 'ssh_keys', column: 'account_id' },
];

/** Returns how many rows of each table moved. */
export async function moveEverything(
  trx: Kysely<DB>,
  from: string,
  to: string,
): Promise<Readonly<Record<string, number>>> {
  const moved: Record<string, number> = { memberships: await moveMemberships(trx, from, to) };
  for (const { table, column, alike } of ownedTables) {
    const count = await move(trx, { table, column, ...(alike && { alike }) }, from, to);
    moved[table] = (moved[table] ?? 0) + count;
  }
  return moved;
}

async function move(trx: Kysely<DB>, { table, column, alike = [] }: OwnedTable, from: string, to: string) {
  const same = alike.map((name) => sql`other.${sql.ref(name)} = mine.${sql.ref(name)}`);
  const unlessPresent =
    same.length === 0
      ? sql``
      : sql`AND NOT EXISTS (SELECT FROM ${sql.table(table)} other
          WHERE other.${sql.ref(column)} = ${to} AND ${sql.join(same, sql` AND `)})`;
  const result = await sql`UPDATE ${sql.table(table)} mine SET ${sql.ref(column)} = ${to}
    WHERE mine.${sql.ref(column)} = ${from} ${unlessPresent}`.execute(trx);
  return Number(result.numAffectedRows ?? 0);
}

/** Where both are members, the longer of the two memberships stays. */
async function moveMemberships(trx: Kysely<DB>, from: string, to: string): Promise<number> {
  const result = await sql`INSERT INTO memberships (account_id, group_id, starts_at, ends_at, declared, reason)
    SELECT ${to}, group_id, starts_at, ends_at, declared, reason FROM memberships WHERE account_id = ${from}
    ON CONFLICT (account_id, group_id) DO UPDATE SET
      starts_at = CASE WHEN memberships.starts_at IS NULL OR excluded.starts_at IS NULL THEN NULL
        ELSE least(memberships.starts_at, excluded.starts_at) END,
      ends_at = CASE WHEN memberships.ends_at IS NULL OR excluded.ends_at IS NULL THEN NULL
        ELSE greatest(memberships.ends_at, excluded.ends_at) END`.execute(trx);
  return Number(result.numAffectedRows ?? 0);
}
