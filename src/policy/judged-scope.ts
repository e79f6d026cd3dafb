/** What is found of one scope asked for, before the scopes of a request are put together. */
import { conveys } from './action.ts';
import type { AskedScope } from './asked.ts';
import type { Cap, IssuedPart, LeftPart, Reason } from './decision.ts';
import { judgeScope } from './judge.ts';
import { firstLeft, type OwnPath, writtenPath } from './judgement.ts';
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

export function judgeStorageScope(question: Question, asked: AskedStorageScope, mode: PolicyMode): JudgedScope {
  const { scope, parsed, unticked } = asked;
  const { action, path } = parsed;
  const { open, left } = judgeScope({ question, action, needed: conveys(action), mode, stranger: false }, path);
  if (open.length === 0) {
    const first = firstLeft(left);
    return refusedScope(scope, first[0]?.reason ?? 'no-grant', union(first.map(({ because }) => because)));
  }
  if (unticked) return refusedScope(scope, 'consent');
  return { scope, parts: toParts(action, open), words: [], left, refusal: null };
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
