/** The one way to an access token: decide by the policy, write the claims, sign, and tell the issue log. Every grant comes through here. */
import { randomUUID } from 'node:crypto';
import { type Account, hasAgreed } from '../accounts/account.ts';
import type { LakeSnapshot, SnapshotSource } from '../lake/snapshot.ts';
import type { Decision } from '../policy/decision.ts';
import { isCapabilityScope } from '../policy/scope.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { AccessTokenClaims } from '../tokens/claims.ts';
import { accessTokenClaims, headerType } from '../tokens/profiles.ts';
import { type ClaimsContext, claimsInput } from './claims-input.ts';
import { decideToken, passwordLogin } from './decide.ts';
import type { IssueLog } from './issue-log.ts';
import { subjectOf, type TokenRequest, wholeSeconds } from './policy-request.ts';
import { refuseAll } from './refuse-all.ts';
import type { TokenSigner } from './sign.ts';

/** What the token says beside the decision. */
export interface IssueContext extends ClaimsContext {
  readonly flow: string;
  readonly address: string | null;
  /** `jti` of the exchanged token; of a refresh, the id of its chain; of a code, of its grant. */
  readonly parent?: string | null;
  /** Id of the exchange rule that let it widen. */
  readonly exchangeRule?: string | null;
}

export interface IssuedToken {
  readonly token: string;
  readonly jti: string;
  readonly decision: Decision;
  /** As the token says it. */
  readonly scope: string;
  readonly claims: AccessTokenClaims;
  readonly expiresInSeconds: number;
}

/** A refusal is a value: the decision says which scopes and why. */
export type IssueResult =
  | { readonly issued: true; readonly value: IssuedToken }
  | { readonly issued: false; readonly decision: Decision; readonly because: 'policy' | 'acceptable-use' }
  /** `rule`: what asks for it, in words. */
  | { readonly issued: false; readonly decision: Decision; readonly because: 'second-factor'; readonly rule: string };

export interface Issuance {
  /** What would be issued now: the same decision without a token, for consent pages and `explain`. */
  preview(request: TokenRequest): Decision;
  /** Rejects with `policy_unavailable` when capabilities are asked for and the rules cannot be confirmed with the database. */
  issue(request: TokenRequest, context: IssueContext): Promise<IssueResult>;
}

/** The rule by which what the login behind a token proved is too little for it; undefined: it is enough. */
export type RuleOnToken = (
  account: Account,
  acr: string | null,
  purpose: { readonly clientId: string; readonly scopes: readonly string[] },
) => Promise<string | undefined>;

export interface IssuanceDeps {
  readonly issuer: string;
  readonly snapshots: SnapshotSource;
  readonly signer: TokenSigner;
  readonly clock: Clock;
  readonly log: IssueLog;
  readonly ruleOnToken: RuleOnToken;
}

export function createIssuance(deps: IssuanceDeps): Issuance {
  const { issuer, snapshots, signer } = deps;
  const decide = (
    { policy, entitlements }: LakeSnapshot,
    request: TokenRequest,
    context: ClaimsContext,
    now: number,
  ): Decision => {
    const frameCharacters = signer.frameCharacters(request.client.accessTokenSigningAlg);
    return refuseEmpty(decideToken(policy, request, now, { issuer, frameCharacters, context, entitlements }));
  };

  return {
    preview: (request) => decide(snapshots.current(), request, passwordLogin, wholeSeconds(deps.clock.now())),
    async issue(asked, context) {
      const snapshot = asked.scopes.some(isCapabilityScope) ? await snapshots.confirmed() : snapshots.current();
      const request = withPresentClient(asked, snapshot);
      const now = wholeSeconds(deps.clock.now());
      const decided = decide(snapshot, request, context, now);
      const hindrance = await hindranceOf(deps, request, context, decided, now);
      const decision =
        hindrance === undefined ? decided : refuseAll(decided, 'all-or-nothing', () => false, 'access_denied');
      const entry = logEntry(request, context, decision, now);
      if (decision.error !== null) {
        deps.log.record({ ...entry, event: 'refused', jti: null });
        return { issued: false, decision, ...(hindrance ?? { because: 'policy' }) };
      }
      const { entitlements } = snapshot;
      const input = claimsInput(issuer, request, { ...context, entitlements }, decision, now, randomUUID());
      const claims = accessTokenClaims(input);
      const typ = headerType(input.profile ?? 'wlcg');
      const token = await signer.sign(request.client.accessTokenSigningAlg, claims, typ);
      deps.log.record({ ...entry, event: 'issued', jti: input.jti });
      const expiresInSeconds = Math.floor((input.expiresAt - now) / 1000);
      return {
        issued: true,
        value: { token, jti: input.jti, decision, scope: claims.scope, claims, expiresInSeconds },
      };
    },
  };
}

/** What keeps a user's token back, whatever the policy says: no agreement, or a login that proved too little. */
async function hindranceOf(
  { ruleOnToken }: IssuanceDeps,
  { account, client, scopes }: TokenRequest,
  { authentication }: IssueContext,
  decision: Decision,
  now: number,
) {
  if (account === null) return undefined;
  if (!hasAgreed(account, now)) return { because: 'acceptable-use' } as const;
  if (decision.error !== null) return undefined;
  // What is refused anyway asks for nothing; what is issued may be more than its word says.
  const refused = new Set(decision.refused.map(({ scope }) => scope));
  const issued = [...scopes.filter((scope) => !refused.has(scope)), ...decision.scope];
  const purpose = { clientId: client.clientId, scopes: issued };
  const rule = await ruleOnToken(account, authentication?.acr ?? null, purpose);
  return rule === undefined ? undefined : ({ because: 'second-factor', rule } as const);
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

function logEntry(request: TokenRequest, context: IssueContext, decision: Decision, now: number) {
  return {
    at: now,
    subject: subjectOf(request),
    clientId: request.client.clientId,
    flow: context.flow,
    parent: context.parent ?? null,
    exchangeRule: context.exchangeRule ?? null,
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
