/** The acceptable use policy on PostgreSQL: versions are a setting of the lake, rows follow it by trigger (migration 0032). */
import { type Kysely, sql } from 'kysely';
import { peopleActorName } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type {
  AcceptableUseStore,
  AgreementStanding,
  NewPolicyVersion,
  NewSignature,
  PolicyVersion,
  Signature,
  SignatureFilter,
} from '../enrolment/acceptable-use.ts';
import { textDigest } from '../enrolment/create-acceptable-use.ts';
import type { LakeAcceptableUse } from '../lake/schema.ts';
import { appendAudit } from './audit-log.ts';
import type { DB, JsonValue } from './schema.ts';

const settingKey = 'acceptableUse';
const shownSignatures = 100;

export function createAcceptableUseStore(db: Kysely<DB>): AcceptableUseStore {
  return {
    versions: () => readVersions(db),
    standingOf: (accountId, now) => readStanding(db, accountId, now),
    findAccount: async (accountId) => {
      const row = await db
        .selectFrom('accounts')
        .select(['id', 'username', 'kind'])
        .select(sql<string[]>`array(SELECT owner_id FROM account_owners WHERE account_id = accounts.id)`.as('owners'))
        .where('id', '=', accountId)
        .executeTakeFirst();
      return row && { ...row, kind: row.kind === 'service' ? 'service' : 'person' };
    },
    sign: (signature) => sign(db, signature),
    signatures: (filter, page) => readSignatures(db, filter, page),
    publish: (version, by, now) =>
      db.transaction().execute(async (trx) => {
        const setting = await lockSetting(trx);
        const versions = setting?.versions ?? [];
        const validFrom = version.validFrom === null ? undefined : new Date(version.validFrom).toISOString();
        if (versions.some((one) => one.name === version.name || instantOf(one.validFrom) === version.validFrom)) {
          return false;
        }
        await writeSetting(trx, { ...setting, versions: [...versions, toSaid(version, validFrom)] });
        await appendAudit(trx, {
          at: now,
          actor: peopleActorName(by.actor),
          address: by.actor.address,
          action: 'acceptable-use.published',
          objectKind: 'acceptable-use',
          objectId: version.name,
          reason: by.reason,
          detail: { version: version.name, validFrom: validFrom ?? null },
        });
        return true;
      }),
    withdraw: (name, by, now) =>
      db.transaction().execute(async (trx) => {
        const setting = await lockSetting(trx);
        const left = (setting?.versions ?? []).filter((one) => one.name !== name);
        if (left.length === (setting?.versions ?? []).length) return 'unknown';
        const signed = await trx
          .selectFrom('acceptable_use_signatures')
          .select('id')
          .where('version', '=', name)
          .limit(1)
          .executeTakeFirst();
        if (signed !== undefined) return 'signed';
        if (left.length === 0) return 'last';
        await writeSetting(trx, { ...setting, versions: left });
        await appendAudit(trx, {
          at: now,
          actor: peopleActorName(by.actor),
          address: by.actor.address,
          action: 'acceptable-use.withdrawn',
          objectKind: 'acceptable-use',
          objectId: name,
          reason: by.reason,
          detail: { version: name },
        });
        return 'withdrawn';
      }),
    ownedBy: async (accountId, now) => {
      const { rows } = await sql<{ id: string; username: string; until: Date | null }>`
        SELECT id, username, agreed_until(id, ${new Date(now)}) AS until
        FROM accounts JOIN account_owners ON account_id = id
        WHERE owner_id = ${accountId} ORDER BY username LIMIT 200`.execute(db);
      return rows.map(({ id, username, until }) => ({
        accountId: id,
        username,
        agreedUntil: until?.getTime() ?? null,
      }));
    },
  };
}

function instantOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

function toSaid({ name, title, text, url, validDays }: NewPolicyVersion, validFrom: string | undefined) {
  return {
    name,
    ...(title !== null && { title }),
    text,
    ...(url !== null && { url }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validDays !== null && { validDays }),
  };
}

async function lockSetting(trx: Kysely<DB>): Promise<LakeAcceptableUse | undefined> {
  // Two first versions at a time have no row to lock.
  await sql`SELECT pg_advisory_xact_lock(hashtext('sluice acceptable use'))`.execute(trx);
  const row = await trx
    .selectFrom('lake_settings')
    .select('value')
    .where('key', '=', settingKey)
    .forUpdate()
    .executeTakeFirst();
  return row?.value as LakeAcceptableUse | undefined;
}

