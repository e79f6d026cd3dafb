/** Everything that is kept of an account, for its owner (GDPR articles 15 and 20): no secrets and no hashes of them. */
import { type Kysely, sql } from 'kysely';
import type { AccountDetails } from '../accounts/administration.ts';
import type { DB } from './schema.ts';

interface Kept {
  readonly table: string;
  /** A condition on `kept`, with `account.id` and `account.username`. */
  readonly of: string;
  /** Columns that open something, or say nothing to people. */
  readonly without?: readonly string[];
}

const hers = 'kept.account_id = account.id';

/** Every table that holds something of an account, by the name in the export. */
const keptTables: Readonly<Record<string, Kept>> = {
  lastLogin: { table: 'account_logins', of: hers },
  logins: { table: 'login_history', of: hers },
  identities: { table: 'identities', of: hers },
  authentications: { table: 'authentications', of: hers, without: ['id_token', 'upstream_sid'] },
  certificates: { table: 'certificates', of: hers },
  sshKeys: { table: 'ssh_keys', of: hers },
  passkeys: { table: 'passkeys', of: hers, without: ['public_key', 'user_handle', 'counter'] },
  oneTimeCodes: { table: 'one_time_codes', of: hers, without: ['sealed', 'last_step'] },
  recoveryCodes: { table: 'recovery_codes', of: hers, without: ['code_hash'] },
  enrolments: { table: 'enrolments', of: hers },
  acceptableUse: { table: 'acceptable_use_signatures', of: hers },
  groupRequests: { table: 'group_requests', of: hers },
  groupInvitations: { table: 'group_invitations', of: 'kept.creator_id = account.id' },
  scim: { table: 'scim_external_ids', of: hers },
  membershipHistory: { table: 'membership_history', of: hers },
  managedGroups: { table: 'group_managers', of: hers, without: ['declared'] },
  consents: { table: 'consents', of: hers },
  refreshChains: {
    table: 'refresh_tokens',
    of: hers,
    without: ['token_hash', 'previous_hash', 'family_hash', 'successor_nonce', 'in_grace', 'grant_id', 'payload'],
  },
  ownedServiceAccounts: { table: 'account_owners', of: 'kept.owner_id = account.id' },
  registeredClients: {
    table: 'clients',
    of: 'kept.registered_by = account.id',
    without: ['secret_hash', 'previous_secret_hash', 'registration_token_hash'],
  },
  ownedClients: { table: 'client_owners', of: hers, without: ['position'] },
  clientRequests: { table: 'client_requests', of: hers },
  notices: { table: 'account_notices', of: hers },
  mails: { table: 'outbox', of: hers, without: ['data'] },
  issuedTokens: { table: 'issue_log', of: 'kept.subject = account.id' },
  auditEntries: {
    table: 'audit_trail',
    of: "(kept.actor = 'user:' || account.username OR kept.object_id = account.id AND kept.object_kind IN ('account', 'membership'))",
    without: ['source', 'ord', 'key'],
  },
  grants: { table: 'grants', of: "kept.subject = 'user:' || account.username", without: ['declared', 'position'] },
};

export async function exportAccount(
  db: Kysely<DB>,
  account: AccountDetails,
): Promise<Readonly<Record<string, unknown>>> {
  const kept: Record<string, unknown> = {};
  for (const [name, table] of Object.entries(keptTables)) kept[name] = await rowsOf(db, account, table);
  return { account: readable(account), ...kept };
}

/** With the account's values in the statement, so that indexes find each of its rows. */
async function rowsOf(
  db: Kysely<DB>,
  { id, username }: AccountDetails,
  { table, of, without = [] }: Kept,
): Promise<unknown> {
  const { rows } = await sql<{
    rows: unknown;
  }>`SELECT coalesce(jsonb_agg(to_jsonb(kept) - ${[...without]}::text[]), '[]') AS rows
    FROM (VALUES (${id}, ${username})) AS account (id, username) JOIN ${sql.table(table)} kept ON ${sql.raw(of)}`.execute(
    db,
  );
  return rows[0]?.rows ?? [];
}

const instants: ReadonlySet<string> = new Set([
  'endsAt',
  'createdAt',
  'updatedAt',
  'lastLoginAt',
  'suspendedAt',
  'emailVerifiedAt',
]);

function readable(account: AccountDetails): Readonly<Record<string, unknown>> {
  const shown = Object.entries(account).map(([name, value]) => [
    name,
    instants.has(name) && typeof value === 'number' ? new Date(value).toISOString() : value,
  ]);
  return Object.fromEntries(shown);
}
