/** WLCG Common JWT Profiles, the default (wlcg-tokens.md section 1). */
import type { AccessTokenClaims, AccessTokenInput } from '../claims.ts';
import { wlcgVersion } from '../profile.ts';
import { commonClaims } from './common.ts';

/** Empty groups are left out (W-CLM-9). */
export function wlcgClaims(input: AccessTokenInput): AccessTokenClaims {
  return {
    ...commonClaims(input),
    'wlcg.ver': wlcgVersion,
    ...(input.groups.length > 0 && { 'wlcg.groups': input.groups }),
  };
}
