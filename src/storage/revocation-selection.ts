/** A selection of tokens as conditions on chains and on the issue log (src/rules/bulk-revocation.ts). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { RevocationSelection } from '../rules/bulk-revocation.ts';
import type { RuleFault } from '../rules/refusal.ts';
import type { DB } from './schema.ts';

export type Condition = RawBuilder<unknown>;

export function chainConditions({ client, user, group, issuedFrom, issuedBefore }: RevocationSelection): Condition[] {
  return present([
    client !== undefined &&
      sql`(client_id = ${client} OR origin_client_id = ${client} OR subject_client_id = ${client})`,
    user !== undefined && sql`account_id = ${accountId(user)}`,
    group !== undefined && sql`(account_id IN ${accountsIn(group)} OR subject_client_id IN ${clientsIn(group)})`,
    issuedFrom !== undefined && sql`created_at >= ${new Date(issuedFrom)}`,
    issuedBefore !== undefined && sql`created_at < ${new Date(issuedBefore)}`,
  ]);
}

/** `subject` is an account id, or the id of a client that acted for itself. */
export function tokenConditions({ client, user, group, issuedFrom, issuedBefore }: RevocationSelection): Condition[] {
  return present([
    client !== undefined && sql`(client_id = ${client} OR subject = ${client})`,
    user !== undefined && sql`subject = ${accountId(user)}`,
    group !== undefined && sql`(subject IN ${accountsIn(group)} OR subject IN ${clientsIn(group)})`,
    issuedFrom !== undefined && sql`at >= ${new Date(issuedFrom)}`,
    issuedBefore !== undefined && sql`at < ${new Date(issuedBefore)}`,
  ]);
}

export async function findUnknownNames(db: Kysely<DB>, selection: RevocationSelection): Promise<RuleFault[]> {
  const { client = null, user = null, group = null, embargo = null } = selection;
  const { rows } = await sql<Record<'client' | 'user' | 'group' | 'embargo', boolean>>`SELECT
    EXISTS (SELECT FROM clients WHERE client_id = ${client}) AS client,
    EXISTS (SELECT FROM accounts WHERE username = ${user}) AS user,
    EXISTS (SELECT FROM groups WHERE path = ${group}) AS group,
    EXISTS (SELECT FROM embargoes WHERE id = ${embargo}) AS embargo`.execute(db);
  return (['client', 'user', 'group', 'embargo'] as const)
    .filter((name) => selection[name] !== undefined && !rows[0]?.[name])
    .map((name) => ({ path: [name], message: `${name} \`${selection[name]}\` not known` }));
}

function accountId(username: string): RawBuilder<unknown> {
  return sql`(SELECT id FROM accounts WHERE username = ${username})`;
}

/** A membership that has not begun yet counts, as everywhere when rights are taken back; one that has ended, too: its tokens may be out. */
function accountsIn(group: string): RawBuilder<unknown> {
  return sql`(SELECT account_id FROM memberships JOIN groups ON groups.id = group_id WHERE ${isAtOrBelow(group)})`;
}

function clientsIn(group: string): RawBuilder<unknown> {
  return sql`(SELECT client_id FROM client_memberships JOIN groups ON groups.id = group_id WHERE ${isAtOrBelow(group)})`;
}

function isAtOrBelow(group: string): RawBuilder<unknown> {
  return sql`(path = ${group} OR starts_with(path, ${`${group}/`}))`;
}

function present(conditions: readonly (Condition | false)[]): Condition[] {
  return conditions.filter((condition) => condition !== false);
}
