/** Passkeys, one-time codes and recovery codes on PostgreSQL; each change in one transaction with its audit entry and mail. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { refused } from '../accounts/refusal.ts';
import type { FactorStore, StoredPasskey } from '../authentication/factors.ts';
import { ok } from '../shared/result.ts';
import { PeopleRefused } from './people-refused.ts';
import type { DB, Passkeys } from './schema.ts';
import { noteSecurityChange } from './security-notice.ts';

/** More would be a mistake or an attack. */
const mostPasskeys = 20;

/** How many ways to sign in an account has apart from its passkeys; within the transaction that takes one away. */
export type OtherWaysIn = (trx: Kysely<DB>, accountId: string) => Promise<number>;

export function createFactorStore(db: Kysely<DB>, otherWaysIn: OtherWaysIn): FactorStore {
  return {
    read: (accountId) => read(db, accountId),
    hasFactor: async (accountId) => {
      const { rows } = await sql<{ has: boolean }>`SELECT
        EXISTS (SELECT FROM passkeys WHERE account_id = ${accountId})
        OR EXISTS (SELECT FROM one_time_codes WHERE account_id = ${accountId}) AS has`.execute(db);
      return rows[0]?.has === true;
    },
    oneTimeCode: async (accountId) => {
      const row = await db
        .selectFrom('one_time_codes')
        .select(['sealed', 'last_step'])
        .where('account_id', '=', accountId)
        .executeTakeFirst();
      return row && { sealed: row.sealed, lastStep: Number(row.last_step) };
    },
    useStep: async (accountId, step, now) => {
      const result = await db
        .updateTable('one_time_codes')
        .set({ last_step: step, last_used_at: new Date(now) })
        .where('account_id', '=', accountId)
        .where('last_step', '<', String(step))
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    sealedAfter: async (after, limit) => {
      const rows = await db
        .selectFrom('one_time_codes')
        .select(['account_id', 'sealed'])
        .where('account_id', '>', after)
        .orderBy('account_id')
        .limit(limit)
        .execute();
      return rows.map(({ account_id, sealed }) => ({ accountId: account_id, sealed }));
    },
    replaceSealed: async (accountId, before, sealed) => {
      await db
        .updateTable('one_time_codes')
        .set({ sealed })
        .where('account_id', '=', accountId)
        .where('sealed', '=', before)
        .execute();
    },
    useRecoveryCode: async (accountId, codeHash, now) => {
      const result = await db
        .updateTable('recovery_codes')
        .set({ used_at: new Date(now) })
        .where('account_id', '=', accountId)
        .where('code_hash', '=', codeHash)
        .where('used_at', 'is', null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    passkey: async (id) => {
      // PostgreSQL has no NUL in text.
      if (id.includes('\0')) return undefined;
      const row = await db.selectFrom('passkeys').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toPasskey(row);
    },
    passkeysOf: async (accountId) => {
      const rows = await db
        .selectFrom('passkeys')
        .selectAll()
        .where('account_id', '=', accountId)
        .orderBy('created_at')
        .execute();
      return rows.map(toPasskey);
    },
    usePasskey: async (id, counter, now) => {
      const result = await db
        .updateTable('passkeys')
        .set({ counter, last_used_at: new Date(now) })
        .where('id', '=', id)
        .where(sql<boolean>`(counter < ${counter} OR (counter = 0 AND ${counter} = 0))`)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },

    setOneTimeCode: (context, accountId, { sealed, lastStep }, recovery, now) =>
      db.transaction().execute(async (trx) => {
        const row = { sealed, last_step: lastStep, created_at: new Date(now), last_used_at: null };
        await trx
          .insertInto('one_time_codes')
          .values({ account_id: accountId, ...row })
          .onConflict((conflict) => conflict.column('account_id').doUpdateSet(row))
          .execute();
        if (recovery !== null) await putRecoveryCodes(trx, accountId, recovery, now);
        const notice = { action: 'one-time-code.added', what: 'one-time-code-added' } as const;
        await noteSecurityChange(trx, context, accountId, notice, now);
      }),
    removeOneTimeCode: (context, accountId, now) =>
      db.transaction().execute(async (trx) => {
        const gone = await trx.deleteFrom('one_time_codes').where('account_id', '=', accountId).executeTakeFirst();
        if (gone.numDeletedRows === 0n) return false;
        await dropIdleRecoveryCodes(trx, accountId);
        const notice = { action: 'one-time-code.removed', what: 'one-time-code-removed' } as const;
        await noteSecurityChange(trx, context, accountId, notice, now);
        return true;
      }),
    addPasskey: (context, passkey, recovery, now) =>
      refusable(() =>
        db.transaction().execute(async (trx) => {
          await lockAccount(trx, passkey.accountId);
          const { count } = await countPasskeys(trx, passkey.accountId);
          if (count >= mostPasskeys)
            throw new PeopleRefused('in-use', `expected at most ${mostPasskeys} passkeys`, 'name');
          const added = await trx
            .insertInto('passkeys')
            .values({
              id: passkey.id,
              account_id: passkey.accountId,
              user_handle: passkey.userHandle,
              name: passkey.name,
              public_key: Buffer.from(passkey.publicKey),
              counter: passkey.counter,
              transports: [...passkey.transports],
              synced: passkey.synced,
              created_at: new Date(now),
            })
            .onConflict((conflict) => conflict.column('id').doNothing())
            .executeTakeFirst();
          if (added.numInsertedOrUpdatedRows !== 1n) throw new PeopleRefused('taken', 'this passkey is in use');
          if (recovery !== null) await putRecoveryCodes(trx, passkey.accountId, recovery, now);
          const notice = { action: 'passkey.added', what: 'passkey-added', detail: { name: passkey.name } } as const;
          await noteSecurityChange(trx, context, passkey.accountId, notice, now);
        }),
      ),
    removePasskey: (context, accountId, id, now) =>
      refusable(() =>
        db.transaction().execute(async (trx) => {
          await lockAccount(trx, accountId);
          const gone = await trx
            .deleteFrom('passkeys')
            .where('id', '=', id)
            .where('account_id', '=', accountId)
            .returning('name')
            .executeTakeFirst();
          if (gone === undefined) throw new PeopleRefused('not-found', 'no such passkey');
          const { count } = await countPasskeys(trx, accountId);
          if (count === 0 && (await otherWaysIn(trx, accountId)) === 0) {
            throw new PeopleRefused('in-use', 'the last way to sign in cannot be removed');
          }
          await dropIdleRecoveryCodes(trx, accountId);
          const notice = { action: 'passkey.removed', what: 'passkey-removed', detail: { name: gone.name } } as const;
          await noteSecurityChange(trx, context, accountId, notice, now);
        }),
      ),
    setRecoveryCodes: (context, accountId, recovery, now) =>
      db.transaction().execute(async (trx) => {
        await putRecoveryCodes(trx, accountId, recovery, now);
        const notice = { action: 'recovery-codes.renewed', what: 'recovery-codes-renewed' } as const;
        await noteSecurityChange(trx, context, accountId, notice, now);
      }),
    removeAll: (context, accountId, now) =>
      refusable(() =>
        db.transaction().execute(async (trx) => {
          await lockAccount(trx, accountId);
          const present = await read(trx, accountId);
          const { passkeys, oneTimeCode } = present;
          if (passkeys.length === 0 && oneTimeCode === null) {
            throw new PeopleRefused('not-found', 'the account has no second factor');
          }
          if (passkeys.length > 0 && (await otherWaysIn(trx, accountId)) === 0) {
            throw new PeopleRefused('in-use', 'the last way to sign in cannot be removed');
          }
          await trx.deleteFrom('passkeys').where('account_id', '=', accountId).execute();
          await trx.deleteFrom('one_time_codes').where('account_id', '=', accountId).execute();
          await dropIdleRecoveryCodes(trx, accountId);
          const detail = { passkeys: passkeys.length, oneTimeCode: oneTimeCode !== null };
          const notice = { action: 'factors.removed', what: 'factors-removed', detail } as const;
          await noteSecurityChange(trx, context, accountId, notice, now);
        }),
      ),
  };
}

async function read(db: Kysely<DB>, accountId: string) {
  const passkeys = await db
    .selectFrom('passkeys')
    .select(['id', 'name', 'synced', 'created_at', 'last_used_at'])
    .where('account_id', '=', accountId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const code = await db
    .selectFrom('one_time_codes')
    .select(['created_at', 'last_used_at'])
    .where('account_id', '=', accountId)
    .executeTakeFirst();
  const { left } = await db
    .selectFrom('recovery_codes')
    .select(({ fn }) => fn.countAll<string>().as('left'))
    .where('account_id', '=', accountId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return {
    passkeys: passkeys.map(({ id, name, synced, ...row }) => ({ id, name, synced, ...times(row) })),
    oneTimeCode: code ? times(code) : null,
    recoveryCodesLeft: Number(left),
  };
}

function times({ created_at, last_used_at }: { created_at: Date; last_used_at: Date | null }) {
  return { createdAt: created_at.getTime(), lastUsedAt: last_used_at?.getTime() ?? null };
}

function toPasskey(row: Selectable<Passkeys>): StoredPasskey {
  return {
    id: row.id,
    accountId: row.account_id,
    userHandle: row.user_handle,
    publicKey: Uint8Array.from(row.public_key),
    counter: Number(row.counter),
    transports: row.transports,
    synced: row.synced,
  };
}

/** Two removals at a time would each leave the other's. */
async function lockAccount(trx: Kysely<DB>, accountId: string): Promise<void> {
  await trx.selectFrom('accounts').select('id').where('id', '=', accountId).forUpdate().execute();
}

async function countPasskeys(trx: Kysely<DB>, accountId: string): Promise<{ readonly count: number }> {
  const { count } = await trx
    .selectFrom('passkeys')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('account_id', '=', accountId)
    .executeTakeFirstOrThrow();
  return { count: Number(count) };
}

async function putRecoveryCodes(trx: Kysely<DB>, accountId: string, hashes: readonly string[], now: number) {
  await trx.deleteFrom('recovery_codes').where('account_id', '=', accountId).execute();
  const created_at = new Date(now);
  await trx
    .insertInto('recovery_codes')
    .values(hashes.map((code_hash) => ({ account_id: accountId, code_hash, created_at })))
    .execute();
}

/** Recovery codes stand in for a factor; without one they mean nothing. */
async function dropIdleRecoveryCodes(trx: Kysely<DB>, accountId: string): Promise<void> {
  await sql`DELETE FROM recovery_codes WHERE account_id = ${accountId}
    AND NOT EXISTS (SELECT FROM passkeys WHERE account_id = ${accountId})
    AND NOT EXISTS (SELECT FROM one_time_codes WHERE account_id = ${accountId})`.execute(trx);
}

async function refusable(change: () => Promise<void>) {
  try {
    await change();
    return ok(null);
  } catch (error) {
    if (error instanceof PeopleRefused) return refused(error.code, error.message, error.field);
    throw error;
  }
}
