/** The refresh grant (RFC 6749 section 6; W-REF-1 to W-REF-5): everything is decided anew under the ceiling of the first consent. */

import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { type ChainPrincipal, findChainPrincipal } from '../../artifacts/chain-principal.ts';
import { nextToken } from '../../artifacts/refresh-rotation.ts';
import type { RefreshChain } from '../../artifacts/refresh-token.ts';
import type { RegisteredClient } from '../../clients/client.ts';
import type { IssueContext } from '../../issuance/issue.ts';
import type { TokenRequest } from '../../issuance/policy-request.ts';
import { localAccountAssurance } from '../../tokens/assurance.ts';
import { issueRefreshedIdToken } from '../id-token.ts';
import { issueToken } from '../issue-token.ts';
import { getClient } from '../registered-client.ts';
import { assertSameKey, type Binding, readBinding } from '../sender-constraint.ts';
import { rememberUserinfoClaims } from '../userinfo-claims.ts';
import { findLiveChain, type LiveChainDeps } from './refresh-chain.ts';
import { type RefreshRequestDeps, readRefreshRequest } from './refresh-request.ts';

export interface RefreshDeps extends LiveChainDeps, RefreshRequestDeps {
  readonly artifacts: ArtifactStore;
}

export const refreshParameters = ['refresh_token', 'scope', 'resource'];

/** One refresh, everything about it settled but the decision. */
interface Refresh {
  readonly client: RegisteredClient;
  readonly chain: RefreshChain;
  readonly principal: ChainPrincipal;
  readonly binding: Binding;
  readonly request: TokenRequest;
}

export function createRefreshHandler(provider: Provider, deps: RefreshDeps) {
  return async (ctx: KoaContextWithOIDC): Promise<void> => {
    const client = getClient(deps.snapshots, ctx);
    const presented = requireToken(ctx);
    const binding = await readBinding(provider, ctx, client);
    const chain = await findLiveChain(deps, ctx, client, presented);
    assertSameKey(chain.payload.confirmation, binding);
    const principal = await findChainPrincipal(deps, chain);
    if (principal === undefined) throw new errors.InvalidGrant('whom the refresh token is of is no longer active');
    const refresh = {
      client,
      chain,
      principal,
      binding,
      request: readRefreshRequest(deps, ctx, client, chain, principal),
    };
    const issued = await issueToken(deps.issuance, ctx, refresh.request, contextOf(refresh));
    await rememberUserinfoClaims(deps.artifacts, issued, chain.payload.claims);
    const idToken = await idTokenOf(provider, ctx, refresh);
    // Rotation comes last: a refusal above leaves the presented token as it was.
    const refreshToken = await nextToken(deps.refreshTokens, chain, presented, client, deps.clock.now());
    if (refreshToken === undefined) throw new errors.InvalidGrant('refresh token was used or revoked at the same time');
    ctx.body = {
      access_token: issued.token,
      expires_in: issued.expiresInSeconds,
      ...(idToken && { id_token: idToken }),
      refresh_token: refreshToken,
      scope: issued.scope,
      token_type: binding.tokenType,
    };
  };
}

function requireToken(ctx: KoaContextWithOIDC): string {
  const token = ctx.oidc.params?.refresh_token;
  if (typeof token !== 'string') throw new errors.InvalidRequest("missing required parameter 'refresh_token'");
  return token;
}

/** W-CLM-10: only what stems from a user's login asserts something about it. */
function contextOf({ chain, principal, binding }: Refresh): Omit<IssueContext, 'address'> {
  // Chains that are older than the field began with a password here.
  const { acr, act, mayAct = null, assurance = localAccountAssurance } = chain.payload;
  return {
    flow: 'refresh_token',
    authentication: principal.account && { acr, assurance },
    parent: chain.id,
    act,
    mayAct,
    ...(binding.confirmation && { confirmation: binding.confirmation }),
  };
}

async function idTokenOf(provider: Provider, ctx: KoaContextWithOIDC, { client, chain, principal, request }: Refresh) {
  const { account } = principal;
  if (account === null) return undefined;
  return issueRefreshedIdToken(provider, ctx, { client, account }, chain.payload, request.scopes);
}
