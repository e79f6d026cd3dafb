/** The question to the policy that a token request is: written once, so that `explain` and the token endpoint ask the same. */
import { type Account, boundOf } from '../accounts/account.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { FlowCeiling, PolicyRequest } from '../policy/decision.ts';
import type { Principal } from '../policy/rule.ts';
import { accessTokenLifetime } from '../tokens/lifetime.ts';

/** Who asks for what: everything about a request that the decision needs. */
export interface TokenRequest {
  readonly client: RegisteredClient;
  /** The user; null when the client acts for itself. */
  readonly account: Account | null;
  /** After an exchange of a client's token: that client. Its grants and groups count, never those of the one who asks (policy-semantics 6). */
  readonly subjectClient?: RegisteredClient | null | undefined;
  readonly audiences: readonly string[];
  /** Scope tokens in the order of the request; for users, what they consented to. */
  readonly scopes: readonly string[];
  /** Asked, but unticked on the consent page. */
  readonly unticked?: readonly string[];
  /** What the flow allows at most: of a refresh, what was consented at first (policy-semantics 6). */
  readonly ceiling?: FlowCeiling | undefined;
  /** Bound of the flow on `exp`, in milliseconds since the epoch: the end of the chain. */
  readonly expiresAtMost?: number | null | undefined;
  /** A shorter life than the client's, as asked by `expires_in`; seconds. */
  readonly lifetimeSeconds?: number | undefined;
}

/** `now` in milliseconds since the epoch. */
export function policyRequestOf(request: TokenRequest, now: number): PolicyRequest {
  return {
    principal: principalOf(request),
    client: request.client,
    audiences: request.audiences,
    scopes: request.scopes,
    unticked: request.unticked ?? [],
    ceiling: request.ceiling,
    expiresAtMost: request.expiresAtMost,
    now,
    lifetimeSeconds: lifetimeOf(request),
  };
}

/** Dates in tokens are whole seconds; deciding at the same instant keeps `exp` exact. */
export function wholeSeconds(instant: number): number {
  return instant - (instant % 1000);
}

function lifetimeOf({ client, audiences, lifetimeSeconds }: TokenRequest): number {
  const longest = accessTokenLifetime(client, audiences);
  return lifetimeSeconds === undefined ? longest : Math.min(lifetimeSeconds, longest);
}

/** `sub`: of the user, or of the client that acts for itself (W-CLM-1). */
export function subjectOf({ client, account, subjectClient }: TokenRequest): string {
  return account?.id ?? (subjectClient ?? client).clientId;
}

function principalOf({ client: asking, account, subjectClient }: TokenRequest): Principal {
  const client = subjectClient ?? asking;
  if (account === null) return { kind: 'client', clientId: client.clientId, memberships: client.memberships };
  const { username, memberships } = account;
  return { kind: 'user', username, memberships, endsAt: boundOf(account) };
}
