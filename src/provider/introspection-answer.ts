/** What introspection says of a token: not narrowed by the caller's scopes, with groups and actors (RFC 7662 section 2.2; wlcg-tokens.md section 1.4). */
import { type Account, isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import { findChainPrincipal } from '../artifacts/chain-principal.ts';
import { standingOf } from '../artifacts/refresh-standing.ts';
import type { RefreshTokenStore } from '../artifacts/refresh-token.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { OwnToken, OwnTokenVerifier } from '../issuance/verify.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import { asksForEntitlements, entitlementClaims } from '../tokens/entitlements.ts';
import { identityClaims } from '../tokens/identity.ts';
import { groupsIn } from '../tokens/profiles.ts';

export interface IntrospectionDeps {
  readonly issuer: string;
  readonly verifier: OwnTokenVerifier;
  readonly refreshTokens: RefreshTokenStore;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

/** `token_type_hint` is not needed: the form of a token says what it is. */
export async function introspect(deps: IntrospectionDeps, caller: RegisteredClient, token: string): Promise<object> {
  return (
    (await introspectAccessToken(deps, caller, token)) ??
    (await introspectRefreshToken(deps, caller, token)) ?? { active: false }
  );
}

async function introspectAccessToken(
  deps: IntrospectionDeps,
  caller: RegisteredClient,
  token: string,
): Promise<object | undefined> {
  const claims = await deps.verifier.verify(token);
  const { clients, entitlements } = deps.snapshots.current();
  if (claims === undefined || !clients.has(claims.client_id)) return undefined;
  // An exchanged token may be of a client other than the one that holds it.
  const account = clients.has(claims.sub) ? null : await findUsableAccount(deps, claims.sub);
  if (account === undefined) return undefined;
  const scopes = claims.scope.split(' ');
  return {
    active: true,
    token_type: isProofBound(claims) ? 'DPoP' : 'Bearer',
    ...(asksForEntitlements(scopes) && entitlementClaims(entitlements, groupsIn(claims), scopes)),
    ...claims,
    ...(account && identityOf(account, scopes, caller)),
  };
}

/** Only for callers that are registered for it, and only what the user let the token say. */
function identityOf(account: Account, scopes: readonly string[], caller: RegisteredClient): object {
  const identity = identityClaims(account, scopes, caller.identityClaims);
  return { ...identity, ...(identity.preferred_username && { username: identity.preferred_username }) };
}

/** RFC 9449 section 6.2. */
function isProofBound({ cnf }: OwnToken): boolean {
  return (cnf as { jkt?: unknown } | undefined)?.jkt !== undefined;
}

async function findUsableAccount({ accounts, clock }: IntrospectionDeps, id: string): Promise<Account | undefined> {
  const account = await accounts.findById(id);
  return account !== undefined && isUsable(account, clock.now()) ? account : undefined;
}

/** A refresh token is nobody's business but its client's (W-REF-1). One that was replaced is active as long as its grace. */
async function introspectRefreshToken(deps: IntrospectionDeps, caller: RegisteredClient, token: string) {
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
    ...(chain.payload.act && { act: chain.payload.act }),
  };
}
