/** The chain of refresh tokens that comes of an exchange: its ceiling never goes beyond the subject token (policy-semantics 6). */
import { randomBytes } from 'node:crypto';
import type { RefreshTokenStore } from '../../artifacts/refresh-token.ts';
import { exchangeGrant } from '../../exchange/exchange-request.ts';
import type { IssuedToken } from '../../issuance/issue.ts';
import { isChoice } from '../../issuance/profiled.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { cutToCeiling } from '../../policy/ceiling.ts';
import type { Clock } from '../../shared/clock.ts';
import { refreshTokenLifetime } from '../../tokens/lifetime.ts';
import { type Binding, chainConfirmation } from '../sender-constraint.ts';
import type { Exchange } from './exchange-request.ts';

export interface ExchangeChainDeps {
  readonly refreshTokens: RefreshTokenStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

/** The ceiling of the chain is what was asked within the subject token, less what rules withhold: what they added ends with that token. */
export async function keepChain(
  deps: ExchangeChainDeps,
  { client, subject, actors, request, kept }: Exchange,
  binding: Binding,
  issued: IssuedToken,
): Promise<string> {
  const { policy } = deps.snapshots.current();
  const now = deps.clock.now();
  const id = crypto.randomUUID();
  const scopes = cutToCeiling(policy, kept, request.scopes, request.audiences);
  // How later tokens are written is the client's own choice, not a right that is passed on.
  const choice = request.scopes.filter(isChoice);
  const token = randomBytes(32).toString('base64url');
  await deps.refreshTokens.insert({
    id,
    token,
    clientId: client.clientId,
    accountId: subject.account?.id ?? null,
    subjectClientId: subject.subjectClient?.clientId ?? null,
    originClientId: subject.origin.clientId,
    grantId: id,
    createdAt: now,
    expiresAt: now + refreshTokenLifetime(client) * 1000,
    payload: {
      scope: [...new Set([...scopes, ...choice])].join(' '),
      audiences: request.audiences,
      acr: subject.authentication?.acr ?? null,
      assurance: subject.authentication?.assurance ?? [],
      amr: [],
      authTime: null,
      nonce: null,
      sid: null,
      claims: null,
      flow: exchangeGrant,
      act: actors.act,
      mayAct: actors.mayAct,
      issuedWith: { jti: issued.jti, expiresAt: issued.claims.exp * 1000 },
      confirmation: chainConfirmation(client, binding),
    },
  });
  return token;
}
