/** Why a token has the scopes it has, and why others were refused: the issue log beside the history of the rules (policy-semantics 8). */
import type { Reason } from '../policy/decision.ts';
import { isoInstant, reasonMeanings } from '../policy/explain.ts';
import type { Clock } from '../shared/clock.ts';
import { err, ok } from '../shared/result.ts';
import type {
  Answer,
  DeterminingRule,
  ExplainedRefusal,
  IssueRecord,
  Refusals,
  RefusalsQuestion,
} from './questions.ts';
import { isStorable, readPage } from './read.ts';
import type { LogEntry, QuestionStore, RuleVersion } from './store.ts';

const day = 86_400_000;

export async function why(store: QuestionStore, { jti }: { readonly jti: string }): Answer<IssueRecord> {
  const entry = isStorable(jti) ? await store.entry(jti) : undefined;
  if (entry === undefined) {
    return err({ kind: 'not-found', message: `no token with jti \`${jti.slice(0, 80)}\` in the issue log` });
  }
  const [record] = await explainEntries(store, [entry]);
  return record === undefined ? err({ kind: 'not-found', message: 'no entry' }) : ok(record);
}

export async function refusals(store: QuestionStore, clock: Clock, question: RefusalsQuestion): Answer<Refusals> {
  const page = readPage(question, (text) => readCursor(text) !== undefined);
  if (!page.ok) return page;
  const { limit, after } = page.value;
  const { until, skip } = readCursor(after ?? '') ?? { until: question.until ?? clock.now() + 1, skip: 0 };
  const { subject, client = null } = question;
  if (![subject ?? '', client ?? ''].every(isStorable)) return ok({ entries: [], next: null });
  const entries = await store.refusals({
    subjects: subject === undefined ? null : [subject, (await store.accountId(subject)) ?? subject],
    client,
    from: question.from ?? until - day,
    until,
    limit: limit + 1,
    skip,
  });
  return ok({
    entries: await explainEntries(store, entries.slice(0, limit)),
    next: entries.length > limit ? `${until}:${skip + limit}` : null,
  });
}

/** The end of the window, so that later refusals do not move the pieces, and how many were told. */
function readCursor(text: string): { readonly until: number; readonly skip: number } | undefined {
  const [, until, skip] = /^(\d{1,15}):(\d{1,9})$/.exec(text) ?? [];
  return until === undefined ? undefined : { until: Number(until), skip: Number(skip) };
}

async function explainEntries(store: QuestionStore, entries: readonly LogEntry[]): Promise<IssueRecord[]> {
  const usernames = await store.usernames([...new Set(entries.map(({ subject }) => subject))]);
  const ids = [...new Set(entries.flatMap(({ because, cap }) => [...because, cap?.rule ?? '']))];
  const versions = Map.groupBy(await store.versionsOf(ids.filter((id) => id !== '')), ({ id }) => id);
  return entries.map((entry) => ({
    event: entry.event,
    at: isoInstant(entry.at),
    jti: entry.jti,
    subject: entry.subject,
    username: entry.subject === entry.client ? null : (usernames.get(entry.subject) ?? null),
    client: entry.client,
    flow: entry.flow,
    audiences: entry.audiences,
    requested: words(entry.requested),
    issued: words(entry.issued),
    refused: entry.refused.flatMap(explainRefusal),
    policyVersion: entry.policyVersion,
    expiresAt: isoInstant(entry.expiresAt),
    cappedBy: entry.cap,
    parentJti: entry.parent,
    exchangeRules: entry.exchangeRules,
    revoked: entry.revoked,
    rules: rulesOf(entry).flatMap((id) => describeRule(id, versions.get(id) ?? [], entry.policyVersion)),
  }));
}

function words(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

function explainRefusal({ scope, reason }: { readonly scope: string; readonly reason: string }): ExplainedRefusal[] {
  const known = reason as Reason;
  return Object.hasOwn(reasonMeanings, reason) ? [{ scope, reason: known, meaning: reasonMeanings[known] }] : [];
}

/** What decided, and what set the end where that is another rule. */
function rulesOf({ because, cap }: LogEntry): string[] {
  const capping = cap !== null && cap.rule !== null && cap.kind !== 'group' ? [cap.rule] : [];
  return [...new Set([...because, ...capping])];
}

/** A grant and an embargo may have one id. */
function describeRule(id: string, versions: readonly RuleVersion[], policyVersion: number): DeterminingRule[] {
  const kinds = Map.groupBy(versions, ({ kind }) => kind);
  const known = [...kinds].filter(([, all]) => all.some((version) => version.policyVersion <= policyVersion));
  if (kinds.size === 0) return [{ id, kind: 'unknown', version: null, path: null, changes: [] }];
  return (known.length > 0 ? known : [...kinds]).map(([kind, all]) => {
    const then = all.findLast((version) => version.policyVersion <= policyVersion);
    return {
      id,
      kind,
      version: then?.version ?? null,
      path: then?.path ?? all.findLast(({ path }) => path !== null)?.path ?? null,
      changes: all
        .filter((version) => version.policyVersion > policyVersion)
        .map(({ version, at, change, actor, reason }) => ({ version, at: isoInstant(at), change, actor, reason })),
    };
  });
}
