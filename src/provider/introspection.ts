/** Introspection (RFC 7662) and revocation (RFC 7009) of JWT access tokens and refresh tokens, which the library refuses or cannot see (oidc-provider-notes 6). */
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import { findChainPrincipal } from '../artifacts/chain-principal.ts';
import { standingOf } from '../artifacts/refresh-standing.ts';
import type { RefreshTokenStore } from '../artifacts/refresh-token.ts';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { OwnToken, OwnTokenVerifier } from '../issuance/verify.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import { clientAuthenticatedEndpoint } from './internals.ts';
import { getClient } from './registered-client.ts';

export interface TokenEndpointDeps {
  readonly issuer: string;
  readonly verifier: OwnTokenVerifier;
  readonly refreshTokens: RefreshTokenStore;
  readonly revocations: RevocationStore;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

const parameters = ['token', 'token_type_hint'];

/** Any confidential client may introspect, unless its registration says `introspection: false`. */
export function introspectionEndpoint(provider: Provider, deps: TokenEndpointDeps): Middleware {
  return clientAuthenticatedEndpoint(provider, 'introspection', parameters, async (ctx) => {
    const oidc = ctx as KoaContextWithOIDC;
    const caller = getClient(deps.snapshots, oidc);
    if (caller.tokenEndpointAuthMethod === 'none' || !caller.introspection) {
      throw new errors.UnauthorizedClient('this client may not introspect tokens');
    }
    const token = requireToken(oidc);
    ctx.body = (await introspectAccessToken(deps, token)) ??
      (await introspectRefreshToken(deps, token, caller)) ?? { active: false };
  });
}

/** The answer is not narrowed by the caller's own scopes; it carries the groups (services.md, SKA). */
async function introspectAccessToken(deps: TokenEndpointDeps, token: string): Promise<object | undefined> {
  const claims = await deps.verifier.verify(token);
  if (claims === undefined || !(await isAlive(deps, claims))) return undefined;
  return { active: true, token_type: isProofBound(claims) ? 'DPoP' : 'Bearer', ...claims };
}

/** RFC 9449 section 6.2. */
function isProofBound({ cnf }: OwnToken): boolean {
  return (cnf as { jkt?: unknown } | undefined)?.jkt !== undefined;
}

async function isAlive(deps: TokenEndpointDeps, claims: OwnToken): Promise<boolean> {
  if (!deps.snapshots.current().clients.has(claims.client_id)) return false;
  return claims.sub === claims.client_id || isUsableAccount(deps, claims.sub);
}

async function isUsableAccount({ accounts, clock }: TokenEndpointDeps, id: string): Promise<boolean> {
  const account = await accounts.findById(id);
  return account !== undefined && isUsable(account, clock.now());
}

/** A refresh token is nobody's business but its client's. One that was replaced is active as long as its grace. */
async function introspectRefreshToken(deps: TokenEndpointDeps, token: string, caller: RegisteredClient) {
  const chain = await deps.refreshTokens.find(token);
  if (chain?.clientId !== caller.clientId || standingOf(chain, caller, deps.clock.now()) !== 'live') return undefined;
  if ((await findChainPrincipal(deps, chain)) === undefined) return undefined;
  return {
    active: true,
    token_type: 'refresh_token',
    iss: deps.issuer,
    sub: chain.accountId ?? chain.subjectClientId,
    client_id: chain.clientId,
    scope: chain.payload.scope,
    iat: Math.floor(chain.createdAt / 1000),
    exp: Math.floor(chain.expiresAt / 1000),
  };
}

/** A client revokes its own tokens; an unknown token is answered 200 as well (RFC 7009 section 2.2). */
export function revocationEndpoint(provider: Provider, deps: TokenEndpointDeps): Middleware {
  return clientAuthenticatedEndpoint(provider, 'revocation', parameters, async (ctx) => {
    const oidc = ctx as KoaContextWithOIDC;
    const caller = getClient(deps.snapshots, oidc);
    const token = requireToken(oidc);
    ctx.body = '';
    const claims = await deps.verifier.verify(token);
    if (claims !== undefined) {
      if (claims.client_id !== caller.clientId) throw notYours();
      await deps.revocations.revoke(claims.jti, claims.exp * 1000);
      return;
    }
    const chain = await deps.refreshTokens.find(token);
    if (chain === undefined) return;
    if (chain.clientId !== caller.clientId) throw notYours();
    await deps.refreshTokens.revoke(chain.id, deps.clock.now());
  });
}

function notYours(): Error {
  return new errors.InvalidRequest('the token belongs to another client');
}

function requireToken(ctx: KoaContextWithOIDC): string {
  const token = ctx.oidc.params?.token;
  if (typeof token !== 'string') throw new errors.InvalidRequest("missing required parameter 'token'");
  return token;
}
