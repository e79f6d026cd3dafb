/** What a grant or embargo would change if it held: typical requests of everybody concerned, decided before and after (policy-semantics 8). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { wholeSeconds } from '../issuance/policy-request.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import { isoInstant } from '../policy/explain.ts';
import { isAtOrBelow } from '../policy/path.ts';
import { ok } from '../shared/result.ts';
import type { QuestionDeps } from './deps.ts';
import { type Asking, clientAskings, groupClients, userAskings } from './impact-askings.ts';
import { changeOf, type Decided, decide } from './impact-decisions.ts';
import { concernedBy, readProposal, withProposal } from './proposal.ts';
import type { Answer, Impact, ImpactQuestion, ScopeChange } from './questions.ts';
import { defaultLimit, readPage } from './read.ts';
import { type TypicalRequest, typicalRequests } from './typical-requests.ts';

/** So many classes of accounts are looked at, and so many requests decided before and after: some seconds of work at most. */
const mostClasses = 200;
const mostEvaluations = 20_000;

/** Other requests of a server get their turn after so many. */
const evaluationsPerTurn = 50;

export async function impact(deps: QuestionDeps, question: ImpactQuestion): Answer<Impact> {
  const page = readPage({ limit: question.limit ?? defaultLimit }, () => false);
  if (!page.ok) return page;
  const { policy, clients } = await deps.snapshot();
  const read = await readProposal(deps.store, policy, question.proposed);
  if (!read.ok) return read;
  const proposal = read.value;
  const now = deps.clock.now();
  const at = wholeSeconds(question.at ?? Math.max(now, proposal.rule.from ?? now));
  const after = withProposal(policy, proposal);
  const isWithin = (path: string) => question.within?.some((managed) => isAtOrBelow(path, managed)) ?? true;
  const concerned = concernedBy([policy, after], proposal.path, isWithin);
  const { maxTokenLifetimeSeconds, guardSeconds } = policy.settings;
  const classes = await deps.store.classesOf({
    ...concerned,
    from: at,
    until: at + (maxTokenLifetimeSeconds + guardSeconds) * 1000,
    limit: mostClasses + 1,
  });
  const groups = groupClients([...clients.values()]);
  const askings = [
    ...clientAskings(clients.values(), concerned),
    ...userAskings(classes.slice(0, mostClasses), groups),
  ];
  const result = await evaluate({ before: policy, after, at }, askings, ({ client }) =>
    typicalRequests(policy, client, proposal, concerned).filter(({ logical }) =>
      isWithin(logical.slice(logical.indexOf(':') + 1)),
    ),
  );
  const exposure = await deps.tokens.count({ path: proposal.path, at: now });
  const changes = result.changes.sort(widestFirst);
  return ok({
    rule: { kind: proposal.kind, id: proposal.rule.id, path: proposal.path },
    at: isoInstant(at),
    policyVersion: policy.version,
    changes: changes.slice(0, page.value.limit).map(({ change }) => change),
    losing: countPeople(changes, ['loses', 'both']),
    gaining: countPeople(changes, ['gains', 'both']),
    largestExpansion: result.largestExpansion,
    exposure: { tokens: exposure.count, latestExpiry: isoInstant(exposure.latestExpiry) },
    evaluated: result.evaluated,
    truncated: result.truncated || classes.length > mostClasses || changes.length > page.value.limit,
  });
}

interface Comparison {
  readonly before: CompiledPolicy;
  readonly after: CompiledPolicy;
  readonly at: number;
}

/** A change, and who it is about: the same people may lose more than one scope. */
interface FoundChange {
  readonly people: Asking['people'];
  readonly change: ScopeChange;
}

interface Evaluation {
  readonly changes: FoundChange[];
  readonly largestExpansion: Impact['largestExpansion'];
  readonly evaluated: number;
  readonly truncated: boolean;
}

async function evaluate(
  { before, after, at }: Comparison,
  askings: readonly Asking[],
  requestsOf: (asking: Asking) => readonly TypicalRequest[],
): Promise<Evaluation> {
  const changes = new Map<string, FoundChange>();
  let largestExpansion: Impact['largestExpansion'] = null;
  let evaluated = 0;
  for (const { asking, request, number } of eachRequest(askings, requestsOf)) {
    if (evaluated >= mostEvaluations) {
      return { changes: [...changes.values()], largestExpansion, evaluated, truncated: true };
    }
    evaluated += 1;
    if (evaluated % evaluationsPerTurn === 0) await nextTurn();
    const decided = { before: decide(before, asking, request, at), after: decide(after, asking, request, at) };
    if (asking.client.policyMode === 'expand') largestExpansion = widen(largestExpansion, decided);
    const change = changeOf(asking, request, decided);
    // What is lost at one storage is mostly lost at all: it is told once, and again only where it is different.
    const key = `${number} ${request.logical} ${change?.effect} ${change?.after.refused}`;
    if (change !== null && !changes.has(key)) changes.set(key, { people: asking.people, change });
  }
  return { changes: [...changes.values()], largestExpansion, evaluated, truncated: false };
}

function* eachRequest(askings: readonly Asking[], requestsOf: (asking: Asking) => readonly TypicalRequest[]) {
  for (const [number, asking] of askings.entries()) {
    for (const request of requestsOf(asking)) yield { asking, request, number };
  }
}

function widen(
  largest: Impact['largestExpansion'],
  { before, after }: { readonly before: Decided; readonly after: Decided },
): Impact['largestExpansion'] {
  return {
    before: Math.max(largest?.before ?? 0, before.issued.length),
    after: Math.max(largest?.after ?? 0, after.issued.length),
  };
}

const order: readonly ScopeChange['effect'][] = ['loses', 'both', 'gains', 'ends-earlier', 'ends-later'];

function widestFirst({ change: one }: FoundChange, { change: other }: FoundChange): number {
  return order.indexOf(one.effect) - order.indexOf(other.effect) || other.count - one.count;
}

function countPeople(
  changes: readonly FoundChange[],
  effects: readonly ScopeChange['effect'][],
): { readonly users: number; readonly clients: number } {
  const people = new Set(changes.filter(({ change }) => effects.includes(change.effect)).map((found) => found.people));
  const sum = (kind: 'user' | 'client') =>
    [...people].filter((one) => one.kind === kind).reduce((total, { count }) => total + count, 0);
  return { users: sum('user'), clients: sum('client') };
}
