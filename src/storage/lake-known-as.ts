/** Identities, certificates and SSH keys as a lake file sees and writes them, many accounts at once. */
import { type Kysely, sql } from 'kysely';
import type { AccountWrite } from '../lake/plan/accounts.ts';
import { namesOfKnownAs } from '../lake/plan/known-as.ts';
import type { LakeWrites } from '../lake/plan.ts';
import type { StoredKnownAs } from '../lake/state.ts';
import type { Signature } from '../rules/store.ts';
import { AppError } from '../shared/errors.ts';
import { eachChunk } from './bulk-write.ts';
import { byOwner } from './by-owner.ts';
import type { DB } from './schema.ts';

/** Of every account, in the order in which they came. */
export async function readKnownAs(db: Kysely<DB>): Promise<(accountId: string) => StoredKnownAs> {
  const identities = byOwner(
    await db
      .selectFrom('identities')
      .select(['account_id as owner', 'issuer', 'subject', 'declared'])
      .orderBy('linked_at')
      .orderBy('issuer')
      .orderBy('subject')
      .execute(),
    ({ issuer, subject, declared }) => ({ issuer, subject, declared }),
  );
  const certificates = byOwner(
    await db
      .selectFrom('certificates')
      .select(['account_id as owner', 'subject_dn', 'issuer_dn', 'label', 'pem', 'declared'])
      .orderBy('added_at')
      .orderBy('subject_dn')
      .orderBy('issuer_dn')
      .execute(),
    ({ subject_dn: subject, issuer_dn: issuer, label, pem, declared }) => ({ subject, issuer, label, pem, declared }),
  );
  const sshKeys = byOwner(
    await db
      .selectFrom('ssh_keys')
      .select(['account_id as owner', 'fingerprint', 'name', 'key', 'declared'])
      .orderBy('added_at')
      .orderBy('fingerprint')
      .execute(),
    ({ fingerprint, name, key, declared }) => ({ fingerprint, name, key, declared }),
  );
  return (accountId) => ({
    identities: identities.get(accountId) ?? [],
    certificates: certificates.get(accountId) ?? [],
    sshKeys: sshKeys.get(accountId) ?? [],
  });
}

type Kind = keyof StoredKnownAs;
type Row = Readonly<Record<string, string | null>>;

/** How the rows of one kind are written; words of this program, never input. */
interface Target {
  readonly table: string;
  readonly key: readonly string[];
  readonly others: readonly string[];
  readonly actions: readonly [added: string, removed: string];
  /** What waits to be added by the account is dropped when one is removed. */
  readonly tickets: string;
}

const targets: Readonly<Record<Kind, Target>> = {
  identities: {
    table: 'identities',
    key: ['issuer', 'subject'],
    others: [],
    actions: ['identity.linked', 'identity.unlinked'],
    tickets: 'upstream',
  },
  certificates: {
    table: 'certificates',
    key: ['subject_dn', 'issuer_dn'],
    others: ['label', 'pem'],
    actions: ['certificate.added', 'certificate.removed'],
    tickets: 'proof',
  },
  sshKeys: {
    table: 'ssh_keys',
    key: ['fingerprint'],
    others: ['name', 'key'],
    actions: ['ssh-key.added', 'ssh-key.removed'],
    tickets: 'proof',
  },
};

const rowOf: { readonly [K in Kind]: (one: StoredKnownAs[K][number]) => Row } = {
  identities: ({ issuer, subject }) => ({ issuer, subject }),
  certificates: ({ subject, issuer, label, pem }) => ({ subject_dn: subject, issuer_dn: issuer, label, pem }),
  sshKeys: ({ fingerprint, name, key }) => ({ fingerprint, name, key }),
};

/** Whose changes, and when, in milliseconds since the epoch. */
interface Signed {
  readonly by: Signature;
  readonly now: number;
}

/**
 * To be called after the accounts are written. What goes goes first, so that a file may give it to another account.
 * Throws `lake_invalid` when somebody else got one since the file was checked.
 */
export async function writeKnownAs(
  trx: Kysely<DB>,
  { accounts, declares }: Pick<LakeWrites, 'accounts' | 'declares'>,
  signed: Signed,
): Promise<void> {
  const all = (Object.keys(targets) as Kind[]).map((kind) => ({
    target: targets[kind],
    removals: rowsOf(accounts, kind, 'removals'),
    upserts: rowsOf(accounts, kind, 'upserts'),
  }));
  for (const { target, removals } of all) await remove(trx, target, removals, signed);
  for (const { target, upserts } of all) await add(trx, target, upserts, declares, signed);
  await touch(trx, accounts);
}

