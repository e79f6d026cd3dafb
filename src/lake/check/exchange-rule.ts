/** An exchange rule by itself: its clients exist, it ends after it begins, and one that forbids adds nothing (policy-semantics 6). */
import type { LakeFault, LakePath } from '../fault.ts';
import type { ExchangeRuleRecord, MatcherRecord } from '../records.ts';
import { checkInterval } from './common.ts';
import type { KnownNames } from './known.ts';

export function checkExchangeRule(
  at: LakePath,
  rule: ExchangeRuleRecord,
  known: Pick<KnownNames, 'clientIds'>,
): LakeFault[] {
  return [
    ...checkMatcher([...at, 'origin'], rule.origin, known),
    ...checkMatcher([...at, 'target'], rule.target, known),
    ...checkInterval(at, { from: rule.from ?? undefined, until: rule.until ?? undefined }),
    ...checkEffect(at, rule),
  ];
}

function checkMatcher(at: LakePath, matcher: MatcherRecord, { clientIds }: Pick<KnownNames, 'clientIds'>): LakeFault[] {
  if (matcher === 'any' || !('client' in matcher) || clientIds.has(matcher.client)) return [];
  return [{ path: [...at, 'client'], message: `client \`${matcher.client}\` not known` }];
}

function checkEffect(at: LakePath, rule: ExchangeRuleRecord): LakeFault[] {
  if (rule.effect !== 'deny') return [];
  const fields = [
    ['scopes', rule.scopes.length > 0],
    ['originScopes', rule.originScopes],
    ['only', rule.only !== null],
    ['withheld', rule.withheld.length > 0],
  ] as const;
  return fields
    .filter(([, isSaid]) => isSaid)
    .map(([field]) => ({ path: [...at, field], message: 'a rule that denies says nothing of scopes' }));
}
