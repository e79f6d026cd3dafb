/** What exchange rules add to the ceiling of an exchange and take from it, and whether they forbid it (policy-semantics 6): the only way to widen, combined with the subject's own rights. */
import type { Issuance } from '../issuance/issue.ts';
import type { TokenRequest } from '../issuance/policy-request.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { FlowCeiling } from '../policy/decision.ts';
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { findExchangeRules } from './exchange-rule.ts';
import { limitClient } from './limit.ts';
import type { ExchangeSubject } from './subject.ts';

/** The request under the ceiling of the rules, and the ids of those that added to it. */
export interface RuledRequest {
  readonly request: TokenRequest;
  readonly rules: readonly string[];
}

export interface RuleDeps {
  readonly snapshots: SnapshotSource;
  readonly issuance: Issuance;
  readonly clock: Clock;
}

/** `ceiling` is the flow's own; an error is the description of an `invalid_request`. */
export function underRules(
  { snapshots, issuance, clock }: RuleDeps,
  asked: TokenRequest & { readonly ceiling: FlowCeiling },
  subject: ExchangeSubject,
): Result<RuledRequest, string> {
  const { exchangeRules } = snapshots.current();
  if (exchangeRules.length === 0) return ok({ request: asked, rules: [] });
  const { denied, widened, limits, withheld } = findExchangeRules(exchangeRules, {
    origin: subject.origin,
    target: asked.client,
    subjectAudiences: subject.ceiling.audiences,
    now: clock.now(),
  });
  if (denied !== null) return err(`exchange rule ${denied.id} does not let this client exchange the subject_token`);
  const ceiling = { ...asked.ceiling, withheld: withheld.map(({ scope }) => scope) };
  const client = limits.reduce(limitClient, asked.client);
  const narrow = { ...asked, client, ceiling };
  if (widened.length === 0) return ok({ request: narrow, rules: [] });
  // Who may have a refresh token is no matter of rules.
  const added = widened.map(({ scope }) => scope).filter((scope) => scope !== 'offline_access');
  const lifted = [...(ceiling.widened ?? []), ...added];
  // What a rule adds ends with the subject token, also where a refresh token comes of the rest.
  const wide = { ...narrow, ceiling: { ...ceiling, widened: lifted }, expiresAtMost: subject.expiresAt };
  const decided = issuance.preview(wide);
  const addsNothing = decided.error === null && decided.scope.join(' ') === issuance.preview(narrow).scope.join(' ');
  if (addsNothing) return ok({ request: narrow, rules: [] });
  return ok({ request: wide, rules: [...new Set(widened.map(({ rule }) => rule))] });
}