async function writeSetting(trx: Kysely<DB>, setting: LakeAcceptableUse): Promise<void> {
  const value = sql<JsonValue>`${JSON.stringify(setting)}::jsonb`;
  await trx
    .insertInto('lake_settings')
    .values({ key: settingKey, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute();
}

async function readVersions(db: Kysely<DB>): Promise<readonly PolicyVersion[]> {
  const rows = await db
    .selectFrom('acceptable_use_versions')
    .selectAll()
    .orderBy(sql`valid_from DESC NULLS LAST`)
    .execute();
  return rows.map(({ valid_from, valid_until, valid_days, ...row }) => ({
    ...row,
    validFrom: valid_from?.getTime() ?? null,
    validUntil: valid_until?.getTime() ?? null,
    validDays: valid_days,
  }));
}

async function readStanding(db: Kysely<DB>, accountId: string, now: number): Promise<AgreementStanding> {
  const versions = await readVersions(db);
  const { rows } = await sql<{
    until: Date | null;
  }>`SELECT agreed_until(${accountId}, ${new Date(now)}) AS until`.execute(db);
  const signatures = await selectSignatures(db)
    .where('acceptable_use_signatures.account_id', '=', accountId)
    .orderBy('acceptable_use_signatures.id', 'desc')
    .limit(shownSignatures)
    .execute();
  return {
    present: versions.find(({ validFrom }) => (validFrom ?? 0) <= now) ?? null,
    coming: versions.findLast(({ validFrom }) => validFrom !== null && validFrom > now) ?? null,
    agreedUntil: rows[0]?.until?.getTime() ?? null,
    signatures: signatures.map(toSignature),
  };
}

async function sign(db: Kysely<DB>, { account, version, by, now, endsAt }: NewSignature): Promise<Signature> {
  return db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto('acceptable_use_signatures')
      .values({
        account_id: account.id,
        version: version.name,
        text_digest: Buffer.from(textDigest(version), 'hex'),
        signed_at: new Date(now),
        signed_by: by.actor.id,
        address: by.actor.address,
        ends_at: endsAt === null ? null : new Date(endsAt),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await appendAudit(trx, {
      at: now,
      actor: peopleActorName(by.actor),
      address: by.actor.address,
      action: 'acceptable-use.signed',
      objectKind: 'account',
      objectId: account.id,
      reason: by.reason,
      detail: { version: version.name, onBehalf: by.actor.id !== account.id },
    });
    const row = await selectSignatures(trx).where('acceptable_use_signatures.id', '=', id).executeTakeFirstOrThrow();
    return toSignature(row);
  });
}

async function readSignatures(
  db: Kysely<DB>,
  { version, username }: SignatureFilter,
  { limit, after }: PageRequest,
): Promise<Page<Signature>> {
  if (after !== null && !/^\d{1,18}$/.test(after)) return { items: [], next: null };
  let query = selectSignatures(db);
  if (version !== undefined) query = query.where('acceptable_use_signatures.version', '=', version);
  if (username !== undefined) query = query.where('accounts.username', '=', username);
  if (after !== null) query = query.where('acceptable_use_signatures.id', '<', after);
  const rows = await query
    .orderBy('acceptable_use_signatures.id', 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit).map(toSignature);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}

function selectSignatures(db: Kysely<DB>) {
  return db
    .selectFrom('acceptable_use_signatures')
    .innerJoin('accounts', 'accounts.id', 'acceptable_use_signatures.account_id')
    .leftJoin('accounts as signer', 'signer.id', 'acceptable_use_signatures.signed_by')
    .select([
      'acceptable_use_signatures.id',
      'acceptable_use_signatures.account_id',
      'accounts.username',
      'acceptable_use_signatures.version',
      'acceptable_use_signatures.signed_at',
      'signer.username as signed_by',
      'acceptable_use_signatures.address',
      'acceptable_use_signatures.ends_at',
    ]);
}

type SignatureRow = Awaited<ReturnType<ReturnType<typeof selectSignatures>['execute']>>[number];

function toSignature({ account_id, signed_at, signed_by, ends_at, ...row }: SignatureRow): Signature {
  return {
    ...row,
    accountId: account_id,
    signedAt: signed_at.getTime(),
    signedBy: signed_by,
    endsAt: ends_at?.getTime() ?? null,
  };
}
