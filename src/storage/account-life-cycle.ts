/** The life cycle of accounts on PostgreSQL: who is due, and what was told already (migration 0022). */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { DueAccount, LifeCycleSettings, LifeCycleStore } from '../accounts/life-cycle.ts';
import { defaultWarnDays } from '../lake/schema/life-cycle.ts';
import type { LakeLifeCycle } from '../lake/schema.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

/** Accounts of one piece. */
const piece = 500;

export interface LifeCyclePlace {
  /** How mails call this issuer. */
  readonly product: string;
}

export function createLifeCycleStore(db: Kysely<DB>, { product }: LifeCyclePlace): LifeCycleStore {
  return {
    settings: async () => {
      const row = await db
        .selectFrom('lake_settings')
        .select('value')
        .where('key', '=', 'lifeCycle')
        .executeTakeFirst();
      const said = (row?.value ?? {}) as LakeLifeCycle;
      return {
        warnDays: said.warnDays ?? defaultWarnDays,
        suspendInactiveDays: said.suspendInactiveDays ?? null,
        removeAfterDays: said.removeAfterDays ?? null,
      };
    },
    warn: async (settings, now) => {
      let warned = 0;
      // The last warning first: whoever is late is warned once, and not of every day that has passed.
      for (const days of settings.warnDays.toSorted((one, other) => one - other)) {
        for (const due of await findEnding(db, settings, now, days)) {
          warned += (await warnOne(db, due, { now, days, product, settings })) ? 1 : 0;
        }
      }
      return warned;
    },
    findEnded: async (settings, now, after) => {
      const { rows } = await sql<Due>`SELECT id, because, due_at AS end FROM (${dueAccounts(settings)}) AS due
        WHERE due_at <= ${new Date(now)} AND id > ${after} ORDER BY id LIMIT ${piece}`.execute(db);
      return rows.map(toDue);
    },
    noteSuspended: (due, now) =>
      db.transaction().execute(async (trx) => {
        const told = await note(trx, due, 'suspended', now);
        const kind = due.because === 'ended' ? 'account.ended' : 'account.unused';
        if (told) await mailPeople(trx, due.id, kind, { product, endsAt: dayText(due.end) }, now);
      }),
    findRemovable: async (removeAfterDays, now, after) => {
      const before = new Date(now - removeAfterDays * day);
      const { rows } = await sql<{ id: string }>`SELECT id FROM accounts
        WHERE state = 'suspended' AND id > ${after} AND (ends_at <= ${before}
          OR EXISTS (SELECT FROM account_notices WHERE account_id = id AND notice = 'suspended'
            AND at = suspended_at AND at <= ${before}))
        ORDER BY id LIMIT ${piece}`.execute(db);
      return rows;
    },
  };
}

interface Due {
  readonly id: string;
  readonly because: DueAccount['because'];
  readonly end: Date;
}

function toDue({ end, ...due }: Due): DueAccount {
  return { ...due, end: end.getTime() };
}

/** Active accounts with the end that comes first. */
function dueAccounts({ suspendInactiveDays }: LifeCycleSettings): RawBuilder<unknown> {
  const ended = sql`SELECT id, 'ended' AS because, ends_at AS due_at FROM accounts
    WHERE state = 'active' AND ends_at IS NOT NULL`;
  if (suspendInactiveDays === null) return ended;
  return sql`SELECT DISTINCT ON (id) id, because, due_at FROM (
    ${ended} UNION ALL
    SELECT id, 'inactive', greatest(created_at, updated_at, account_logins.at,
        (SELECT max(last_used_at) FROM refresh_tokens WHERE refresh_tokens.account_id = accounts.id))
      + make_interval(days => ${suspendInactiveDays}::integer)
    FROM accounts LEFT JOIN account_logins ON account_logins.account_id = id
    WHERE state = 'active' AND kind = 'person' AND roles = '{}') AS both_ends ORDER BY id, due_at`;
}

async function findEnding(db: Kysely<DB>, settings: LifeCycleSettings, now: number, days: number) {
  const { rows } = await sql<Due>`SELECT id, because, due_at AS end FROM (${dueAccounts(settings)}) AS due
    WHERE due_at > ${new Date(now)} AND due_at <= ${new Date(now + days * day)}
      AND NOT EXISTS (SELECT FROM account_notices
        WHERE account_id = id AND notice = ${noticeOf(days)} AND account_notices.ends_at = due_at)
    ORDER BY id`.execute(db);
  return rows.map(toDue);
}

interface Warning {
  readonly now: number;
  readonly days: number;
  readonly product: string;
  readonly settings: LifeCycleSettings;
}

/** Of several processes, the one whose note comes first sends the mail. */
function warnOne(db: Kysely<DB>, due: DueAccount, { now, days, product, settings }: Warning): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    if (!(await note(trx, due, noticeOf(days), now))) return false;
    // Earlier warnings that were missed are told by this one.
    for (const missed of settings.warnDays.filter((one) => one > days)) await note(trx, due, noticeOf(missed), now);
    const kind = due.because === 'ended' ? 'account.ending' : 'account.inactive';
    await mailPeople(trx, due.id, kind, { product, endsAt: dayText(due.end) }, now);
    return true;
  });
}

function noticeOf(days: number): string {
  return `ending-${days}`;
}

/** Whether it was not noted of this end yet. An account that is gone meanwhile needs no notice. */
async function note(trx: Kysely<DB>, { id, end }: DueAccount, notice: string, now: number): Promise<boolean> {
  const result = await sql`INSERT INTO account_notices (account_id, notice, ends_at, at)
    SELECT id, ${notice}, ${new Date(end)}, ${new Date(now)} FROM accounts WHERE id = ${id} FOR KEY SHARE
    ON CONFLICT (account_id, notice) DO UPDATE SET ends_at = excluded.ends_at, at = excluded.at
    WHERE account_notices.ends_at <> excluded.ends_at`.execute(trx);
  return (result.numAffectedRows ?? 0n) > 0n;
}

type LifeCycleMail = 'account.ending' | 'account.inactive' | 'account.ended' | 'account.unused';

/** To the account itself; of a service account to its owners. */
async function mailPeople(
  trx: Kysely<DB>,
  id: string,
  kind: LifeCycleMail,
  data: { readonly product: string; readonly endsAt: string },
  now: number,
): Promise<void> {
  const { rows } = await sql<{ id: string; name: string; email: string; account: string }>`
    SELECT reader.id, coalesce(reader.name, reader.username) AS name, reader.email, account.username AS account
    FROM accounts account JOIN accounts reader ON reader.id = account.id
      OR reader.id IN (SELECT owner_id FROM account_owners WHERE account_id = account.id)
    WHERE account.id = ${id} AND reader.email IS NOT NULL`.execute(trx);
  for (const { id: accountId, name, email, account } of rows) {
    await addMail(trx, { kind, recipient: email, accountId, data: { ...data, name, account } }, now);
  }
}

function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
