/** What a refresh asks for: within what was consented at first, by default all of it that is not lost (policy-semantics 6; W-REF-2, W-AUD-6). */

import type { KoaContextWithOIDC } from 'oidc-provider';
import type { ChainPrincipal } from '../../artifacts/chain-principal.ts';
import type { RefreshChain } from '../../artifacts/refresh-token.ts';
import type { RegisteredClient } from '../../clients/client.ts';
import type { Issuance } from '../../issuance/issue.ts';
import type { TokenRequest } from '../../issuance/policy-request.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { ceilingInPathsOf } from '../../policy/ceiling.ts';
import type { FlowCeiling } from '../../policy/decision.ts';
import { isCapabilityScope } from '../../policy/scope.ts';
import { effectiveAudiences } from '../../tokens/audience.ts';
import { decodeAudiences } from '../audience-parameter.ts';
import { requestedLifetime } from '../requested-lifetime.ts';
import { assertMayTarget } from '../target-audience.ts';

export interface RefreshRequestDeps {
  readonly issuance: Issuance;
  readonly snapshots: SnapshotSource;
}

/** Throws `invalid_target` for an audience that the client may not ask for, or no longer. */
export function readRefreshRequest(
  deps: RefreshRequestDeps,
  ctx: KoaContextWithOIDC,
  client: RegisteredClient,
  chain: RefreshChain,
  principal: ChainPrincipal,
): TokenRequest {
  const audiences = readAudiences(deps.snapshots, ctx, client, chain);
  const ceiling = ceilingOf(chain, client);
  const bounds = {
    client,
    ...principal,
    audiences,
    ceiling,
    expiresAtMost: chain.expiresAt,
    lifetimeSeconds: requestedLifetime(ctx),
  };
  const whole = () => ceilingInPathsOf(deps.snapshots.current().policy, ceiling, audiences);
  return { ...bounds, scopes: askedScopes(ctx) ?? withoutLost(deps.issuance, { ...bounds, scopes: whole() }) };
}

/** Those asked for, else those of the first grant. */
function readAudiences(
  snapshots: SnapshotSource,
  ctx: KoaContextWithOIDC,
  client: RegisteredClient,
  { payload }: RefreshChain,
): readonly string[] {
  const resource = ctx.oidc.params?.resource;
  const audiences = typeof resource === 'string' ? decodeAudiences(resource) : payload.audiences;
  assertMayTarget(snapshots, client, audiences);
  return effectiveAudiences(audiences, client.defaultAudience);
}

/** What was requested and consented at first, not what it resolved to: a release within it opens, a loss closes (policy-semantics 6). */
function ceilingOf({ payload }: RefreshChain, client: RegisteredClient): FlowCeiling {
  const audiences = effectiveAudiences(payload.audiences, client.defaultAudience);
  return { flow: 'refresh', scopes: payload.scope.split(' ').filter(Boolean), audiences };
}

/** Undefined: whatever the ceiling holds. Narrower by path containment is allowed, wider never; the policy judges it. */
function askedScopes(ctx: KoaContextWithOIDC): string[] | undefined {
  const asked = ctx.oidc.params?.scope;
  return typeof asked === 'string' ? [...new Set(asked.split(' ').filter(Boolean))] : undefined;
}

/** What is lost is dropped also where a refused scope would refuse the rest: for strict clients, and for capability sets. With nothing left, all is asked, and the answer says why not. */
function withoutLost(issuance: Issuance, request: TokenRequest): readonly string[] {
  const { scopes } = request;
  const { error, refused } = issuance.preview(request);
  if (error === null) return scopes;
  const lost = new Set(refused.filter(({ reason }) => reason !== 'all-or-nothing').map(({ scope }) => scope));
  const kept = scopes.filter((scope) => !lost.has(scope));
  return kept.some(isCapabilityScope) ? kept : scopes;
}
