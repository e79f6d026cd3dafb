/** A complete, slow reference of the decision, written from the text of policy-semantics 2 to 6 and apart from `src/policy`: what is issued, what is refused and why, and the end. */
import { type PolicyRequest, type Reason, type Refusal, reasons } from '../../src/policy/decision.ts';
import type { PolicyFacts } from '../../src/policy/rule.ts';
import { type Found, type Issue, isWithinFlow, readAudiences, resolveScope } from './naive/audiences.ts';
import { type Ask, longestEnd } from './naive/facts.ts';
import { assertedGroups, capByGroups, otherWord, readGroupScope } from './naive/others.ts';
import { readStorageScope, type StorageAsk } from './naive/paths.ts';
import { scopeLimit } from './naive/subtree.ts';
import { isWithin } from './oracle.ts';

export interface NaiveDecision {
  readonly scope: readonly string[];
  readonly granted: readonly string[];
  readonly groups: readonly string[];
  readonly refused: readonly Refusal[];
  readonly expiresAt: number | null;
  readonly error: 'invalid_scope' | 'access_denied' | null;
}

/** One storage scope that was asked: what it becomes, or the word. */
interface Judged {
  readonly token: string;
  readonly ask: StorageAsk;
  readonly issues: readonly Issue[];
  readonly word: Reason | null;
}

const askedLimit = 64;

export function naiveDecision(facts: PolicyFacts, request: PolicyRequest): NaiveDecision {
  const ask: Ask = { facts, request, ...readAudiences(facts, request.audiences) };
  const tokens = [...new Set([...request.scopes, ...(request.unticked ?? [])])];
  if (tokens.some(isMalformed)) {
    return refusal(tokens.map((scope) => ({ scope, reason: isMalformed(scope) ? 'malformed' : 'all-or-nothing' })));
  }
  const storage = judgeStorage(ask, tokens);
  const others = new Map(
    tokens.filter((token) => readStorageScope(token) === null).map((token) => [token, otherWord(ask, token)]),
  );
  const refused = tokens.flatMap((scope): Refusal[] => {
    const reason = storage.find(({ token }) => token === scope)?.word ?? others.get(scope) ?? null;
    return reason === null ? [] : [{ scope, reason }];
  });
  const issued = uncontained(storage);
  if (storage.length > 0 && issued.length === 0) return refusal(refused);
  const scope = tokens.flatMap((token) => [
    ...issued.filter((one) => one.token === token).map((one) => one.scope),
    ...(others.get(token) === null ? [token] : []),
  ]);
  const groups = assertedGroups(ask, tokens);
  const caps = issued.map(({ issue }) => issue.cap);
  return {
    scope,
    granted: issued.map((one) => one.scope),
    groups,
    refused,
    expiresAt:
      tokens.length > 0 && scope.length === 0 ? null : Math.min(longestEnd(ask), ...caps, capByGroups(ask, groups)),
    error: null,
  };
}

const isMalformed = (token: string) => readStorageScope(token) === 'malformed' || readGroupScope(token) === 'malformed';

function refusal(refused: readonly Refusal[]): NaiveDecision {
  return { scope: [], granted: [], groups: [], refused, expiresAt: null, error: 'invalid_scope' };
}

/** Each by itself, then what one refusal or the number of all does to the others. */
function judgeStorage(ask: Ask, tokens: readonly string[]): Judged[] {
  const asked = tokens.flatMap((token) => {
    const scope = readStorageScope(token);
    return scope === null || scope === 'malformed' ? [] : [{ token, ask: scope }];
  });
  const withWord = (judged: readonly Judged[], word: Reason) =>
    judged.map((one) => (one.word === null ? { ...one, word } : one));
  const open = asked.map((one): Judged => ({ ...one, issues: [], word: null }));
  if (asked.length > askedLimit) return withWord(open, 'too-many');
  const judged = asked.map((one) => judgeOne(ask, one));
  const { client, ceiling } = ask.request;
  const isBeyond = ceiling?.flow === 'refresh' && asked.some((one) => !isWithinFlow(ask, one.ask));
  const isLost = client.policyMode === 'strict' && judged.some(({ word }) => word !== null);
  if (isBeyond || isLost) return withWord(judged, 'all-or-nothing');
  return uncontained(judged).length > scopeLimit ? withWord(judged, 'too-many') : judged;
}

function judgeOne(ask: Ask, { token, ask: scope }: Pick<Judged, 'token' | 'ask'>): Judged {
  const isBeyond = ask.request.ceiling?.flow === 'refresh' && !isWithinFlow(ask, scope);
  const found = resolveScope(ask, scope);
  const words: Reason[] = [
    ...(found.issues.length === 0 ? found.words : []),
    ...(isBeyond ? ['ceiling' as const] : []),
  ];
  if (ask.request.unticked?.includes(token)) words.push('consent');
  const word = reasons.find((reason) => words.includes(reason)) ?? null;
  return { token, ask: scope, issues: word === null ? inOrder(scope, found) : [], word };
}

const written = ({ action }: StorageAsk, { path, slash }: Issue) =>
  `storage.${action}:${path}${slash && path !== '/' ? '/' : ''}`;

/** Only what replaces one requested scope is sorted. */
function inOrder(ask: StorageAsk, { issues }: Found): Issue[] {
  return issues.toSorted((one, other) => (written(ask, one) < written(ask, other) ? -1 : 1));
}

/** What is issued without those that another of the same action contains; the first of equals stays. */
function uncontained(judged: readonly Judged[]) {
  const all = judged.flatMap(({ token, ask, issues, word }) =>
    word === null ? issues.map((issue) => ({ token, action: ask.action, issue, scope: written(ask, issue) })) : [],
  );
  return all.filter(
    (one, index) =>
      !all.some(
        (other, place) =>
          other.action === one.action &&
          isWithin(one.issue.path, other.issue.path) &&
          (other.issue.path !== one.issue.path || place < index),
      ),
  );
}
