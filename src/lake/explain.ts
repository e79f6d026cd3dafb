/** What would be issued to whom, and why: the decision of a token request without a token (policy-semantics 8, "what would this principal get now"). */
import { type Account, hasAgreed, isUsable } from '../accounts/account.ts';
import type { RegisteredClient } from '../clients/client.ts';
import { findForbiddenAudience } from '../clients/request-rules.ts';
import { decideToken, ordinaryShape } from '../issuance/decide.ts';
import { policyRequestOf, wholeSeconds } from '../issuance/policy-request.ts';
import type { CompiledPolicy } from '../policy/compile.ts';
import type { Decision, FlowCeiling, PolicyRequest } from '../policy/decision.ts';
import { err, ok, type Result } from '../shared/result.ts';
import { effectiveAudiences } from '../tokens/audience.ts';

/** A question as people and scripts put it. */
export interface Question {
  /** Username; null: the client acts for itself. */
  readonly user: string | null;
  readonly client: string;
  /** Empty: none asked; the client's default then counts, as at the token endpoint (W-AUD-5). */
  readonly audiences: readonly string[];
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Scopes of the subject token: as in a token exchange, nothing beyond them is issued (policy-semantics 6). */
  readonly subjectScopes?: readonly string[] | undefined;
  /** Of the subject token; absent: the audiences now asked. */
  readonly subjectAudiences?: readonly string[] | undefined;
  /** End of the subject token, in milliseconds since the epoch. */
  readonly subjectExpiresAt?: number | undefined;
}

/** Rules and registrations of one version; accounts as far as they are needed. */
export interface ExplainView {
  readonly policy: CompiledPolicy;
  readonly clients: ReadonlyMap<string, RegisteredClient>;
  readonly accounts: ReadonlyMap<string, Account>;
}

export interface Explanation {
  readonly request: PolicyRequest;
  readonly decision: Decision;
  /** What keeps the token endpoint from answering so, beside the policy. */
  readonly note: string | null;
}

/** The decision; an error when nobody of that name could ask. */
export function explain(view: ExplainView, question: Question): Result<Explanation, string> {
  const client = view.clients.get(question.client);
  if (client === undefined) return err(`client \`${question.client}\` not known, or suspended`);
  const account = accountOf(view, question);
  if (!account.ok) return account;
  const audiences = effectiveAudiences(question.audiences, client.defaultAudience);
  const asked = {
    client,
    account: account.value,
    audiences,
    scopes: question.scopes,
    ceiling: ceilingOf(question, audiences),
    expiresAtMost: question.subjectExpiresAt === undefined ? undefined : wholeSeconds(question.subjectExpiresAt),
  };
  const now = wholeSeconds(question.at);
  const decision = decideToken(view.policy, asked, now, ordinaryShape);
  return ok({ request: policyRequestOf(asked, now), decision, note: noteOn(client, question, view.policy) });
}

function ceilingOf({ subjectScopes, subjectAudiences }: Question, asked: readonly string[]): FlowCeiling | undefined {
  if (subjectScopes === undefined) return undefined;
  return { flow: 'exchange', scopes: subjectScopes, audiences: subjectAudiences ?? asked };
}

/** Null: the client acts for itself. */
function accountOf(view: ExplainView, { user, at }: Question): Result<Account | null, string> {
  if (user === null) return ok(null);
  const account = view.accounts.get(user);
  if (account === undefined) return err(`account \`${user}\` not known`);
  if (!isUsable(account, at)) return err(`account \`${user}\` is suspended or has ended`);
  return hasAgreed(account, at) ? ok(account) : err(`account \`${user}\` has not agreed to the acceptable use policy`);
}

function noteOn(client: RegisteredClient, question: Question, policy: CompiledPolicy): string | null {
  const { audiences, user, subjectExpiresAt, at } = question;
  if (subjectExpiresAt !== undefined && subjectExpiresAt <= at) return 'the subject token has expired';
  const foreign = findForbiddenAudience(client, audiences, policy);
  if (foreign !== undefined) return `client \`${client.clientId}\` may not ask for audience \`${foreign}\``;
  if (user === null && !client.grantTypes.includes('client_credentials')) {
    return `client \`${client.clientId}\` may not use client_credentials`;
  }
  return null;
}
