/** Regular work on memberships: ends that the clock brought are told once, ends to come are reminded of, requests expire. */
import { type Kysely, sql } from 'kysely';
import type { Purgeable } from './housekeeping.ts';
import { sign } from './lake-lock.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

/** Days before an end. */
const reminders = [30, 7];

/** Of one round; the rest comes with the next. */
const most = 1000;

export function createGroupLife(
  db: Kysely<DB>,
  clock: { now(): number },
  place: { readonly product: string; readonly issuer: string },
): Purgeable {
  return {
    purge: async () => {
      const now = clock.now();
      await noteEnds(db, now);
      await remind(db, now, place);
      const expired = await db
        .updateTable('group_requests')
        .set({ state: 'expired', decided_at: new Date(now), decided_by: 'system:group-life' })
        .where('state', '=', 'pending')
        .where('expires_at', '<=', new Date(now))
        .executeTakeFirst();
      return Number(expired.numUpdatedRows);
    },
  };
}

/** The history and the feed hear of what ended by the clock, from one process. */
function noteEnds(db: Kysely<DB>, now: number): Promise<void> {
  return db.transaction().execute(async (trx) => {
    await sign(trx, { actor: 'system:group-life', reason: 'the membership reached its end' });
    await sql`
      WITH ended AS (
        UPDATE memberships SET end_noted = true
        WHERE (account_id, group_id) IN (
          SELECT account_id, group_id FROM memberships WHERE ends_at <= ${new Date(now)} AND NOT end_noted
          ORDER BY ends_at LIMIT ${most} FOR UPDATE SKIP LOCKED)
        RETURNING account_id, group_id, starts_at, ends_at),
      told AS (
        INSERT INTO membership_history (account_id, group_id, group_path, change, starts_at, ends_at)
        SELECT ended.account_id, ended.group_id, groups.path, 'ended', ended.starts_at, ended.ends_at
        FROM ended JOIN groups ON groups.id = ended.group_id)
      INSERT INTO changes (kind, change, id, group_id) SELECT 'membership', 'ended', account_id, group_id FROM ended`.execute(
      trx,
    );
  });
}

async function remind(
  db: Kysely<DB>,
  now: number,
  { product, issuer }: { product: string; issuer: string },
): Promise<void> {
  const url = new URL('groups', issuer).href;
  for (const days of reminders) {
    await db.transaction().execute(async (trx) => {
      const { rows } = await sql<{
        account_id: string;
        name: string | null;
        username: string;
        email: string | null;
        path: string;
        ends_at: Date;
      }>`
        WITH due AS (
          UPDATE memberships SET reminded_days = ${days}
          WHERE (account_id, group_id) IN (
            SELECT account_id, group_id FROM memberships
            WHERE ends_at > ${new Date(now)} AND ends_at <= ${new Date(now + days * day)}
              AND (reminded_days IS NULL OR reminded_days > ${days})
            ORDER BY ends_at LIMIT ${most} FOR UPDATE SKIP LOCKED)
          RETURNING account_id, group_id, ends_at)
        SELECT due.account_id, accounts.name, username, email, path, due.ends_at
        FROM due JOIN accounts ON accounts.id = due.account_id JOIN groups ON groups.id = due.group_id
        WHERE accounts.state = 'active'`.execute(trx);
      for (const { account_id: accountId, name, username, email, path, ends_at } of rows) {
        if (email === null) continue;
        const data = { name: name ?? username, group: path, product, endsAt: ends_at.toISOString().slice(0, 10), url };
        await addMail(trx, { kind: 'group.ending', recipient: email, accountId, data }, now);
      }
    });
  }
}
