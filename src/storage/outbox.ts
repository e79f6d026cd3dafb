/** Mails on their way, on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { MailClaim, MailQueue } from '../mail/outbox.ts';
import type { MailKind, NewMail } from '../mail/texts.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB, JsonValue } from './schema.ts';

/** What was sent or given up is shown for so long. */
const keptDays = 30;

/** Within the transaction that does what the mail tells; `now` in milliseconds since the epoch. */
export async function addMail<K extends MailKind>(db: Kysely<DB>, mail: NewMail<K>, now: number): Promise<void> {
  await db
    .insertInto('outbox')
    .values({
      recipient: mail.recipient,
      account_id: mail.accountId,
      kind: mail.kind,
      data: sql<JsonValue>`${JSON.stringify(mail.data)}::jsonb`,
      created_at: new Date(now),
      next_attempt_at: new Date(now),
    })
    .execute();
}

export function createMailQueue(db: Kysely<DB>): MailQueue & Purgeable {
  /** Only while the attempt is the claim's own: after its lease another process may have the mail. */
  const held = ({ id, attempts }: MailClaim) =>
    sql<boolean>`id = ${id} AND attempts = ${attempts} AND settled_at IS NULL`;
  return {
    claim: async (now, leaseEndsAt) => {
      const { rows } = await sql<ClaimedRow>`UPDATE outbox
        SET attempts = attempts + 1, next_attempt_at = ${new Date(leaseEndsAt)}
        WHERE id = (SELECT id FROM outbox WHERE settled_at IS NULL AND next_attempt_at <= ${new Date(now)}
          ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, recipient, kind, data, created_at, attempts`.execute(db);
      const [row] = rows;
      return row && toClaim(row);
    },
    settle: async (claim, outcome, error, now) => {
      await db
        .updateTable('outbox')
        .set({ settled_at: new Date(now), outcome, last_error: error, data: sql<JsonValue>`'{}'::jsonb` })
        .where(held(claim))
        .execute();
    },
    postpone: async (claim, error, nextAttemptAt) => {
      await db
        .updateTable('outbox')
        .set({ last_error: error, next_attempt_at: new Date(nextAttemptAt) })
        .where(held(claim))
        .execute();
    },
    countWaiting: async () => {
      const row = await db
        .selectFrom('outbox')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('settled_at', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    purge: async (now) => {
      const before = new Date(now - keptDays * 86_400_000);
      const result = await db.deleteFrom('outbox').where('settled_at', '<=', before).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

interface ClaimedRow {
  readonly id: string;
  readonly recipient: string;
  readonly kind: string;
  readonly data: JsonValue;
  readonly created_at: Date;
  readonly attempts: number;
}

function toClaim({ created_at, ...row }: ClaimedRow): MailClaim {
  return { ...row, createdAt: created_at.getTime() };
}