/** Another version of the accounts that are not written themselves. */
async function touch(trx: Kysely<DB>, accounts: readonly AccountWrite[]): Promise<void> {
  const ids = accounts
    .filter(({ rowChanges, knownAs }) => !rowChanges && knownAs.details.length > 0)
    .map(({ account }) => account.record.id);
  await eachChunk(ids, async (chunk) => {
    await sql`UPDATE accounts SET updated_at = now() WHERE id = ANY(${[...chunk]})`.execute(trx);
  });
}

interface Write {
  readonly owner: string;
  readonly row: Row;
  readonly name: string;
}

function rowsOf(accounts: readonly AccountWrite[], kind: Kind, part: 'upserts' | 'removals'): Write[] {
  type One = StoredKnownAs[Kind][number];
  const [toRow, toName] = [rowOf[kind] as (one: One) => Row, namesOfKnownAs[kind] as (one: One) => string];
  return accounts.flatMap(({ account, knownAs }) =>
    (knownAs.kinds[kind][part] as readonly One[]).map((one) => ({
      owner: account.record.id,
      row: toRow(one),
      name: toName(one),
    })),
  );
}

async function remove(
  trx: Kysely<DB>,
  { table, key, actions, tickets }: Target,
  writes: readonly Write[],
  signed: Signed,
): Promise<void> {
  await eachChunk(writes, async (chunk) => {
    const isSame = key.map((name) => `present.${name} = given.${name}`).join(' AND ');
    await sql`DELETE FROM ${sql.table(table)} AS present USING ${given(chunk, key)}
      WHERE present.account_id = given.owner AND ${sql.raw(isSame)}`.execute(trx);
    const owners = chunk.map(({ owner }) => owner);
    await sql`DELETE FROM tickets WHERE account_id = ANY(${owners}) AND purpose = ${tickets}`.execute(trx);
    await audit(trx, actions[1], key, chunk, signed);
  });
}

async function add(
  trx: Kysely<DB>,
  { table, key, others, actions }: Target,
  writes: readonly Write[],
  declares: boolean,
  signed: Signed,
): Promise<void> {
  const names = [...key, ...others];
  const list = sql.raw(names.join(', '));
  const sets = [
    ...others.map((name) => `${name} = excluded.${name}`),
    'declared = present.declared OR excluded.declared',
  ];
  await eachChunk(writes, async (chunk) => {
    const { rows } = await sql<{ key: string[]; is_new: boolean }>`
      INSERT INTO ${sql.table(table)} AS present (account_id, ${list}, declared)
      SELECT owner, ${list}, ${declares} FROM ${given(chunk, names)}
      ON CONFLICT (${sql.raw(key.join(', '))}) DO UPDATE SET ${sql.raw(sets.join(', '))}
      WHERE present.account_id = excluded.account_id
      RETURNING ARRAY[${sql.raw(key.map((name) => `present.${name}`).join(', '))}] AS key, xmax = 0 AS is_new`.execute(
      trx,
    );
    const written = new Map(rows.map((row) => [JSON.stringify(row.key), row.is_new]));
    const isNew = ({ row }: Write) => written.get(JSON.stringify(key.map((name) => row[name])));
    const missed = chunk.find((write) => isNew(write) === undefined);
    if (missed !== undefined) {
      const what = `\`${missed.name}\` was linked to another account meanwhile`;
      throw new AppError('lake_invalid', `${what}, and nothing was written`);
    }
    await audit(trx, actions[0], key, chunk.filter(isNew), signed);
  });
}

/** As `given`, with the columns `owner` and those named. */
function given(writes: readonly Write[], names: readonly string[]) {
  const rows = writes.map(({ owner, row }) => ({ owner, ...row }));
  const columns = ['owner', ...names].map((name) => `${name} text`).join(', ');
  return sql`json_to_recordset(${JSON.stringify(rows)}::json) AS given(${sql.raw(columns)})`;
}

/** One entry each. */
async function audit(
  trx: Kysely<DB>,
  action: string,
  key: readonly string[],
  writes: readonly Write[],
  { by, now }: Signed,
): Promise<void> {
  if (writes.length === 0) return;
  const rows = writes.map(({ owner, row }) => ({
    id: owner,
    detail: Object.fromEntries(key.map((name) => [name.replace('_dn', ''), row[name]])),
  }));
  await sql`INSERT INTO audit_log (at, action, actor, address, reason, object_kind, object_id, detail)
    SELECT ${new Date(now)}, ${action}, ${by.actor}, ${by.address ?? null}, ${by.reason}, 'account', id, detail
    FROM json_to_recordset(${JSON.stringify(rows)}::json) AS given(id text, detail jsonb)`.execute(trx);
}
