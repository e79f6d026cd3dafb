/** Writes the issue log in batches: recording only pushes to memory, a timer writes what came in at most 200 ms ago. */
import { type Kysely, sql } from 'kysely';
import type { IssueLog, IssueLogEntry } from '../issuance/issue-log.ts';
import { ensurePartitions } from './issue-log-partitions.ts';
import type { DB } from './schema.ts';

/** The oldest entry waits this long, in milliseconds, before it is written. */
const batchMilliseconds = 200;

/** Entries kept while the database does not answer; beyond it the oldest are given up and counted. */
const maxWaiting = 100_000;

/** A hostile request may carry far more than a token could; the log keeps its beginning. */
const maxTextLength = 8192;

export interface IssueLogWriter extends IssueLog {
  /** Writes what is waiting; resolves when nothing is. */
  flush(): Promise<void>;
  /** Stops the timer and writes the rest. */
  close(): Promise<void>;
}

export function createIssueLogWriter(db: Kysely<DB>, onError: (error: unknown, lost: number) => void): IssueLogWriter {
  let waiting: IssueLogEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let closed = false;

  const writeBatch = async () => {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    try {
      await insert(db, batch);
    } catch (error) {
      waiting = [...batch, ...waiting];
      const lost = Math.max(0, waiting.length - maxWaiting);
      waiting = waiting.slice(lost);
      onError(error, lost);
      if (!closed) schedule();
    }
  };
  const flush = () => {
    writing = writing.then(writeBatch);
    return writing;
  };
  const schedule = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void flush();
    }, batchMilliseconds);
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

async function insert(db: Kysely<DB>, batch: readonly IssueLogEntry[]): Promise<void> {
  await ensurePartitions(
    db,
    batch.map((entry) => entry.at),
  );
  const rows = JSON.stringify(batch.map(toRow));
  // One parameter whatever the size of the batch: one statement to parse and plan.
  await sql`INSERT INTO issue_log (at, event, jti, subject, client_id, flow, audience, requested, issued, refused,
      because, policy_version, expires_at, address)
    SELECT at, event, jti, subject, client_id, flow, audience, requested, issued, refused,
      because, policy_version, expires_at, address
    FROM jsonb_to_recordset(${rows}::jsonb) AS entry (at timestamptz, event text, jti text, subject text, client_id text,
      flow text, audience text[], requested text, issued text, refused jsonb, because text[], policy_version bigint,
      expires_at timestamptz, address text)`.execute(db);
}

function toRow(entry: IssueLogEntry) {
  return {
    at: new Date(entry.at).toISOString(),
    event: entry.event,
    jti: entry.jti,
    subject: entry.subject,
    client_id: entry.clientId,
    flow: entry.flow,
    audience: entry.audience,
    requested: entry.requested.slice(0, maxTextLength),
    issued: entry.issued,
    refused: entry.refused.slice(0, 100),
    because: entry.because,
    policy_version: entry.policyVersion,
    expires_at: entry.expiresAt === null ? null : new Date(entry.expiresAt).toISOString(),
    address: entry.address,
  };
}
