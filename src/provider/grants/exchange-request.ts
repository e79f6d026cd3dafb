/** What an exchange asks for, everything about it settled but the decision: subject, actors, audiences, ceiling, rules (RFC 8693 section 2.1; policy-semantics 6). */

import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { RegisteredClient } from '../../clients/client.ts';
import { delegate, mayAct } from '../../exchange/delegation.ts';
import { type ExchangeRequest, readExchangeRequest } from '../../exchange/exchange-request.ts';
import { mayKeep } from '../../exchange/offline.ts';
import { type ExchangeSubject, readSubject, type SubjectDeps } from '../../exchange/subject.ts';
import { underRules } from '../../exchange/under-rules.ts';
import type { Issuance } from '../../issuance/issue.ts';
import type { TokenRequest } from '../../issuance/policy-request.ts';
import { inPolicyWords } from '../../issuance/profiled.ts';
import { anyAudience } from '../../policy/audience.ts';
import { ceilingInPathsOf } from '../../policy/ceiling.ts';
import type { FlowCeiling } from '../../policy/decision.ts';
import type { Result } from '../../shared/result.ts';
import type { ActClaim, MayActClaim } from '../../tokens/claims.ts';
import { refreshTokenLifetime } from '../../tokens/lifetime.ts';
import { decodeAudiences } from '../audience-parameter.ts';
import { printable } from '../refusal.ts';
import { getClient } from '../registered-client.ts';
import { requestedLifetime } from '../requested-lifetime.ts';
import { assertMayTarget } from '../target-audience.ts';
import { throwUnavailable } from '../unavailable.ts';
import { endReused, type LiveChainDeps } from './refresh-chain.ts';

export interface ExchangeDeps extends SubjectDeps, Pick<LiveChainDeps, 'onReuse'> {
  readonly issuance: Issuance;
}

/** One exchange. */
export interface Exchange {
  readonly client: RegisteredClient;
  readonly subject: ExchangeSubject;
  readonly actors: { readonly act: ActClaim; readonly mayAct: MayActClaim | null };
  /** A chain of refresh tokens is to come of it. */
  readonly keep: boolean;
  readonly request: TokenRequest;
  /** The ceiling of the chain, if one comes of it. */
  readonly kept: FlowCeiling;
  /** Ids of the rules that let it widen. */
  readonly rules: readonly string[];
}

/** Throws `invalid_request` for what may not be exchanged, `invalid_target` for an audience that the client may not ask for. */
export async function readExchange(deps: ExchangeDeps, ctx: KoaContextWithOIDC): Promise<Exchange> {
  const client = getClient(deps.snapshots, ctx);
  const read = orInvalidRequest(readExchangeRequest(ctx.oidc.params ?? {}));
  const asked = { ...read, scopes: read.scopes && inPolicyWords(read.scopes, client) };
  const subject = orInvalidRequest(
    await readSubject(deps, client, asked, (chain) => endReused(deps, ctx, chain)).catch(throwUnavailable(ctx)),
  );
  // Whoever holds a token could act as a client that proves nothing, a storage that was sent it among them.
  if (client.tokenEndpointAuthMethod === 'none' && subject.origin.clientId !== client.clientId) {
    throw new errors.InvalidRequest('the subject_token is not of this public client itself');
  }
  const actors = await readActors(deps, client, asked, subject);
  const keep = orInvalidRequest(mayKeep(asked, client, subject));
  const audiences = targetAudiences(deps, ctx, client, subject);
  const { scopes, ceiling } = boundsOf(deps, asked, subject, keep, audiences);
  const own = {
    client,
    account: subject.account,
    subjectClient: subject.subjectClient,
    audiences,
    scopes,
    ceiling,
    lifetimeSeconds: requestedLifetime(ctx),
    expiresAtMost: keep ? deps.clock.now() + refreshTokenLifetime(client) * 1000 : subject.expiresAt,
  };
  return { client, subject, actors, keep, ...orInvalidRequest(underRules(deps, own, subject)) };
}

/** The actor is the client, or whom its own actor token names; those before it stay. */
async function readActors(
  deps: ExchangeDeps,
  client: RegisteredClient,
  asked: ExchangeRequest,
  subject: ExchangeSubject,
): Promise<Exchange['actors']> {
  const actor = asked.actorToken === null ? undefined : await deps.verifier.verify(asked.actorToken);
  if (asked.actorToken !== null && actor?.client_id !== client.clientId) {
    throw new errors.InvalidRequest('actor_token is not a live token of this client');
  }
  // Passed on itself, or bound to a key, it does not show that its subject acts here.
  if (actor?.act !== undefined || actor?.cnf !== undefined) {
    throw new errors.InvalidRequest('actor_token was exchanged itself or is bound to a key, expected one of a login');
  }
  if (asked.mayAct !== null && !deps.snapshots.current().clients.has(asked.mayAct)) {
    throw new errors.InvalidRequest('may_act names no client');
  }
  const name = actor?.sub ?? client.clientId;
  if (!mayAct(subject.mayAct, [client.clientId, name])) {
    throw new errors.InvalidRequest(printable(`only ${subject.mayAct?.sub} may exchange this subject_token`));
  }
  const act = orInvalidRequest(delegate(subject.act, name));
  return { act, mayAct: asked.mayAct === null ? subject.mayAct : { sub: asked.mayAct } };
}

/** What the actor may ask tokens for; never the wildcard unasked (policy-semantics 6). */
function targetAudiences(
  { snapshots }: ExchangeDeps,
  ctx: KoaContextWithOIDC,
  client: RegisteredClient,
  { ceiling }: ExchangeSubject,
): readonly string[] {
  const { resource } = ctx.oidc.params ?? {};
  const unasked = client.defaultAudience === null ? ceiling.audiences : [client.defaultAudience];
  const audiences = typeof resource === 'string' ? decodeAudiences(resource) : unasked;
  if (typeof resource !== 'string' && (audiences.length === 0 || audiences.includes(anyAudience))) {
    throw new errors.InvalidTarget('no audience was asked for, and the subject_token is for all of them');
  }
  assertMayTarget(snapshots, client, audiences);
  return audiences;
}

/** The scopes asked, by default those of the subject token in the paths of the new audience, and the ceiling over them. */
function boundsOf(
  { snapshots }: ExchangeDeps,
  { scopes: asked }: ExchangeRequest,
  { ceiling }: ExchangeSubject,
  keep: boolean,
  audiences: readonly string[],
): { readonly scopes: readonly string[]; readonly ceiling: FlowCeiling } {
  const scopes = asked ?? ceilingInPathsOf(snapshots.current().policy, ceiling, audiences);
  if (keep) return { scopes, ceiling: { ...ceiling, widened: ['offline_access'] } };
  // A refusal of it would refuse all that a refresh token is asked for.
  const kept = ceiling.flow === 'refresh' ? scopes.filter((scope) => scope !== 'offline_access') : scopes;
  return { scopes: kept, ceiling };
}

function orInvalidRequest<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  throw new errors.InvalidRequest(printable(result.error));
}
