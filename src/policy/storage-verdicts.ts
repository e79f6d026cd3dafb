/** Puts the storage scopes of a request together: containment, limits, all or nothing (policy-semantics 2.2 and 4, step 8). */
import type { LeftPart, ScopeVerdict } from './decision.ts';
import { maxStorageScopesIssued } from './expand.ts';
import { type JudgedScope, refusedScope, type StoragePart } from './judged-scope.ts';
import { isAtOrBelow } from './path.ts';
import type { Action, PolicyMode } from './rule.ts';
import { union } from './union.ts';

/** Most storage scopes in a request (policy-semantics 2.2). */
export const maxStorageScopesAsked = 64;

/** Most parts that a verdict tells of what it leaves out. */
const maxLeftTold = 50;

export interface Limits {
  readonly mode: PolicyMode;
  /** Most characters of all storage scopes together, each with the space before it. */
  readonly maxCharacters: number;
}

/** One verdict for each judged scope, in the order of the request. */
export function storageVerdicts(
  judged: readonly JudgedScope[],
  { mode, maxCharacters }: Limits,
): readonly ScopeVerdict[] {
  const verdicts = withinLimits(judged, maxCharacters);
  const complete = verdicts.every(({ outcome }) => outcome !== 'refused');
  return mode === 'strict' && !complete
    ? verdicts.map((verdict) => refuseUnlessRefused(verdict, 'all-or-nothing'))
    : verdicts;
}

/** What takes several scopes in the place of one goes first, from the last; nothing is cut silently. */
function withinLimits(judged: readonly JudgedScope[], maxCharacters: number): readonly ScopeVerdict[] {
  const verdicts = withoutContained(judged);
  const over = firstOver(verdicts, maxCharacters);
  if (over === -1) return verdicts;
  // What is kept of the scopes before never becomes less when later ones go, so all these go at once.
  const widest = judged.slice(0, over + 1).findLastIndex(isSeveral);
  return withinLimits(
    judged.map((one, index) =>
      widest === -1 || (index >= widest && isSeveral(one))
        ? refusedScope(one.scope, one.refusal?.reason ?? 'too-many', one.refusal?.because)
        : one,
    ),
    maxCharacters,
  );
}

/** The first verdict with which a limit is passed; -1 when all keep within. */
function firstOver(verdicts: readonly ScopeVerdict[], maxCharacters: number): number {
  let scopes = 0;
  let characters = 0;
  return verdicts.findIndex((verdict) => {
    if (verdict.outcome !== 'issued') return false;
    scopes += verdict.as.length;
    for (const scope of verdict.as) characters += scope.length + 1;
    return scopes > maxStorageScopesIssued || characters > maxCharacters;
  });
}

function isSeveral({ parts }: JudgedScope): boolean {
  return parts.length > 1;
}

/** So many are compared each with each; more are looked up by path. */
const fewParts = 8;

/** Of two parts of one action the contained one goes; of equal ones the later. */
function withoutContained(judged: readonly JudgedScope[]): readonly ScopeVerdict[] {
  const all = judged.flatMap(({ parts }) => parts);
  if (all.length <= fewParts) return judged.map((one) => verdictOn(one, (part) => topmostAmong(all, part)));
  const known = new Map<Action, Map<string, StoragePart>>();
  for (const { parts } of judged) {
    for (const part of parts) remember(known, part);
  }
  return judged.map((one) => verdictOn(one, (part) => topmostAbove(known.get(part.action), part)));
}

/** The topmost part that contains this one, the first of equal ones; itself when it stays. */
function topmostAmong(all: readonly StoragePart[], part: StoragePart): StoragePart {
  let container: StoragePart | undefined;
  for (const other of all) {
    if (other.action !== part.action || !isAtOrBelow(part.path, other.path)) continue;
    if (container === undefined || other.path.length < container.path.length) container = other;
  }
  return container ?? part;
}

function remember(known: Map<Action, Map<string, StoragePart>>, part: StoragePart): void {
  const ofAction = known.get(part.action);
  if (ofAction === undefined) known.set(part.action, new Map([[part.path, part]]));
  else if (!ofAction.has(part.path)) ofAction.set(part.path, part);
}

/** The topmost part that contains this one; itself when it stays. */
function topmostAbove(ofAction: ReadonlyMap<string, StoragePart> | undefined, part: StoragePart): StoragePart {
  if (ofAction === undefined) return part;
  let container = ofAction.get(part.path) ?? part;
  if (ofAction.size === 1) return container;
  for (let end = part.path.lastIndexOf('/'); end > 0; end = part.path.lastIndexOf('/', end - 1)) {
    container = ofAction.get(part.path.slice(0, end)) ?? container;
  }
  return ofAction.get('/') ?? container;
}

function verdictOn(
  { scope, parts, words, left, refusal }: JudgedScope,
  containerOf: (part: StoragePart) => StoragePart,
): ScopeVerdict {
  if (refusal !== null) return { scope, outcome: 'refused', ...refusal };
  const because = union([...parts, ...left].map((part) => part.because));
  const kept = parts.filter((part) => containerOf(part) === part);
  if (kept.length === 0 && words.length === 0) {
    const containers = new Set(parts.map((part) => containerOf(part).as));
    return { scope, outcome: 'contained', as: [...containers], because };
  }
  return {
    scope,
    outcome: 'issued',
    as: [...words.map((word) => word.scope), ...kept.map(({ as }) => as)],
    parts: [...words, ...kept.map(({ as, cap }) => ({ scope: as, cap }))],
    left: told(left),
    because,
  };
}

function told(left: readonly LeftPart[]): readonly LeftPart[] {
  return left.length > maxLeftTold ? left.slice(0, maxLeftTold) : left;
}

function refuseUnlessRefused(verdict: ScopeVerdict, reason: 'all-or-nothing'): ScopeVerdict {
  return verdict.outcome === 'refused' ? verdict : { scope: verdict.scope, outcome: 'refused', reason, because: [] };
}
