/** An entry of the issue log for tests: a client's token, unless the fields say something else. */
import type { IssueLogEntry } from '../../src/issuance/issue-log.ts';
import type { Database } from '../../src/storage/database.ts';
import { createIssueLogWriter } from '../../src/storage/issue-log.ts';

export function issueLogEntry(fields: Partial<IssueLogEntry>): IssueLogEntry {
  const issued = fields.issued ?? '';
  return {
    at: Date.now(),
    event: 'issued',
    jti: null,
    subject: 'catalogue',
    clientId: 'catalogue',
    parent: null,
    exchangeRule: null,
    flow: 'client_credentials',
    audience: [],
    requested: issued,
    issued,
    refused: [],
    because: [],
    policyVersion: 1,
    expiresAt: null,
    cap: null,
    address: null,
    ...fields,
  };
}

/** Writes them all; throws when one is not taken. */
export async function writeIssueLog(db: Database, entries: readonly Partial<IssueLogEntry>[]): Promise<void> {
  const writer = createIssueLogWriter(db, (error) => {
    throw error;
  });
  for (const entry of entries) writer.record(issueLogEntry(entry));
  await writer.close();
}
