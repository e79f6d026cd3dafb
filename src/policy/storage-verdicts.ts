/** Judges the storage scopes of a request together: limits, consent, containment, all or nothing (policy-semantics 2.2 and 4, step 8). */
import { type AskedScope, refused } from './asked.ts';
import type { Cap, ScopeVerdict } from './decision.ts';
import { judgeScope } from './judge.ts';
import { asDirectory, isAtOrBelow } from './path.ts';
import type { Question } from './question.ts';
import type { PolicyMode } from './rule.ts';
import { formatStorageScope, type StorageScope } from './scope.ts';

/** A scope of the request that was read as a storage scope. */
export interface AskedStorageScope extends AskedScope {
  readonly parsed: StorageScope;
}

/** Limits of policy-semantics 2.2, in scopes. */
export const maxStorageScopesAsked = 64;
export const maxStorageScopesIssued = 50;

/** Narrowing and expansion put several issued scopes in the place of one here. */
export function storageVerdicts(
  question: Question,
  asked: readonly AskedStorageScope[],
  mode: PolicyMode,
): readonly ScopeVerdict[] {
  if (asked.length > maxStorageScopesAsked) return asked.map(({ scope }) => refused(scope, 'too-many'));
  const judged = markContained(
    asked,
    asked.map((one) => verdictOn(question, one)),
  );
  // Nothing is cut silently: more than may be issued refuses all of it.
  const issued = judged.filter(({ outcome }) => outcome === 'issued').length;
  const limited =
    issued > maxStorageScopesIssued ? judged.map((verdict) => refuseUnlessRefused(verdict, 'too-many')) : judged;
  const complete = limited.every(({ outcome }) => outcome !== 'refused');
  return mode === 'strict' && !complete
    ? limited.map((verdict) => refuseUnlessRefused(verdict, 'all-or-nothing'))
    : limited;
}

function verdictOn(question: Question, { scope, parsed, unticked }: AskedStorageScope): ScopeVerdict {
  const judgement = judgeScope(question, parsed);
  if (!judgement.allowed) return refused(scope, judgement.reason, judgement.because);
  if (unticked) return refused(scope, 'consent');
  const path = judgement.slash ? asDirectory(parsed.path) : parsed.path;
  const as = formatStorageScope(parsed.action, path);
  const cap: Cap = { at: question.tokenLife.until, kind: 'lifetime', rule: null };
  return { scope, outcome: 'issued', as: [as], parts: [{ scope: as, cap }], left: [], because: judgement.because };
}

/** An issued scope and its place in the request. */
interface IssuedScope extends StorageScope {
  readonly as: readonly string[];
  readonly index: number;
}

/** Of two issued scopes of one action the contained one goes; of equal ones the later. */
function markContained(
  asked: readonly AskedStorageScope[],
  verdicts: readonly ScopeVerdict[],
): readonly ScopeVerdict[] {
  const issued = asked.flatMap(({ parsed }, index): IssuedScope[] => {
    const verdict = verdicts[index];
    return verdict?.outcome === 'issued' ? [{ ...parsed, as: verdict.as, index }] : [];
  });
  const kept = issued.filter((scope) => !issued.some((other) => contains(other, scope)));
  return verdicts.map((verdict, index) => {
    const mine = issued.find((scope) => scope.index === index);
    const container = mine && kept.find((other) => contains(other, mine));
    return container
      ? { scope: verdict.scope, because: verdict.because, outcome: 'contained', as: container.as }
      : verdict;
  });
}

/** A strict order, so that every contained scope has a container that stays. */
function contains(outer: IssuedScope, inner: IssuedScope): boolean {
  if (outer.action !== inner.action || !isAtOrBelow(inner.path, outer.path)) return false;
  return outer.path !== inner.path || outer.index < inner.index;
}

function refuseUnlessRefused(verdict: ScopeVerdict, reason: 'too-many' | 'all-or-nothing'): ScopeVerdict {
  return verdict.outcome === 'refused' ? verdict : refused(verdict.scope, reason);
}
