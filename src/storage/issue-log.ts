/** Writes the issue log in batches: recording only pushes to memory, a timer writes what came in at most 200 ms ago. */
import { type Kysely, sql } from 'kysely';
import type { IssueLog, IssueLogEntry } from '../issuance/issue-log.ts';
import { masked } from '../shared/masked.ts';
import { dayOf, ensurePartitions } from './issue-log-partitions.ts';
import type { DB } from './schema.ts';

/** The oldest entry waits this long, in milliseconds, before it is written. */
export const logDelayMilliseconds = 200;

/** Entries kept while the database does not answer; beyond it the oldest are given up and counted. */
const maxWaiting = 100_000;

/** Entries of one statement. */
const batchSize = 5000;

/** A hostile request may carry far more than a token could; the log keeps its beginning. */
const maxTextLength = 8192;

export interface IssueLogWriter extends IssueLog {
  /** Writes what is waiting; resolves when nothing is. */
  flush(): Promise<void>;
  /** Stops the timer and writes the rest. */
  close(): Promise<void>;
}

export function createIssueLogWriter(db: Kysely<DB>, onError: (error: unknown, lost: number) => void): IssueLogWriter {
  const waiting: IssueLogEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;
  /** Days whose partition was there when last looked; a day that is written to is not dropped. */
  const days = new Set<number>();

  /** Entries leave `waiting` when they are written. One that the database cannot hold is given up: it would hold up all others for ever. */
  const writeAll = async () => {
    let size = batchSize;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, size);
      try {
        await insert(db, batch, days);
      } catch (error) {
        days.clear();
        if (!isDataFault(error)) return keepForLater(error);
        if (batch.length > 1) {
          size = batch.length >> 1;
          continue;
        }
        onError(error, 1);
        size = batchSize;
      }
      waiting.splice(0, batch.length);
    }
  };
  const keepForLater = (error: unknown) => {
    const lost = closed ? waiting.length : Math.max(0, waiting.length - maxWaiting);
    waiting.splice(0, lost);
    onError(error, lost);
    if (!closed) schedule();
  };
  const flush = () => {
    writing = writing.then(writeAll);
    return writing;
  };
  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush();
    }, logDelayMilliseconds);
  };

  return {
    record: (entry) => {
      waiting.push(entry);
      schedule();
    },
    flush,
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await flush();
    },
  };
}

/** SQLSTATE class 22, data exception: trying again cannot help. */
function isDataFault(error: unknown): boolean {
  return String((error as { code?: unknown }).code).startsWith('22');
}

async function insert(db: Kysely<DB>, batch: readonly IssueLogEntry[], days: Set<number>): Promise<void> {
  const unseen = batch.map(({ at }) => at).filter((at) => !days.has(dayOf(at)));
  if (unseen.length > 0) await ensurePartitions(db, unseen);
  for (const at of unseen) days.add(dayOf(at));
  const rows = JSON.stringify(batch.map(toRow));
  // One parameter whatever the size of the batch: one statement to parse and plan.
  await sql`INSERT INTO issue_log (at, event, jti, subject, client_id, flow, parent_jti, exchange_rule, audience, requested, issued, refused,
      because, policy_version, expires_at, cap, address)
    SELECT at, event, jti, subject, client_id, flow, parent_jti, exchange_rule, audience, requested, issued, refused,
      because, policy_version, expires_at, cap, address
    FROM json_to_recordset(${rows}::json) AS entry (at timestamptz, event text, jti text, subject text, client_id text,
      flow text, parent_jti text, exchange_rule text, audience text[], requested text, issued text, refused jsonb, because text[], policy_version bigint,
      expires_at timestamptz, cap jsonb, address text)`.execute(db);
}

function toRow(entry: IssueLogEntry) {
  return {
    at: new Date(entry.at).toISOString(),
    event: entry.event,
    jti: entry.jti,
    subject: entry.subject,
    client_id: entry.clientId,
    flow: entry.flow,
    parent_jti: entry.parent,
    exchange_rule: entry.exchangeRule,
    audience: entry.audience,
    // The cut may part a surrogate pair, half of which is no text.
    requested: masked(entry.requested.slice(0, maxTextLength)).toWellFormed(),
    issued: entry.issued,
    refused: entry.refused.slice(0, 100),
    because: entry.because,
    policy_version: entry.policyVersion,
    expires_at: entry.expiresAt === null ? null : new Date(entry.expiresAt).toISOString(),
    cap: entry.cap,
    address: entry.address,
  };
}
