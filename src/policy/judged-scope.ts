/** What is found of one scope asked for, before the scopes of a request are put together. */
import { conveys } from './action.ts';
import type { AskedScope } from './asked.ts';
import type { Cap, IssuedPart, LeftPart, Reason } from './decision.ts';
import { judgeScope } from './judge.ts';
import { firstLeft, type Judgement, type OwnPath, writtenPath } from './judgement.ts';
import type { CanonicalPath } from './path.ts';
import type { Question } from './question.ts';
import type { Action, PolicyMode } from './rule.ts';
import { formatStorageScope, type StorageScope } from './scope.ts';
import { compare } from './sorted.ts';
import { union } from './union.ts';

/** A storage scope that may be issued. */
export interface StoragePart {
  readonly action: Action;
  readonly path: CanonicalPath;
  /** As it is written in the token. */
  readonly as: string;
  readonly cap: Cap;
  readonly because: readonly string[];
}

export interface JudgedScope {
  readonly scope: string;
  /** Sorted; empty when refused. */
  readonly parts: readonly StoragePart[];
  /** Of a capability set: its scopes that are no storage scopes. */
  readonly words: readonly IssuedPart[];
  readonly left: readonly LeftPart[];
  readonly refusal: { readonly reason: Reason; readonly because: readonly string[] } | null;
}

/** A scope of the request that was read as a storage scope. */
export interface AskedStorageScope extends AskedScope {
  readonly parsed: StorageScope;
}

/** However often a path is written in a request, with slashes more or less, it is judged once for each action. */
export function judgeOnce(question: Question, mode: PolicyMode): (scope: StorageScope) => Judgement {
  const known = new Map<string, Judgement>();
  return ({ action, path }) => {
    const key = formatStorageScope(action, path);
    const judged =
      known.get(key) ?? judgeScope({ question, action, needed: conveys(action), mode, stranger: false }, path);
    known.set(key, judged);
    return judged;
  };
}

export function judgedScope({ scope, parsed, unticked }: AskedStorageScope, { open, left }: Judgement): JudgedScope {
  if (open.length === 0) {
    const first = firstLeft(left);
    return refusedScope(scope, first[0]?.reason ?? 'no-grant', union(first.map(({ because }) => because)));
  }
  if (unticked) return refusedScope(scope, 'consent');
  return { scope, parts: toParts(parsed.action, open), words: [], left, refusal: null };
}

export function toParts(action: Action, open: readonly OwnPath[]): readonly StoragePart[] {
  const parts = open.map((own): StoragePart => {
    const as = formatStorageScope(action, writtenPath(own));
    return { action, path: own.path, as, cap: own.cap, because: own.because };
  });
  return parts.length === 1 ? parts : parts.sort((one, other) => compare(one.path, other.path));
}

export function refusedScope(scope: string, reason: Reason, because: readonly string[] = []): JudgedScope {
  return { scope, parts: [], words: [], left: [], refusal: { reason, because } };
}
