/** The figures of the administrators' overview, on PostgreSQL. */
import { type Kysely, sql } from 'kysely';
import type { HourOfTokens, OverviewStore } from '../questions/overview.ts';
import { partitionsBetween } from './issue-log-partitions.ts';
import type { DB } from './schema.ts';

const hour = 3_600_000;

/** Clients of an hour that are told apart. */
const mostClients = 500;

export function createOverviewStore(db: Kysely<DB>): OverviewStore {
  return {
    hour: (at) =>
      db.transaction().execute(async (trx) => {
        const [table] = await partitionsBetween(trx, at, at);
        if (table === undefined) return { at, issued: 0, refused: 0, clients: new Map(), reasons: new Map() };
        // As in src/storage/live-tokens.ts: the log is never analysed, and the planner would read the whole day.
        await sql`SET LOCAL enable_seqscan = off`.execute(trx);
        const within = sql`at >= ${new Date(at)} AND at < ${new Date(at + hour)}`;
        const counts = await sql<{ event: string; client: string | null; count: string }>`
          SELECT event, client_id AS client, count(*) AS count FROM ${sql.table(table)} WHERE ${within}
          GROUP BY event, client_id ORDER BY count(*) DESC LIMIT ${2 * mostClients}`.execute(trx);
        const reasons = await sql<{ reason: string; count: string }>`
          SELECT entry ->> 'reason' AS reason, count(*) AS count
          FROM ${sql.table(table)}, jsonb_array_elements(refused) AS entry
          WHERE ${within} AND refused <> '[]'::jsonb AND entry ->> 'reason' IS NOT NULL GROUP BY 1`.execute(trx);
        return hourOf(at, counts.rows, reasons.rows);
      }),

    waiting: async () => {
      const { rows } = await sql<Record<string, string | null>>`
        SELECT (SELECT count(*) FROM enrolments WHERE state = 'pending') AS enrolments,
          (SELECT count(*) FROM group_requests WHERE state = 'pending') AS group_requests,
          (SELECT count(*) FROM client_requests WHERE state = 'waiting') AS client_requests,
          (SELECT count(*) FROM outbox WHERE settled_at IS NULL) AS mails,
          (SELECT extract(epoch FROM min(created_at)) * 1000 FROM outbox WHERE settled_at IS NULL) AS oldest_mail,
          (SELECT count(*) FROM event_deliveries WHERE settled_at IS NULL) AS events,
          pg_database_size(current_database()) AS bytes`.execute(db);
      const row = rows[0] ?? {};
      const count = (name: string) => Number(row[name] ?? 0);
      return {
        enrolments: count('enrolments'),
        groupRequests: count('group_requests'),
        clientRequests: count('client_requests'),
        mails: count('mails'),
        oldestMail: row.oldest_mail == null ? null : Number(row.oldest_mail),
        events: count('events'),
        databaseBytes: count('bytes'),
      };
    },
  };
}

function hourOf(
  at: number,
  counts: readonly { event: string; client: string | null; count: string }[],
  reasons: readonly { reason: string; count: string }[],
): HourOfTokens {
  const sum = (event: string) =>
    counts.filter((row) => row.event === event).reduce((total, { count }) => total + Number(count), 0);
  const issued = counts.filter(({ event, client }) => event === 'issued' && client !== null);
  return {
    at,
    issued: sum('issued'),
    refused: sum('refused'),
    clients: new Map(issued.map(({ client, count }) => [client ?? '', Number(count)])),
    reasons: new Map(reasons.map(({ reason, count }) => [reason, Number(count)])),
  };
}
