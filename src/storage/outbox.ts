/** Mails on their way, on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { MailKind, NewMail } from '../mail/texts.ts';
import type { DB, JsonValue } from './schema.ts';

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
