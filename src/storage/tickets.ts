/** Tickets on PostgreSQL: only hashes of their secrets are kept. */
import { randomBytes } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Ticket, TicketStore } from '../accounts/tickets.ts';
import type { Clock } from '../shared/clock.ts';
import type { Purgeable } from './housekeeping.ts';
import type { DB, JsonValue } from './schema.ts';
import { tokenHash } from './token-hash.ts';

export function createTicketStore(db: Kysely<DB>, clock: Clock): TicketStore & Purgeable {
  const held = (purpose: string, secret: string, binding: string | null | undefined) =>
    sql<boolean>`token_hash = ${tokenHash(secret)} AND purpose = ${purpose}
      AND binding_hash IS NOT DISTINCT FROM ${binding == null ? null : tokenHash(binding)}
      AND expires_at > ${new Date(clock.now())}`;
  const columns = ['account_id', 'payload', 'created_at', 'expires_at'] as const;

  return {
    issue: async ({ purpose, binding, accountId, payload, expiresAt }) => {
      const secret = randomBytes(32).toString('base64url');
      await db
        .insertInto('tickets')
        .values({
          token_hash: tokenHash(secret),
          purpose,
          binding_hash: binding === null ? null : tokenHash(binding),
          account_id: accountId,
          payload: sql<JsonValue>`${JSON.stringify(payload)}::jsonb`,
          created_at: new Date(clock.now()),
          expires_at: new Date(expiresAt),
        })
        .execute();
      return secret;
    },
    find: async (purpose, secret, binding) => {
      const row = await db
        .selectFrom('tickets')
        .select(columns)
        .where(held(purpose, secret, binding))
        .executeTakeFirst();
      return row && toTicket(row);
    },
    redeem: async (purpose, secret, binding) => {
      const row = await db
        .deleteFrom('tickets')
        .where(held(purpose, secret, binding))
        .returning(columns)
        .executeTakeFirst();
      return row && toTicket(row);
    },
    dropOf: async (accountId, purpose) => {
      await db.deleteFrom('tickets').where('account_id', '=', accountId).where('purpose', '=', purpose).execute();
    },
    purge: async (now) => {
      const result = await db.deleteFrom('tickets').where('expires_at', '<=', new Date(now)).executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

type Row = { account_id: string | null; payload: JsonValue; created_at: Date; expires_at: Date };

function toTicket(row: Row): Ticket {
  return {
    accountId: row.account_id,
    payload: row.payload,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at.getTime(),
  };
}
