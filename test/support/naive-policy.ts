/** A complete, slow reference of the decision, written from the text of policy-semantics 2 to 6 and apart from `src/policy`: what is issued, what is refused and why, and the end. */
import { type PolicyRequest, type Reason, type Refusal, reasons } from '../../src/policy/decision.ts';
import type { Action, PolicyFacts } from '../../src/policy/rule.ts';
import { type Issue, isWithinFlow, readAudiences, resolveScope } from './naive/audiences.ts';
import { isDenied, readSetScope, resolveSet } from './naive/capability-sets.ts';
import { type Ask, longestEnd } from './naive/facts.ts';
import {
  assertedGroups,
  capByGroups,
  isWithinFlow as isOtherWithinFlow,
  otherWord,
  readGroupScope,
} from './naive/others.ts';
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

/** One storage scope or capability set that was asked: what it becomes, or the word. */
interface Judged {
  readonly token: string;
  readonly issues: readonly (Issue & { readonly action: Action })[];
  /** Of a capability set: scopes that are no storage scopes. */
  readonly plain: readonly string[];
  /** Of the plain ones. */
  readonly cap: number;
  readonly word: Reason | null;
}

const askedLimit = 64;

export function naiveDecision(facts: PolicyFacts, request: PolicyRequest): NaiveDecision {
  const ask: Ask = { facts, request, ...readAudiences(facts, request.audiences) };
  const tokens = [...new Set([...request.scopes, ...(request.unticked ?? [])])];
  if (tokens.some(isMalformed)) return refusedBeside(tokens, 'malformed', isMalformed);
  if (request.ceiling?.flow === 'refresh' && tokens.some((token) => isBeyond(ask, token))) {
    return refusedBeside(tokens, 'ceiling', (token) => isBeyond(ask, token));
  }
  const capabilities = judgeCapabilities(ask, tokens);
  const words = new Map(tokens.map((token) => [token, wordOf(ask, capabilities, token)]));
  const refused = tokens.flatMap((scope): Refusal[] => {
    const reason = words.get(scope) ?? null;
    return reason === null ? [] : [{ scope, reason }];
  });
  if (tokens.some((token) => isDenied(token, words.get(token) ?? null))) return refusal(refused, 'access_denied');
  const issued = uncontained(capabilities);
  if (tokens.some((token) => storageAsk(token) !== null) && issued.length === 0)
    return refusal(refused, 'invalid_scope');
  const scope = tokens.flatMap((token) => [
    ...capabilities.flatMap((one) => (one.token === token && one.word === null ? one.plain : [])),
    ...issued.filter((one) => one.token === token).map((one) => one.scope),
    ...(!isCapability(token) && words.get(token) === null ? [token] : []),
  ]);
  const groups = assertedGroups(ask, tokens);
  const caps = [
    ...issued.map(({ issue }) => issue.cap),
    ...capabilities.flatMap(({ word, plain, cap }) => (word === null && plain.length > 0 ? [cap] : [])),
  ];
  const end = Math.min(longestEnd(ask), ...caps, capByGroups(ask, groups));
  return {
    scope,
    granted: issued.map((one) => one.scope),
    groups,
    refused,
    expiresAt: tokens.length > 0 && scope.length === 0 ? null : Math.floor(end / 1000) * 1000,
    error: null,
  };
}

const isMalformed = (token: string) =>
  [readStorageScope(token), readGroupScope(token), readSetScope(token)].includes('malformed');

function storageAsk(token: string): StorageAsk | null {
  const scope = readStorageScope(token);
  return scope === 'malformed' ? null : scope;
}

const isCapability = (token: string) => storageAsk(token) !== null || readSetScope(token) !== null;

/** A refresh may not ask for it. */
function isBeyond(ask: Ask, token: string): boolean {
  const scope = storageAsk(token);
  return scope === null ? !isOtherWithinFlow(ask, token) : !isWithinFlow(ask, scope);
}

