/** Whose rights an exchange passes on, and within which bounds: read from an access token of this issuer, or from the client's own refresh token (policy-semantics 6). */
import { type Account, isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import { findChainPrincipal } from '../artifacts/chain-principal.ts';
import { standingOf } from '../artifacts/refresh-standing.ts';
import type { RefreshChain, RefreshTokenStore } from '../artifacts/refresh-token.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { OwnToken, OwnTokenVerifier } from '../issuance/verify.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { FlowCeiling } from '../policy/decision.ts';
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { localAccountAssurance } from '../tokens/assurance.ts';
import { effectiveAudiences } from '../tokens/audience.ts';
import type { ActClaim, Authentication, MayActClaim } from '../tokens/claims.ts';
import { audiencesIn, scopesIn } from '../tokens/profiles.ts';
import type { ExchangeRequest } from './exchange-request.ts';

export interface ExchangeSubject {
  /** The user; null when the subject is a client. */
  readonly account: Account | null;
  readonly subjectClient: RegisteredClient | null;
  /** For whom the token was issued. */
  readonly origin: RegisteredClient;
  /** Of a refresh token what its user consented to, which is no more than a refresh would give. */
  readonly ceiling: FlowCeiling;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly act: ActClaim | null;
  readonly mayAct: MayActClaim | null;
  /** A rule made it wider than what its user allowed. */
  readonly widened: boolean;
  readonly authentication: Authentication | null;
  /** `jti` of the access token, or the id of the chain. */
  readonly tokenId: string;
}

export interface SubjectDeps {
  readonly verifier: OwnTokenVerifier;
  readonly refreshTokens: RefreshTokenStore;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

/** Gets the chain of the client's own whose replaced token came after its grace. */
export type OnReused = (chain: RefreshChain) => Promise<void>;

/** Says nothing about why a token is not live, as the one who asks need not be its owner. */
const notLive = 'subject_token is not a live token of this issuer';
const bound = 'subject_token is bound to a key, expected a bearer token';

/**
 * An error is the description of an `invalid_request` (RFC 8693 section 2.2.2). Clients, and the exchange rules that are read after it, are
 * those of the database: rejects with `policy_unavailable` when they cannot be confirmed.
 */
export async function readSubject(
  deps: SubjectDeps,
  client: RegisteredClient,
  { subjectToken, subjectType }: ExchangeRequest,
  onReused: OnReused,
): Promise<Result<ExchangeSubject, string>> {
  await deps.snapshots.confirmed();
  return subjectType === 'refresh_token'
    ? fromRefreshToken(deps, client, subjectToken, onReused)
    : fromAccessToken(deps, subjectToken);
}

async function fromAccessToken(deps: SubjectDeps, token: string): Promise<Result<ExchangeSubject, string>> {
  const claims = await deps.verifier.verify(token);
  if (claims === undefined) return err(notLive);
  // Whoever presents it has not shown the key that it is bound to (RFC 9449, RFC 8705).
  if (claims.cnf !== undefined) return err(bound);
  const { clients } = deps.snapshots.current();
  const origin = clients.get(claims.client_id);
  const subjectClient = clients.get(claims.sub) ?? null;
  const account = subjectClient === null ? await usableAccount(deps, claims.sub) : null;
  if (origin === undefined || (subjectClient === null && account === null)) return err(notLive);
  return ok({
    account,
    subjectClient,
    origin,
    ceiling: { flow: 'exchange', scopes: passedOn(scopesIn(claims)), audiences: audiencesIn(claims) },
    expiresAt: claims.exp * 1000,
    ...actorsIn(claims),
    authentication: account && authenticationIn(claims),
    tokenId: claims.jti,
  });
}

async function fromRefreshToken(
  deps: SubjectDeps,
  client: RegisteredClient,
  token: string,
  onReused: OnReused,
): Promise<Result<ExchangeSubject, string>> {
  const chain = await deps.refreshTokens.find(token);
  // A refresh token is nobody's business but its client's (W-REF-1).
  if (chain?.clientId !== client.clientId) return err(notLive);
  const standing = standingOf(chain, client, deps.clock.now());
  if (standing === 'reused') await onReused(chain);
  if (standing !== 'live') return err(notLive);
  if (chain.payload.confirmation) return err(bound);
  const principal = await findChainPrincipal(deps, chain);
  if (principal === undefined) return err(notLive);
  const { account } = principal;
  const { payload } = chain;
  return ok({
    ...principal,
    origin: client,
    ceiling: {
      flow: 'refresh',
      scopes: passedOn(payload.scope.split(' ')),
      audiences: effectiveAudiences(payload.audiences, client.defaultAudience),
    },
    expiresAt: chain.expiresAt,
    act: payload.act,
    mayAct: payload.mayAct ?? null,
    // What a rule adds never comes into a chain.
    widened: false,
    authentication: account && { acr: payload.acr, assurance: payload.assurance ?? localAccountAssurance },
    tokenId: chain.id,
  });
}

async function usableAccount({ accounts, clock }: SubjectDeps, id: string): Promise<Account | null> {
  const account = await accounts.findById(id);
  return account !== undefined && isUsable(account, clock.now()) ? account : null;
}

/** A refresh token of one's own is never passed on: who may have one is decided anew. */
function passedOn(scopes: readonly string[]): string[] {
  return scopes.filter((word) => word !== '' && word !== 'offline_access');
}

/** The claims are our own: no other form of them was ever signed. */
function actorsIn(claims: OwnToken) {
  return {
    act: (claims.act as ActClaim | undefined) ?? null,
    mayAct: (claims.may_act as MayActClaim | undefined) ?? null,
    widened: claims.widened === true,
  };
}

function authenticationIn(claims: OwnToken): Authentication {
  return {
    acr: typeof claims.acr === 'string' ? claims.acr : null,
    assurance: (claims.eduperson_assurance as readonly string[] | undefined) ?? [],
  };
}
