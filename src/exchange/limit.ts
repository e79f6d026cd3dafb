/** The ceiling of an exchange under the limit that a rule sets it: what lies in both (policy-semantics 6). */
import { cutToCeiling, findBeyondCeiling } from '../policy/ceiling.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { FlowCeiling } from '../policy/decision.ts';
import { groupsScope, parseScope } from '../policy/scope.ts';

/** `only` is in logical paths. Who may have a refresh token is no matter of rules. */
export function limitCeiling(policy: CompiledPolicy, ceiling: FlowCeiling, only: readonly string[]): FlowCeiling {
  const all: FlowCeiling = { flow: 'exchange', scopes: [], audiences: [], widened: only };
  const within = (scope: string) => only.flatMap((limit) => narrower(scope, limit));
  const scopes = ceiling.scopes.flatMap((scope) =>
    parseScope(scope).kind === 'storage' ? cutToCeiling(policy, all, [scope], ceiling.audiences) : within(scope),
  );
  const widened = ceiling.widened?.flatMap((scope) => (scope === 'offline_access' ? [scope] : within(scope)));
  return { ...ceiling, scopes: [...new Set(scopes)], widened };
}

/** The one that lies within the other, or nothing. */
function narrower(one: string, other: string): string[] {
  if (isWithin(one, other)) return [one];
  return isWithin(other, one) ? [other] : [];
}

function isWithin(scope: string, upper: string): boolean {
  const isGroup = upper === groupsScope && parseScope(scope).kind === 'groups';
  return isGroup || findBeyondCeiling([scope], [upper]) === undefined;
}
