/** What an access token will say: the decision, and who asked how. */
import type { Decision } from '../policy/decision.ts';
import type { AccessTokenInput, ActClaim, Authentication, MayActClaim } from '../tokens/claims.ts';
import type { EntitlementNamespace } from '../tokens/entitlements.ts';
import { identityClaims } from '../tokens/identity.ts';
import { subjectOf, type TokenRequest } from './policy-request.ts';
import { profileOf } from './profiled.ts';

/** What the claims say beside the decision. */
export interface ClaimsContext {
  readonly authentication: Authentication | null;
  readonly confirmation?: Readonly<Record<string, string>>;
  /** Of an exchanged token and of those refreshed from it. */
  readonly act?: ActClaim | null;
  readonly mayAct?: MayActClaim | null;
  readonly widened?: boolean;
  /** Of the community; absent: it has none. */
  readonly entitlements?: EntitlementNamespace | null | undefined;
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
  const { account, client } = request;
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
    profile: profileOf(request),
    entitlements: context.entitlements ?? null,
    identity: account === null ? {} : identityClaims(account, decision.scope, client.identityClaims),
    ...(context.confirmation && { confirmation: context.confirmation }),
    ...(context.act && { act: context.act }),
    ...(context.mayAct && { mayAct: context.mayAct }),
    ...(context.widened && { widened: true }),
  };
}
