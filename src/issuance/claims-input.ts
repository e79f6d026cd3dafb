/** What an access token will say: the decision, and who asked how. */
import type { Decision } from '../policy/decision.ts';
import type { AccessTokenInput, ActClaim, Authentication, MayActClaim } from '../tokens/claims.ts';
import { subjectOf, type TokenRequest } from './policy-request.ts';

/** What the claims say beside the decision. */
export interface ClaimsContext {
  readonly authentication: Authentication | null;
  readonly confirmation?: Readonly<Record<string, string>>;
  /** Of an exchanged token and of those refreshed from it. */
  readonly act?: ActClaim | null;
  readonly mayAct?: MayActClaim | null;
}

/** `now` in milliseconds since the epoch. */
export function claimsInput(
  issuer: string,
  request: TokenRequest,
  context: ClaimsContext,
  decision: Decision,
  now: number,
  jti: string,
): AccessTokenInput {
  return {
    issuer,
    subject: subjectOf(request),
    clientId: request.client.clientId,
    audiences: request.audiences,
    scope: decision.scope,
    groups: decision.groups,
    jti,
    issuedAt: now,
    expiresAt: decision.expiresAt ?? now,
    authentication: context.authentication,
    ...(context.confirmation && { confirmation: context.confirmation }),
    ...(context.act && { act: context.act }),
    ...(context.mayAct && { mayAct: context.mayAct }),
  };
}