function refusal(refused: readonly Refusal[], error: 'invalid_scope' | 'access_denied'): NaiveDecision {
  return { scope: [], granted: [], groups: [], refused, expiresAt: null, error };
}

/** What refuses the whole request takes all the others along. */
function refusedBeside(tokens: readonly string[], word: Reason, isCause: (token: string) => boolean): NaiveDecision {
  return refusal(
    tokens.map((scope) => ({ scope, reason: isCause(scope) ? word : 'all-or-nothing' })),
    'invalid_scope',
  );
}

function wordOf(ask: Ask, capabilities: readonly Judged[], token: string): Reason | null {
  const found = capabilities.find((one) => one.token === token);
  return found === undefined ? otherWord(ask, token) : found.word;
}

/** Each by itself, then what one refusal or the number of all does to the others. */
function judgeCapabilities(ask: Ask, tokens: readonly string[]): Judged[] {
  const isTooMany = tokens.filter((token) => storageAsk(token) !== null).length > askedLimit;
  const judged = tokens
    .filter(isCapability)
    .map((token) => (isTooMany && storageAsk(token) !== null ? withWord(token, 'too-many') : judgeOne(ask, token)));
  const isStrict = ask.request.client.policyMode === 'strict';
  if (isStrict && judged.some(({ word }) => word !== null)) return allWith(judged, 'all-or-nothing');
  return withinLimit(judged);
}

function withWord(token: string, word: Reason): Judged {
  return { token, issues: [], plain: [], cap: Number.POSITIVE_INFINITY, word };
}

const allWith = (judged: readonly Judged[], word: Reason) =>
  judged.map((one) => (one.word === null ? withWord(one.token, word) : one));

/** Over the limit, what became several is dropped, from the last; when that does not help, all. */
function withinLimit(judged: Judged[]): Judged[] {
  if (uncontained(judged).length <= scopeLimit) return judged;
  const last = judged.findLast(({ word, issues }) => word === null && issues.length > 1);
  if (last === undefined) return allWith(judged, 'too-many');
  return withinLimit(judged.map((one) => (one === last ? withWord(one.token, 'too-many') : one)));
}

function judgeOne(ask: Ask, token: string): Judged {
  const scope = storageAsk(token);
  const isUnticked = ask.request.unticked?.includes(token) ?? false;
  const found = scope === null ? resolveSet(ask, token) : withAction(scope.action, resolveScope(ask, scope));
  const words: Reason[] =
    found.words.length > 0 && found.issues.length + found.plain.length === 0 ? [...found.words] : [];
  if (isUnticked) words.push('consent');
  const word = reasons.find((reason) => words.includes(reason)) ?? null;
  if (word !== null) return withWord(token, word);
  return { token, ...found, issues: scope === null ? found.issues : inOrder(found.issues), word };
}

function withAction(action: Action, { issues, words }: { issues: readonly Issue[]; words: readonly Reason[] }) {
  return { issues: issues.map((issue) => ({ ...issue, action })), words, plain: [], cap: Number.POSITIVE_INFINITY };
}

/** What replaces one storage scope is sorted; a capability set has its own order. */
function inOrder<T extends Issue & { readonly action: Action }>(issues: readonly T[]): T[] {
  return issues.toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

const written = ({ action, path, slash }: Issue & { readonly action: Action }) =>
  `storage.${action}:${path}${slash && path !== '/' ? '/' : ''}`;

/** What is issued without those that another of the same action contains; the first of equals stays. */
function uncontained(judged: readonly Judged[]) {
  const all = judged.flatMap(({ token, issues, word }) =>
    word === null ? issues.map((issue) => ({ token, issue, scope: written(issue) })) : [],
  );
  return all.filter(
    ({ issue }, index) =>
      !all.some(
        (other, place) =>
          other.issue.action === issue.action &&
          isWithin(issue.path, other.issue.path) &&
          (other.issue.path !== issue.path || place < index),
      ),
  );
}
