/** What exchange rules add to the ceiling of an exchange, and whether they forbid it (policy-semantics 6): the only way to widen, combined with the subject's own rights. */
import type { Issuance } from '../issuance/issue.ts';
import type { TokenRequest } from '../issuance/policy-request.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { findExchangeRules } from './exchange-rule.ts';
import type { ExchangeSubject } from './subject.ts';

/** The request under the lifted ceiling, and the ids of the rules that lifted it. */
export interface Widening {
  readonly request: TokenRequest;
  readonly rules: readonly string[];
}

export interface WideningDeps {
  readonly snapshots: SnapshotSource;
  readonly issuance: Issuance;
  readonly clock: Clock;
}

/** Null when no rule adds anything to this request; an error is the description of an `invalid_request`. */
export function wideningOf(
  { snapshots, issuance, clock }: WideningDeps,
  narrow: TokenRequest,
  subject: ExchangeSubject,
): Result<Widening | null, string> {
  const { exchangeRules } = snapshots.current();
  if (exchangeRules.length === 0) return ok(null);
  const { denied, widened } = findExchangeRules(exchangeRules, {
    origin: subject.origin,
    target: narrow.client,
    subjectAudiences: subject.ceiling.audiences,
    now: clock.now(),
  });
  if (denied !== null) return err(`exchange rule ${denied.id} does not let this client exchange the subject_token`);
  if (widened.length === 0 || narrow.ceiling === undefined) return ok(null);
  const lifted = [...(narrow.ceiling.widened ?? []), ...widened.map(({ scope }) => scope)];
  // What a rule adds ends with the subject token, also where a refresh token comes of the rest.
  const request = {
    ...narrow,
    ceiling: { ...narrow.ceiling, widened: lifted },
    expiresAtMost: subject.expiresAt,
  };
  const added = issuance.preview(request).scope.join(' ') !== issuance.preview(narrow).scope.join(' ');
  return ok(added ? { request, rules: [...new Set(widened.map(({ rule }) => rule))] } : null);
}
