/** Reminds people by mail before what they agreed to ends: each reminder once, whatever process is first. */
import { type Kysely, sql } from 'kysely';
import type { LakeAcceptableUse } from '../lake/schema.ts';
import type { Clock } from '../shared/clock.ts';
import type { MailPlace } from './enrolment-mails.ts';
import type { Purgeable } from './housekeeping.ts';
import { addMail } from './outbox.ts';
import type { DB } from './schema.ts';

const day = 86_400_000;

export const defaultReminderDays: readonly number[] = [30, 7];

/** In one round; the rest is for the next. */
const mostAtOnce = 1000;

interface Due {
  readonly id: string;
  readonly name: string | null;
  readonly username: string;
  readonly email: string;
  readonly until: Date;
}

/** Runs with the regular cleaning; what it returns counts the mails. */
export function createAgreementReminder(db: Kysely<DB>, clock: Clock, place: MailPlace): Purgeable {
  return {
    purge: async () => {
      const row = await db
        .selectFrom('lake_settings')
        .select('value')
        .where('key', '=', 'acceptableUse')
        .executeTakeFirst();
      if (row === undefined) return 0;
      const { reminderDays = defaultReminderDays } = row.value as unknown as LakeAcceptableUse;
      let sent = 0;
      // The last reminder first: whoever is late is reminded once and not of every day that has passed.
      for (const days of [...reminderDays].sort((one, other) => one - other)) {
        sent += await remind(db, clock.now(), days, place);
      }
      return sent;
    },
  };
}

async function remind(db: Kysely<DB>, now: number, days: number, { issuer, product }: MailPlace): Promise<number> {
  const due = await findDue(db, now, days);
  for (const { id, name, username, email, until } of due) {
    await db.transaction().execute(async (trx) => {
      const first = await trx
        .insertInto('acceptable_use_reminders')
        .values({ account_id: id, ends_at: until, days_before: days })
        .onConflict((conflict) => conflict.doNothing())
        .returning('days_before')
        .executeTakeFirst();
      if (first === undefined) return;
      const data = {
        name: name ?? username,
        product,
        endsAt: until.toISOString().slice(0, 10),
        url: new URL('account/policy', issuer).href,
      };
      await addMail(trx, { kind: 'acceptable-use.ending', recipient: email, accountId: id, data }, now);
    });
  }
  return due.length;
}

/** Those who agreed to something once: who never did is asked at the login. */
async function findDue(db: Kysely<DB>, now: number, days: number): Promise<readonly Due[]> {
  const { rows } = await sql<Due>`
    SELECT * FROM (
      SELECT id, name, username, email, agreed_until(id, ${new Date(now)}) AS until FROM accounts
      WHERE state = 'active' AND kind = 'person' AND email IS NOT NULL AND (ends_at IS NULL OR ends_at > ${new Date(now)})
        AND EXISTS (SELECT FROM acceptable_use_signatures WHERE account_id = accounts.id)
    ) AS bound
    WHERE until > ${new Date(now)} AND until <= ${new Date(now + days * day)}
      AND NOT EXISTS (SELECT FROM acceptable_use_reminders reminders
        WHERE reminders.account_id = bound.id AND reminders.ends_at = until AND days_before <= ${days})
    LIMIT ${mostAtOnce}`.execute(db);
  return rows;
}
