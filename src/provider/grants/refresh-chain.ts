/** The chain of a presented refresh token, as long as it gives tokens; a token that comes again after its grace ends it (RFC 9700 section 4.14.2). */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { ChainPrincipalDeps } from '../../artifacts/chain-principal.ts';
import { type Standing, standingOf } from '../../artifacts/refresh-standing.ts';
import type { RefreshChain, RefreshTokenStore } from '../../artifacts/refresh-token.ts';
import type { AuditEntry } from '../../audit/audit-log.ts';
import type { RegisteredClient } from '../../clients/client.ts';

/** A chain that ended because one of its replaced tokens, or a forged one, came. */
export interface ChainReuse {
  readonly chain: RefreshChain;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly address: string | null;
}

export interface LiveChainDeps extends ChainPrincipalDeps {
  readonly refreshTokens: RefreshTokenStore;
  /** Tells operators, and denies the access tokens of the chain. */
  readonly onReuse: (reuse: ChainReuse) => Promise<void>;
}

const ended: Record<Exclude<Standing, 'live'>, string> = {
  revoked: 'refresh token was revoked',
  expired: 'refresh token is expired',
  idle: 'refresh token was not used for too long',
  reused: 'refresh token was used before',
};

/** How logs name it. */
export const reuseEvent = 'refresh_token_reuse';

/** Throws `invalid_grant`. */
export async function findLiveChain(
  deps: LiveChainDeps,
  ctx: KoaContextWithOIDC,
  client: RegisteredClient,
  presented: string,
): Promise<RefreshChain> {
  const chain = await deps.refreshTokens.find(presented);
  if (chain === undefined) throw new errors.InvalidGrant('refresh token not found');
  // A stranger's attempt must not end the chain of its owner.
  if (chain.clientId !== client.clientId) throw new errors.InvalidGrant('client mismatch');
  const standing = standingOf(chain, client, deps.clock.now());
  if (standing === 'live') return chain;
  if (standing === 'reused') await endReused(deps, ctx, chain);
  throw new errors.InvalidGrant(ended[standing]);
}

/** Whoever has the replaced token, its owner or a thief, the other one has a later one: both lose the chain. */
export async function endReused(
  { refreshTokens, clock, onReuse }: Pick<LiveChainDeps, 'refreshTokens' | 'clock' | 'onReuse'>,
  ctx: KoaContextWithOIDC,
  chain: RefreshChain,
): Promise<void> {
  const reuse = { chain, at: clock.now(), address: (ctx.state.address as string | undefined) ?? null };
  if (await refreshTokens.revokeAudited(chain.id, auditEntryOf(reuse))) await onReuse(reuse);
}

function auditEntryOf({ chain, at, address }: ChainReuse): AuditEntry {
  return {
    at,
    action: reuseEvent,
    actor: `client:${chain.clientId}`,
    address,
    reason: null,
    detail: { chain: chain.id, subject: chain.accountId ?? chain.subjectClientId, scope: chain.payload.scope },
  };
}
