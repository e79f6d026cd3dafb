/** A decision of which nothing is issued: what is at fault is refused with the reason, the rest withheld (policy-semantics 4). */
import type { Decision, Reason, ScopeVerdict } from '../policy/decision.ts';

/** `isCause` says of a verdict that is not refused yet whether its scope is at fault. */
export function refuseAll(
  decision: Decision,
  reason: Reason,
  isCause: (verdict: ScopeVerdict) => boolean,
  error: 'invalid_scope' | 'access_denied' = 'invalid_scope',
): Decision {
  const verdicts = decision.verdicts.map((verdict): ScopeVerdict => {
    if (verdict.outcome === 'refused') return verdict;
    const { scope } = verdict;
    return isCause(verdict)
      ? { scope, outcome: 'refused', reason, because: [] }
      : { scope, outcome: 'withheld', because: [] };
  });
  return {
    ...decision,
    scope: [],
    granted: [],
    groups: [],
    refused: refusalsOf(verdicts),
    verdicts,
    expiresAt: null,
    cappedBy: null,
    error,
  };
}

export function refusalsOf(verdicts: readonly ScopeVerdict[]): Decision['refused'] {
  return verdicts.flatMap((verdict) =>
    verdict.outcome === 'refused' ? [{ scope: verdict.scope, reason: verdict.reason }] : [],
  );
}
