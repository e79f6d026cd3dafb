/** The outbox as administrators see it, on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import { type ChangeContext, peopleActorName } from '../accounts/actor.ts';
import type { OutboxStore } from '../mail/administration.ts';
import type { OutboxEntry } from '../mail/outbox.ts';
import { appendAudit } from './audit-log.ts';
import type { DB, JsonValue } from './schema.ts';

const columns = [
  'id',
  'recipient',
  'kind',
  'created_at',
  'attempts',
  'next_attempt_at',
  'last_error',
  'settled_at',
  'outcome',
] as const;

export function createOutboxStore(db: Kysely<DB>): OutboxStore {
  const change = (id: string, action: string, values: object, { actor, reason }: ChangeContext, now: number) =>
    db.transaction().execute(async (trx) => {
      if (!isId(id)) return undefined;
      const row = await trx
        .updateTable('outbox')
        .set(values)
        .where('id', '=', id)
        .where('settled_at', 'is', null)
        .returning(columns)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      await appendAudit(trx, {
        at: now,
        action,
        actor: peopleActorName(actor),
        address: actor.address,
        reason,
        objectKind: 'mail',
        objectId: id,
        detail: { kind: row.kind },
      });
      return toEntry(row);
    });

  return {
    list: async ({ state, search }, { limit, after }) => {
      if (after !== null && !isId(after)) return { items: [], next: null };
      let query = db.selectFrom('outbox').select(columns);
      if (state === 'waiting') query = query.where('settled_at', 'is', null);
      else if (state !== undefined) query = query.where('settled_at', 'is not', null).where('outcome', '=', state);
      if (search) query = query.where(sql<boolean>`lower(recipient) LIKE ${likePrefix(search)}`);
      if (after !== null) query = query.where('id', '<', after);
      const rows = await query
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit).map(toEntry);
      return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },
    find: async (id) => {
      if (!isId(id)) return undefined;
      const row = await db.selectFrom('outbox').select(columns).where('id', '=', id).executeTakeFirst();
      return row && toEntry(row);
    },
    retry: (id, by, now) => change(id, 'mail.retried', { next_attempt_at: new Date(now) }, by, now),
    giveUp: (id, by, now) => {
      const settled = { settled_at: new Date(now), outcome: 'failed', data: sql<JsonValue>`'{}'::jsonb` };
      return change(id, 'mail.given-up', settled, by, now);
    },
    webhooks: async () => {
      const { rows } = await sql<{ name: string; waiting: number }>`
        SELECT name, (SELECT count(*)::int FROM event_deliveries WHERE target = name AND settled_at IS NULL) AS waiting
        FROM event_targets ORDER BY name`.execute(db);
      return rows;
    },
  };
}

function isId(text: string): boolean {
  return /^[1-9]\d{0,17}$/.test(text);
}

interface Row {
  readonly id: string;
  readonly recipient: string;
  readonly kind: string;
  readonly created_at: Date;
  readonly attempts: number;
  readonly next_attempt_at: Date;
  readonly last_error: string | null;
  readonly settled_at: Date | null;
  readonly outcome: string | null;
}

function toEntry({ created_at, next_attempt_at, last_error, settled_at, outcome, ...row }: Row): OutboxEntry {
  return {
    ...row,
    state: settled_at === null ? 'waiting' : outcome === 'sent' ? 'sent' : 'failed',
    createdAt: created_at.getTime(),
    nextAttemptAt: settled_at === null ? next_attempt_at.getTime() : null,
    error: last_error,
    settledAt: settled_at?.getTime() ?? null,
  };
}

/** With an index for patterns (migration 0033). */
function likePrefix(text: string): string {
  return `${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
}
