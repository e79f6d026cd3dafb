/** Rows of accounts as SCIM's users, with what hangs on them: a statement for each kind of thing, however many rows there are. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Role } from '../accounts/account.ts';
import type { GroupReference, Identities, UserRecord } from '../scim/records.ts';
import type { DB } from './schema.ts';
import { isCurrent } from './scim-fields.ts';

/** Certificates, keys and upstream identities of accounts, all at once; who has none may be absent. */
export type IdentitiesOf = (accountIds: readonly string[]) => Promise<ReadonlyMap<string, Identities>>;

export const userColumns = sql`accounts.id, accounts.username, accounts.name, accounts.given_name, accounts.family_name,
  accounts.email, accounts.affiliation, accounts.kind, accounts.state, accounts.ends_at, accounts.labels, accounts.roles,
  accounts.created_at, accounts.updated_at,
  (SELECT external_id FROM scim_external_ids WHERE account_id = accounts.id) AS external_id`;

export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly name: string | null;
  readonly given_name: string | null;
  readonly family_name: string | null;
  readonly email: string | null;
  readonly affiliation: string | null;
  readonly kind: 'person' | 'service';
  readonly state: 'active' | 'suspended';
  readonly ends_at: Date | null;
  readonly labels: Record<string, string>;
  readonly roles: readonly Role[];
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly external_id: string | null;
}

/** In the order of the rows. */
export async function completeUsers(
  db: Kysely<DB>,
  rows: readonly UserRow[],
  now: Date,
  identitiesOf: IdentitiesOf,
): Promise<readonly UserRecord[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const groups = await references(
    db,
    sql`SELECT memberships.account_id, groups.id, groups.path FROM memberships JOIN groups ON groups.id = memberships.group_id
      WHERE memberships.account_id = ANY(${ids}::text[]) AND ${isCurrent('memberships', now)}
      ORDER BY groups.position, groups.path`,
  );
  const managed = await references(
    db,
    sql`SELECT group_managers.account_id, groups.id, groups.path
      FROM group_managers JOIN groups ON groups.id = group_managers.group_id
      WHERE group_managers.account_id = ANY(${ids}::text[]) ORDER BY groups.path`,
  );
  const identities = await identitiesOf(ids);
  const signatures = await lastSignatures(db, ids);
  return rows.map((row) => ({
    id: row.id,
    externalId: row.external_id,
    username: row.username,
    name: row.name,
    givenName: row.given_name,
    familyName: row.family_name,
    email: row.email,
    affiliation: row.affiliation,
    kind: row.kind,
    state: row.state,
    endsAt: row.ends_at?.getTime() ?? null,
    labels: row.labels,
    roles: row.roles,
    groups: groups.get(row.id) ?? [],
    managedGroups: managed.get(row.id) ?? [],
    aupSignedAt: signatures.get(row.id) ?? null,
    createdAt: row.created_at.getTime(),
    updatedAt: row.updated_at.getTime(),
    ...(identities.get(row.id) ?? noIdentities),
  }));
}

/** When each last agreed to the acceptable use policy. */
async function lastSignatures(db: Kysely<DB>, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = await sql<{ account_id: string; signed_at: Date }>`SELECT account_id, max(signed_at) AS signed_at
    FROM acceptable_use_signatures WHERE account_id = ANY(${[...ids]}::text[]) GROUP BY account_id`.execute(db);
  return new Map(found.rows.map(({ account_id, signed_at }) => [account_id, signed_at.getTime()]));
}

const noIdentities: Identities = { certificates: [], sshKeys: [], oidcIds: [] };

/** By account. */
async function references(
  db: Kysely<DB>,
  query: RawBuilder<unknown>,
): Promise<ReadonlyMap<string, readonly GroupReference[]>> {
  const found = await sql<GroupReference & { account_id: string }>`${query}`.execute(db);
  const byAccount = new Map<string, GroupReference[]>();
  for (const { account_id, id, path } of found.rows) {
    const list = byAccount.get(account_id);
    if (list) list.push({ id, path });
    else byAccount.set(account_id, [{ id, path }]);
  }
  return byAccount;
}
