/** What access tokens of every profile say (wlcg-tokens.md sections 1.2 and 1.3; RFC 9068 section 2.2). */
import { audienceClaim } from '../audience.ts';
import type { AccessTokenInput, Authentication, CommonClaims } from '../claims.ts';
import { notBeforeBackdateSeconds } from '../profile.ts';

export function commonClaims(input: AccessTokenInput): CommonClaims {
  const iat = Math.floor(input.issuedAt / 1000);
  return {
    iss: input.issuer,
    sub: input.subject,
    aud: audienceClaim(input.audiences),
    exp: Math.floor(input.expiresAt / 1000),
    iat,
    nbf: iat - notBeforeBackdateSeconds,
    jti: input.jti,
    scope: input.scope.join(' '),
    client_id: input.clientId,
    ...authenticationClaims(input.authentication),
    ...input.identity,
    ...(input.confirmation && { cnf: input.confirmation }),
    ...(input.act && { act: input.act }),
    ...(input.mayAct && { may_act: input.mayAct }),
    ...(input.widened && { widened: true as const }),
  };
}

/** W-CLM-10 and W-CLM-11: only tokens that stem from a user's authentication carry them. */
function authenticationClaims(
  authentication: Authentication | null,
): Pick<CommonClaims, 'acr' | 'eduperson_assurance'> {
  if (authentication === null) return {};
  return {
    ...(authentication.assurance.length > 0 && { eduperson_assurance: authentication.assurance }),
    ...(authentication.acr !== null && { acr: authentication.acr }),
  };
}
