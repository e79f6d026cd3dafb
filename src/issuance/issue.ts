/** The one way to an access token: decide by the policy, write the claims, sign, and tell the issue log. Every grant comes through here. */
import { randomUUID } from 'node:crypto';
import type { LakeSnapshot, SnapshotSource } from '../lake/snapshot.ts';
import type { Decision, ScopeVerdict } from '../policy/decision.ts';
import { resolve } from '../policy/resolve.ts';
import { isCapabilityScope, isStorageName } from '../policy/scope.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import { type AccessTokenInput, type Authentication, accessTokenClaims } from '../tokens/claims.ts';
import { maxStorageTokenBytes, maxTokenBytes } from '../tokens/profile.ts';
import type { IssueLog } from './issue-log.ts';
import { policyRequestOf, type TokenRequest, wholeSeconds } from './policy-request.ts';
import type { TokenSigner } from './sign.ts';

/** What the token says beside the decision. */
export interface IssueContext {
  readonly flow: string;
  readonly address: string | null;
  readonly authentication: Authentication | null;
  readonly confirmation?: Readonly<Record<string, string>>;
}

export interface IssuedToken {
  readonly token: string;
  readonly jti: string;
  readonly decision: Decision;
  readonly scope: string;
  readonly expiresInSeconds: number;
}

/** A refusal is a value: the decision says which scopes and why. */
export type IssueResult =
  | { readonly issued: true; readonly value: IssuedToken }
  | { readonly issued: false; readonly decision: Decision };

export interface Issuance {
  /** What would be issued now: the same decision without a token, for consent pages and `explain`. */
  preview(request: TokenRequest): Decision;
  /** Rejects with `policy_unavailable` when capabilities are asked for and the rules cannot be confirmed with the database. */
  issue(request: TokenRequest, context: IssueContext): Promise<IssueResult>;
}

export interface IssuanceDeps {
  readonly issuer: string;
  readonly snapshots: SnapshotSource;
  readonly signer: TokenSigner;
  readonly clock: Clock;
  readonly log: IssueLog;
}

export function createIssuance(deps: IssuanceDeps): Issuance {
  const { snapshots } = deps;
  const decide = ({ policy }: LakeSnapshot, request: TokenRequest, now: number): Decision =>
    resolve(policy, policyRequestOf(request, now));

  return {
    preview: (request) => refuseEmpty(decide(snapshots.current(), request, deps.clock.now())),
    async issue(asked, context) {
      const snapshot = asked.scopes.some(isCapabilityScope) ? await snapshots.confirmed() : snapshots.current();
      const request = withPresentClient(asked, snapshot);
      const now = wholeSeconds(deps.clock.now());
      const decision = refuseEmpty(decide(snapshot, request, now));
      const entry = logEntry(request, context, decision, now);
      if (decision.error !== null) {
        deps.log.record({ ...entry, event: 'refused', jti: null });
        return { issued: false, decision };
      }
      const input = claimsInput(deps.issuer, request, context, decision, now);
      const token = await deps.signer.sign(request.client.accessTokenSigningAlg, accessTokenClaims(input));
      if (token.length > (decision.granted.length > 0 ? maxStorageTokenBytes : maxTokenBytes)) {
        const tooLarge = refuseAll(decision);
        deps.log.record({ ...logEntry(request, context, tooLarge, now), event: 'refused', jti: null });
        return { issued: false, decision: tooLarge };
      }
      deps.log.record({ ...entry, event: 'issued', jti: input.jti });
      const expiresInSeconds = Math.floor((input.expiresAt - now) / 1000);
      return {
        issued: true,
        value: { token, jti: input.jti, decision, scope: decision.scope.join(' '), expiresInSeconds },
      };
    },
  };
}

/** A decision belongs to one version, and so does the client's registration in it. */
function withPresentClient(request: TokenRequest, { clients }: LakeSnapshot): TokenRequest {
  const client = clients.get(request.client.clientId);
  if (client === request.client) return request;
  if (client === undefined) throw new AppError('policy_unavailable', 'the client was taken away during the request');
  return { ...request, client };
}

/** An empty token would not be harmless: some storages fall back to groups or mere membership (policy-semantics 4). */
function refuseEmpty(decision: Decision): Decision {
  const empty = decision.scope.length === 0 || decision.expiresAt === null;
  return empty && decision.error === null ? { ...decision, error: 'invalid_scope' } : decision;
}

function claimsInput(
  issuer: string,
  request: TokenRequest,
  context: IssueContext,
  decision: Decision,
  now: number,
): AccessTokenInput {
  return {
    issuer,
    subject: request.account?.id ?? request.client.clientId,
    clientId: request.client.clientId,
    audiences: request.audiences,
    scope: decision.scope,
    groups: decision.groups,
    jti: randomUUID(),
    issuedAt: now,
    expiresAt: decision.expiresAt ?? now,
    authentication: context.authentication,
    ...(context.confirmation && { confirmation: context.confirmation }),
  };
}

function logEntry(request: TokenRequest, context: IssueContext, decision: Decision, now: number) {
  return {
    at: now,
    subject: request.account?.id ?? request.client.clientId,
    clientId: request.client.clientId,
    flow: context.flow,
    audience: request.audiences,
    requested: request.scopes.join(' '),
    issued: decision.scope.join(' '),
    refused: decision.refused,
    because: decision.because,
    policyVersion: decision.policyVersion,
    expiresAt: decision.expiresAt,
    cap: decision.cappedBy,
    address: context.address,
  };
}

/** W-ISS-4: nothing is cut silently; what made a token too large is refused, and with it the whole request. */
function refuseAll(decision: Decision): Decision {
  const isLarge = decision.granted.length > 0 ? isStorageName : () => true;
  const verdicts = decision.verdicts.map((verdict): ScopeVerdict => {
    if (verdict.outcome === 'refused') return verdict;
    const { scope } = verdict;
    return isLarge(scope)
      ? { scope, outcome: 'refused', reason: 'too-many', because: [] }
      : { scope, outcome: 'withheld', because: [] };
  });
  return {
    ...decision,
    scope: [],
    granted: [],
    groups: [],
    refused: verdicts.flatMap((verdict) =>
      verdict.outcome === 'refused' ? [{ scope: verdict.scope, reason: verdict.reason }] : [],
    ),
    verdicts,
    expiresAt: null,
    error: 'invalid_scope',
  };
}
