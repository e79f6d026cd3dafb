/** Revocation (RFC 7009) of JWT access tokens, by a list of what is denied until it expires, and of refresh tokens with what came of them. */
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { RefreshChain, RefreshTokenStore } from '../artifacts/refresh-token.ts';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { OwnTokenVerifier } from '../issuance/verify.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import { clientAuthenticatedEndpoint } from './internals.ts';
import { getClient } from './registered-client.ts';
import { presentedToken, tokenParameters } from './token-parameter.ts';

export interface RevocationDeps {
  readonly verifier: OwnTokenVerifier;
  readonly refreshTokens: RefreshTokenStore;
  readonly revocations: RevocationStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}

/** A client revokes its own tokens, those that it got by exchange among them; an unknown token is answered 200 as well (RFC 7009 section 2.2). */
export function revocationEndpoint(provider: Provider, deps: RevocationDeps): Middleware {
  return clientAuthenticatedEndpoint(provider, 'revocation', tokenParameters, async (ctx) => {
    const oidc = ctx as KoaContextWithOIDC;
    const caller = getClient(deps.snapshots, oidc);
    const token = presentedToken(oidc);
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
    await endChain(deps, chain);
  });
}

/** RFC 7009 section 2.1: the access tokens of the chain end with it, and what was exchanged from them. */
async function endChain(deps: RevocationDeps, { id, payload }: RefreshChain): Promise<void> {
  await deps.refreshTokens.revoke(id, deps.clock.now());
  // A refresh that was under way may have been answered before the chain ended; its token is denied, too.
  await deps.logged();
  await deps.revocations.revokeComingOf({ chainId: id, first: payload.issuedWith ?? null }, deps.clock.now());
}

function notYours(): Error {
  return new errors.InvalidRequest('the token belongs to another client');
}
