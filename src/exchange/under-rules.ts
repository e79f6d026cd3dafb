/** What exchange rules add to the ceiling of an exchange and take from it, and whether they forbid it (policy-semantics 6): the only way to widen, combined with the subject's own rights. */
import type { Issuance } from '../issuance/issue.ts';
import type { TokenRequest } from '../issuance/policy-request.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { findStorage } from '../policy/audience.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { FlowCeiling } from '../policy/decision.ts';
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { findExchangeRules } from './exchange-rule.ts';
import { limitCeiling } from './limit.ts';
import type { ExchangeSubject } from './subject.ts';

/** The request under the ceiling of the rules, and the ids of those that added to it. */
export interface RuledRequest {
  readonly request: TokenRequest;
  /** Without what rules added: that is never kept. */
  readonly kept: FlowCeiling;
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
  const { exchangeRules, policy } = snapshots.current();
  if (exchangeRules.length === 0) return ok({ request: asked, kept: asked.ceiling, rules: [] });
  const { denied, widened, limits, withheld } = findExchangeRules(exchangeRules, {
    origin: subject.origin,
    target: asked.client,
    subjectAudiences: namesOf(policy, subject.ceiling.audiences),
    now: clock.now(),
  });
  if (denied !== null) return err(`exchange rule ${denied.id} does not let this client exchange the subject_token`);
  const limited = (ceiling: FlowCeiling) => limits.reduce((upper, only) => limitCeiling(policy, upper, only), ceiling);
  const ceiling = { ...asked.ceiling, withheld: withheld.map(({ scope }) => scope) };
  const kept = limited(ceiling);
  const narrow = { ...asked, ceiling: kept };
  if (widened.length === 0) return ok({ request: narrow, kept, rules: [] });
  // Who may have a refresh token is no matter of rules.
  const added = widened.map(({ scope }) => scope).filter((scope) => scope !== 'offline_access');
  const lifted = limited({ ...ceiling, widened: [...(ceiling.widened ?? []), ...added] });
  // What a rule adds ends with the subject token, also where a refresh token comes of the rest.
  const wide = { ...asked, ceiling: lifted, expiresAtMost: subject.expiresAt };
  const decided = issuance.preview(wide);
  const addsNothing = decided.error === null && decided.scope.join(' ') === issuance.preview(narrow).scope.join(' ');
  if (addsNothing) return ok({ request: narrow, kept, rules: [] });
  return ok({ request: wide, kept, rules: [...new Set(widened.map(({ rule }) => rule))] });
}

/** With the other names of the same storages: an alias is no way around a rule (W-AUD-2). */
function namesOf(policy: CompiledPolicy, audiences: readonly string[]): string[] {
  const storages = new Set(audiences.map((audience) => findStorage(policy, audience)));
  const others = [...policy.byAudience].filter(([, storage]) => storages.has(storage)).map(([name]) => name);
  return [...new Set([...audiences, ...others])];
}
