/** The refresh grant (RFC 6749 section 6; W-REF-1 to W-REF-5): everything is decided anew under the ceiling of the first consent. */
import { randomBytes } from 'node:crypto';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isUsable } from '../../accounts/account.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { RefreshChain, RefreshTokenStore } from '../../artifacts/refresh-token.ts';
import type { RegisteredClient } from '../../clients/client.ts';
import { mayTarget } from '../../clients/request-rules.ts';
import type { Issuance } from '../../issuance/issue.ts';
import type { TokenRequest } from '../../issuance/policy-request.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { ceilingInPathsOf } from '../../policy/ceiling.ts';
import type { FlowCeiling } from '../../policy/decision.ts';
import { isCapabilityScope } from '../../policy/scope.ts';
import type { Clock } from '../../shared/clock.ts';
import { localAccountAssurance } from '../../tokens/assurance.ts';
import { effectiveAudiences } from '../../tokens/audience.ts';
import { decodeAudiences } from '../audience-parameter.ts';
import { issueRefreshedIdToken } from '../id-token.ts';
import { rememberIssued, rememberRefused } from '../issued.ts';
import { printable, refusalError } from '../refusal.ts';
import { getClient } from '../registered-client.ts';
import { throwUnavailable } from '../unavailable.ts';

export interface RefreshDeps {
  readonly accounts: AccountStore;
  readonly refreshTokens: RefreshTokenStore;
  readonly issuance: Issuance;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

export const refreshParameters = ['refresh_token', 'scope', 'resource'];

export function createRefreshHandler(provider: Provider, deps: RefreshDeps) {
  return async (ctx: KoaContextWithOIDC): Promise<void> => {
    const client = getClient(deps.snapshots, ctx);
    const presented = requireToken(ctx);
    const chain = await findChain(deps, client, presented);
    const account = await deps.accounts.findById(chain.accountId ?? '');
    if (account === undefined || !isUsable(account, deps.clock.now())) {
      throw new errors.InvalidGrant('account is no longer active');
    }
    const audiences = effectiveAudiences(askedAudiences(ctx, chain, client, deps.snapshots), client.defaultAudience);
    const ceiling = ceilingOf(chain, client);
    const bounds = { client, account, audiences, ceiling, expiresAtMost: chain.expiresAt };
    const whole = () => ceilingInPathsOf(deps.snapshots.current().policy, ceiling, audiences);
    const scopes = askedScopes(ctx) ?? withoutLost(deps.issuance, { ...bounds, scopes: whole() });
    const authentication = { acr: chain.payload.acr, assurance: localAccountAssurance };
    const context = {
      flow: 'refresh_token',
      address: (ctx.state.address as string | undefined) ?? null,
      authentication,
    };
    const result = await deps.issuance.issue({ ...bounds, scopes }, context).catch(throwUnavailable(ctx));
    if (!result.issued) {
      rememberRefused(ctx, result.decision);
      throw refusalError(result.decision);
    }
    rememberIssued(ctx, result.value);
    const idToken = await issueRefreshedIdToken(provider, ctx, { client, account }, chain.payload, scopes);
    // Rotation comes last: a refusal above leaves the presented token as it was.
    const refreshToken = await rotate(deps, client, chain, presented);
    ctx.body = {
      access_token: result.value.token,
      expires_in: result.value.expiresInSeconds,
      ...(idToken && { id_token: idToken }),
      refresh_token: refreshToken,
      scope: result.value.scope,
      token_type: 'Bearer',
    };
  };
}

function requireToken(ctx: KoaContextWithOIDC): string {
  const token = ctx.oidc.params?.refresh_token;
  if (typeof token !== 'string') throw new errors.InvalidRequest("missing required parameter 'refresh_token'");
  return token;
}

async function findChain(deps: RefreshDeps, client: RegisteredClient, presented: string): Promise<RefreshChain> {
  const chain = await deps.refreshTokens.find(presented);
  if (chain === undefined) throw new errors.InvalidGrant('refresh token not found');
  // A stranger's attempt must not end the chain of its owner.
  if (chain.clientId !== client.clientId) throw new errors.InvalidGrant('client mismatch');
  if (chain.revoked) throw new errors.InvalidGrant('refresh token was revoked');
  if (chain.expiresAt <= deps.clock.now()) throw new errors.InvalidGrant('refresh token is expired');
  if (!chain.current) {
    // RFC 9700 section 4.14.2: a replaced token that comes again was stolen, or its owner's was; both lose it.
    await deps.refreshTokens.revoke(chain.id, deps.clock.now());
    throw new errors.InvalidGrant('refresh token was used before');
  }
  return chain;
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

function askedAudiences(
  ctx: KoaContextWithOIDC,
  chain: RefreshChain,
  client: RegisteredClient,
  snapshots: SnapshotSource,
): readonly string[] {
  const resource = ctx.oidc.params?.resource;
  if (typeof resource !== 'string') return chain.payload.audiences;
  const audiences = decodeAudiences(resource);
  const refused = audiences.find((audience) => !mayTarget(client, audience, snapshots.current().policy));
  if (refused !== undefined) {
    throw new errors.InvalidTarget(printable(`audience ${refused} is not one that this client may ask for`));
  }
  return audiences;
}

async function rotate(
  deps: RefreshDeps,
  client: RegisteredClient,
  chain: RefreshChain,
  presented: string,
): Promise<string> {
  if (client.refreshTokens === 'multi-use') return presented;
  const successor = randomBytes(32).toString('base64url');
  const won = await deps.refreshTokens.rotate(chain.id, presented, successor, deps.clock.now());
  if (!won) throw new errors.InvalidGrant('refresh token was used at the same time');
  return successor;
}
