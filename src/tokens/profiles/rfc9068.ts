/** JWT profile for access tokens (RFC 9068; R-9068-1): header `typ` `at+jwt`, groups in `groups`. */
import type { AccessTokenClaims, AccessTokenInput } from '../claims.ts';
import { commonClaims } from './common.ts';

export function rfc9068Claims(input: AccessTokenInput): AccessTokenClaims {
  return { ...commonClaims(input), ...(input.groups.length > 0 && { groups: input.groups }) };
}
