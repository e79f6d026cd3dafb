/** Signing keys and their history in the database; one writer at a time (migration 0014). */
import { type Kysely, sql } from 'kysely';
import type { PublicJwk, SigningKeyRecord } from '../keys/signing-key.ts';
import type { KeyStep } from '../keys/steps.ts';
import type { KeySession, KeySignature, KeyStore, StoredKeys } from '../keys/store.ts';
import { appendAudit } from './audit-log.ts';
import type { DB } from './schema.ts';

const keysLock = 5_133_014;

export function createKeyStore(db: Kysely<DB>): KeyStore {
  return {
    read: () => db.transaction().setIsolationLevel('repeatable read').execute(readKeys),
    change: (work) =>
      db.transaction().execute(async (trx) => {
        await sql`SELECT pg_advisory_xact_lock(${keysLock})`.execute(trx);
        const { keys } = await readKeys(trx);
        return work(session(trx, keys));
      }),
    history: async () => {
      const rows = await db.selectFrom('signing_key_history').selectAll().orderBy('sequence').execute();
      return rows.map(({ kid, action, at, takes_effect_at, actor, reason }) => ({
        kid,
        action: action as KeyStep['action'],
        at: at.getTime(),
        takesEffectAt: takes_effect_at?.getTime() ?? null,
        actor,
        reason,
      }));
    },
  };
}

async function readKeys(db: Kysely<DB>): Promise<StoredKeys> {
  const { version } = await db.selectFrom('signing_key_version').select('version').executeTakeFirstOrThrow();
  const rows = await db.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').orderBy('kid').execute();
  const keys = rows.map((row) => ({
    kid: row.kid,
    alg: row.alg as SigningKeyRecord['alg'],
    publicJwk: row.public_jwk as unknown as PublicJwk,
    sealed: row.sealed,
    reference: row.reference,
    isDevelopment: row.development,
    createdAt: row.created_at.getTime(),
    publishedAt: row.published_at.getTime(),
    activatesAt: row.activates_at?.getTime() ?? null,
    retiresAt: row.retires_at?.getTime() ?? null,
    removedAt: row.removed_at?.getTime() ?? null,
    isCompromised: row.compromised,
  }));
  return { version: Number(version), keys };
}

function session(trx: Kysely<DB>, keys: readonly SigningKeyRecord[]): KeySession {
  return {
    keys,
    async write(steps, by, now) {
      for (const step of steps) {
        await writeStep(trx, step);
        await writeHistory(trx, step, by, now);
      }
    },
    async lastExpiry(issuedUntil) {
      const { rows } = await sql<{ last: Date | null }>`
        SELECT max(expires_at) AS last FROM issue_log WHERE event = 'issued' AND at <= ${new Date(issuedUntil)}
          AND expires_at > ${new Date(issuedUntil)}`.execute(trx);
      return rows[0]?.last?.getTime() ?? null;
    },
  };
}

async function writeStep(trx: Kysely<DB>, step: KeyStep): Promise<void> {
  if ('key' in step) {
    await trx.insertInto('signing_keys').values(toRow(step.key)).execute();
    return;
  }
  const { activatesAt, retiresAt, removedAt, isCompromised, sealed } = step.change;
  await trx
    .updateTable('signing_keys')
    .set({
      ...(activatesAt !== undefined && { activates_at: toDate(activatesAt) }),
      ...(retiresAt !== undefined && { retires_at: toDate(retiresAt) }),
      ...(removedAt !== undefined && { removed_at: toDate(removedAt) }),
      ...(isCompromised !== undefined && { compromised: isCompromised }),
      ...(sealed !== undefined && { sealed }),
    })
    .where('kid', '=', step.kid)
    .execute();
}

async function writeHistory(
  trx: Kysely<DB>,
  step: KeyStep,
  { actor, reason, person }: KeySignature,
  now: number,
): Promise<void> {
  const { kid, action, takesEffectAt } = step;
  await trx
    .insertInto('signing_key_history')
    .values({ kid, action, at: new Date(now), takes_effect_at: toDate(takesEffectAt), actor, reason })
    .execute();
  if (person === undefined) return;
  const detail = takesEffectAt === null ? {} : { from: new Date(takesEffectAt).toISOString() };
  const by = { actor: person.name, address: person.address, reason };
  await appendAudit(trx, { at: now, action: `key.${action}`, ...by, detail, objectKind: 'key', objectId: kid });
}

function toRow(key: SigningKeyRecord) {
  return {
    kid: key.kid,
    alg: key.alg,
    public_jwk: JSON.stringify(key.publicJwk),
    sealed: key.sealed,
    reference: key.reference,
    development: key.isDevelopment,
    created_at: new Date(key.createdAt),
    published_at: new Date(key.publishedAt),
    activates_at: toDate(key.activatesAt),
    retires_at: toDate(key.retiresAt),
    removed_at: toDate(key.removedAt),
    compromised: key.isCompromised,
  };
}

function toDate(time: number | null): Date | null {
  return time === null ? null : new Date(time);
}
