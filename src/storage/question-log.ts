/** Entries of the issue log, for the questions why (policy-semantics 8). */
import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { LogEntry, RefusalQuery } from '../questions/store.ts';
import type { DB, IssueLog } from './schema.ts';

export async function findEntry(db: Kysely<DB>, jti: string): Promise<LogEntry | undefined> {
  const row = await db
    .selectFrom('issue_log')
    .$call(withRevocation)
    .where('issue_log.jti', '=', jti)
    .where('event', '=', 'issued')
    .executeTakeFirst();
  return row && toEntry(row);
}

export async function findRefusals(db: Kysely<DB>, query: RefusalQuery): Promise<readonly LogEntry[]> {
  const { subjects, client, from, until, limit, skip } = query;
  const rows = await db
    .selectFrom('issue_log')
    .$call(withRevocation)
    .where('event', '=', 'refused')
    .where('at', '>=', new Date(from))
    .where('at', '<', new Date(until))
    .$if(subjects !== null, (some) => some.where('subject', '=', sql<string>`ANY(${subjects})`))
    .$if(client !== null, (some) => some.where('client_id', '=', client))
    .orderBy('at', 'desc')
    .orderBy('subject')
    .orderBy('client_id')
    .orderBy('requested')
    .limit(limit)
    .offset(skip)
    .execute();
  return rows.map(toEntry);
}

function withRevocation<O>(query: SelectQueryBuilder<DB, 'issue_log', O>) {
  return query
    .selectAll('issue_log')
    .select((on) =>
      on
        .exists(
          on
            .selectFrom('revoked_access_tokens')
            .select('jti')
            .whereRef('revoked_access_tokens.jti', '=', 'issue_log.jti'),
        )
        .as('revoked'),
    );
}

function toEntry(row: Selectable<IssueLog> & { readonly revoked: unknown }): LogEntry {
  return {
    event: row.event as LogEntry['event'],
    at: row.at.getTime(),
    jti: row.jti,
    subject: row.subject ?? '',
    client: row.client_id ?? '',
    flow: row.flow ?? '',
    audiences: row.audience ?? [],
    requested: row.requested ?? '',
    issued: row.issued ?? '',
    refused: (row.refused ?? []) as unknown as LogEntry['refused'],
    because: row.because ?? [],
    policyVersion: Number(row.policy_version ?? 0),
    expiresAt: row.expires_at?.getTime() ?? null,
    cap: toCap(row.cap),
    parent: row.parent_jti,
    exchangeRules: row.exchange_rule?.split(' ') ?? [],
    revoked: row.revoked === true,
  };
}

/** Written since migration 0009; an older entry has none. */
function toCap(cap: unknown): LogEntry['cap'] {
  const { kind, rule = null } = (cap ?? {}) as Partial<NonNullable<LogEntry['cap']>>;
  return kind === undefined ? null : { kind, rule };
}
