/** The outbox and its queue of deliveries on PostgreSQL; several processes share the work. */
import { type Kysely, sql } from 'kysely';
import type { RuleEvent, RuleEventData } from '../events/event.ts';
import type { Claim, DeliveryStore } from '../events/store.ts';
import type { DB } from './schema.ts';

export function createDeliveryStore(db: Kysely<DB>): DeliveryStore {
  return {
    register: (names, now) => registerTargets(db, names, now),
    enqueue: ({ name, types }, now) => enqueue(db, name, types, now),
    claim: (target, now, until) => claim(db, target, now, until),
    acknowledge: (taken, now) => settle(db, taken, 'delivered', null, now),
    giveUp: (taken, error, now) => settle(db, taken, 'given-up', error, now),
    postpone: async ({ target, event, attempts }, error, nextAttemptAt) => {
      await db
        .updateTable('event_deliveries')
        .set({ next_attempt_at: new Date(nextAttemptAt), last_error: error })
        .where('target', '=', target)
        .where('event', '=', String(event.sequence))
        .where('attempts', '=', attempts)
        .where('settled_at', 'is', null)
        .execute();
    },
    findBacklog: (names) => findBacklog(db, names),
  };
}

async function registerTargets(db: Kysely<DB>, names: readonly string[], now: number): Promise<void> {
  await sql`INSERT INTO event_targets (name, position, seen_at)
    SELECT name, (SELECT coalesce(max(sequence), 0) FROM events), ${new Date(now)} FROM unnest(${[...names]}::text[]) AS name
    ON CONFLICT (name) DO UPDATE SET seen_at = greatest(event_targets.seen_at, excluded.seen_at)`.execute(db);
}

/** Nothing ever appears below the highest sequence that is visible, see migration 0007, so the position never passes over an event. */
async function enqueue(db: Kysely<DB>, name: string, types: readonly string[], now: number): Promise<void> {
  const { rows } = await sql`SELECT FROM event_targets
    WHERE name = ${name} AND position < (SELECT max(sequence) FROM events)`.execute(db);
  if (rows.length === 0) return;
  await db.transaction().execute(async (trx) => {
    const target = await trx
      .selectFrom('event_targets')
      .select('position')
      .where('name', '=', name)
      .forUpdate()
      .executeTakeFirst();
    if (target === undefined) return;
    const last = await trx
      .selectFrom('events')
      .select(({ fn }) => fn.max('sequence').as('sequence'))
      .executeTakeFirst();
    const end = last?.sequence ?? target.position;
    await sql`INSERT INTO event_deliveries (target, event, rule, next_attempt_at)
      SELECT ${name}, sequence, kind || ':' || rule_id, ${new Date(now)} FROM events
      WHERE sequence > ${target.position} AND sequence <= ${end} AND type = ANY(${[...types]})`.execute(trx);
    await trx.updateTable('event_targets').set({ position: end }).where('name', '=', name).execute();
  });
}

interface ClaimedRow {
  readonly attempts: number;
  readonly sequence: string;
  readonly id: string;
  readonly type: RuleEvent['type'];
  readonly kind: RuleEvent['kind'];
  readonly rule_id: string;
  readonly version: number;
  readonly policy_version: string;
  readonly at: Date;
  readonly data: RuleEventData;
}

async function claim(db: Kysely<DB>, target: string, now: number, until: number): Promise<Claim | undefined> {
  const { rows } = await sql<ClaimedRow>`
    WITH due AS (
      SELECT target, event FROM event_deliveries AS delivery
      WHERE target = ${target} AND settled_at IS NULL AND next_attempt_at <= ${new Date(now)}
        -- One look into an index per row, whatever the planner knows of the table.
        AND event = (SELECT min(event) FROM event_deliveries AS of_rule
          WHERE of_rule.target = delivery.target AND of_rule.rule = delivery.rule AND of_rule.settled_at IS NULL)
      ORDER BY next_attempt_at, event LIMIT 1 FOR UPDATE OF delivery SKIP LOCKED
    ), taken AS (
      UPDATE event_deliveries AS delivery SET attempts = attempts + 1, next_attempt_at = ${new Date(until)}
      FROM due WHERE delivery.target = due.target AND delivery.event = due.event
      RETURNING delivery.event, delivery.attempts
    )
    SELECT attempts, sequence, id, type, kind, rule_id, version, policy_version, at, data
    FROM taken JOIN events ON sequence = event`.execute(db);
  const [row] = rows;
  return row && { target, attempts: row.attempts, event: toEvent(row) };
}

function toEvent(row: ClaimedRow): RuleEvent {
  return {
    sequence: Number(row.sequence),
    id: row.id,
    type: row.type,
    kind: row.kind,
    ruleId: row.rule_id,
    version: row.version,
    policyVersion: Number(row.policy_version),
    at: row.at.getTime(),
    data: row.data,
  };
}

async function settle(
  db: Kysely<DB>,
  { target, event }: Claim,
  outcome: 'delivered' | 'given-up',
  error: string | null,
  now: number,
): Promise<void> {
  await db
    .updateTable('event_deliveries')
    .set({ settled_at: new Date(now), outcome, last_error: error })
    .where('target', '=', target)
    .where('event', '=', String(event.sequence))
    .where('settled_at', 'is', null)
    .execute();
}

async function findBacklog(db: Kysely<DB>, names: readonly string[]) {
  const { rows } = await sql<{ target: string; waiting: string; oldest: Date | null }>`
    SELECT name AS target, count(event) AS waiting, min(events.at) AS oldest
    FROM unnest(${[...names]}::text[]) AS name
    LEFT JOIN event_deliveries ON target = name AND settled_at IS NULL
    LEFT JOIN events ON sequence = event
    GROUP BY name`.execute(db);
  return rows.map(({ target, waiting, oldest }) => ({
    target,
    waiting: Number(waiting),
    oldest: oldest?.getTime() ?? null,
  }));
}
