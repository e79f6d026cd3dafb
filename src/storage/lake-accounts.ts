/** Writes the accounts of a plan with their memberships, a hundred thousand in seconds. */
import { type Kysely, sql } from 'kysely';
import type { AccountWrite } from '../lake/plan/accounts.ts';
import type { LakeWrites } from '../lake/plan.ts';
import { eachChunk, upsertRows } from './bulk-write.ts';
import type { DB } from './schema.ts';

const accountTarget = {
  table: 'accounts',
  columns: {
    id: 'text',
    username: 'text',
    name: 'text',
    email: 'text',
    kind: 'text',
    given_name: 'text',
    family_name: 'text',
    affiliation: 'text',
    email_verified_at: 'timestamptz',
    labels: 'jsonb',
    password_hash: 'text',
    roles: 'text[]',
    embargo_paths: 'text[]',
    state: 'text',
    ends_at: 'timestamptz',
    declared: 'boolean',
  },
  key: ['id'],
  onUpdate: { updated_at: 'now()' },
} as const;

/** Usernames may be exchanged: uniqueness is checked at each row, so those that change are moved away first. */
export async function renameAccounts(db: Kysely<DB>, writes: readonly AccountWrite[]): Promise<void> {
  const existing = writes.filter(({ isNew, rowChanges }) => rowChanges && !isNew);
  await eachChunk(existing, async (chunk) => {
    const rows = chunk.map(({ account: { record } }) => ({ id: record.id, username: record.username }));
    await sql`UPDATE accounts SET username = 'renaming:' || accounts.id
      FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given(id text, username text)
      WHERE accounts.id = given.id AND accounts.username <> given.username`.execute(db);
  });
}

export async function writeAccounts(db: Kysely<DB>, writes: readonly AccountWrite[]): Promise<void> {
  const rows = writes
    .filter(({ rowChanges }) => rowChanges)
    .map(({ account: { record, declared, passwordHash } }) => ({
      id: record.id,
      username: record.username,
      name: record.name,
      email: record.email,
      kind: record.kind,
      given_name: record.givenName,
      family_name: record.familyName,
      affiliation: record.affiliation,
      email_verified_at: record.emailVerifiedAt,
      labels: record.labels,
      password_hash: passwordHash,
      roles: record.roles,
      embargo_paths: record.embargoPaths,
      state: record.state,
      ends_at: record.endsAt,
      declared,
    }));
  await upsertRows(db, accountTarget, rows);
}

/** Those memberships whose group is wanted: groups that do not exist yet come later. */
export async function writeMemberships(
  db: Kysely<DB>,
  { accounts: writes, declares }: Pick<LakeWrites, 'accounts' | 'declares'>,
  isWanted: (group: string) => boolean,
): Promise<void> {
  const ended = writes.flatMap(({ account, memberships }) => pairs(account.record.id, memberships.removals, isWanted));
  await eachChunk(ended, async (chunk) => {
    await sql`DELETE FROM memberships USING groups, json_to_recordset(${JSON.stringify(chunk)}::json) AS given(owner text, path text)
      WHERE groups.path = given.path AND group_id = groups.id AND account_id = given.owner`.execute(db);
  });
  const held = writes.flatMap(({ account, memberships }) =>
    memberships.upserts
      .filter(({ group }) => isWanted(group))
      .map((membership) => ({ owner: account.record.id, ...membership })),
  );
  await eachChunk(held, async (chunk) => {
    await sql`INSERT INTO memberships (account_id, group_id, starts_at, ends_at, declared)
      SELECT owner, groups.id, "from", until, ${declares}
      FROM json_to_recordset(${JSON.stringify(chunk)}::json) AS given(owner text, "group" text, "from" timestamptz, until timestamptz)
      JOIN groups ON groups.path = given."group"
      ON CONFLICT (account_id, group_id) DO UPDATE
      SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, declared = memberships.declared OR excluded.declared`.execute(
      db,
    );
  });
}

export async function writeManagements(
  db: Kysely<DB>,
  { accounts: writes, declares }: Pick<LakeWrites, 'accounts' | 'declares'>,
  isWanted: (group: string) => boolean,
): Promise<void> {
  const ended = writes.flatMap(({ account, manages }) => pairs(account.record.id, manages.removals, isWanted));
  await eachChunk(ended, async (chunk) => {
    await sql`DELETE FROM group_managers USING groups, json_to_recordset(${JSON.stringify(chunk)}::json) AS given(owner text, path text)
      WHERE groups.path = given.path AND group_id = groups.id AND account_id = given.owner`.execute(db);
  });
  const held = writes.flatMap(({ account, manages }) => pairs(account.record.id, manages.upserts, isWanted));
  await eachChunk(held, async (chunk) => {
    await sql`INSERT INTO group_managers (account_id, group_id, declared)
      SELECT owner, groups.id, ${declares}
      FROM json_to_recordset(${JSON.stringify(chunk)}::json) AS given(owner text, path text)
      JOIN groups ON groups.path = given.path
      ON CONFLICT (account_id, group_id) DO UPDATE SET declared = group_managers.declared OR excluded.declared`.execute(
      db,
    );
  });
}

function pairs(owner: string, paths: readonly string[], isWanted: (group: string) => boolean) {
  return paths.filter(isWanted).map((path) => ({ owner, path }));
}
