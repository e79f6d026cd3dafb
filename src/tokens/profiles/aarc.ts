/** The WLCG token with groups as entitlements beside it (AARC-G069; wlcg-tokens.md section 10). */
import type { AccessTokenClaims, AccessTokenInput } from '../claims.ts';
import { entitlementClaims } from '../entitlements.ts';
import { wlcgClaims } from './wlcg.ts';

/** The same groups in both forms: those that the policy decided. `wlcg.groups` only where it was asked for. */
export function aarcClaims(input: AccessTokenInput): AccessTokenClaims {
  const { 'wlcg.groups': groups, ...claims } = wlcgClaims(input);
  const asked = input.scope.some((scope) => scope === 'wlcg.groups' || scope.startsWith('wlcg.groups:'));
  return {
    ...claims,
    ...(groups && asked && { 'wlcg.groups': groups }),
    ...entitlementClaims(input.entitlements, input.groups, input.scope),
  };
}
