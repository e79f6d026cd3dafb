/** The consent step: what would be issued, in sentences; what the user allows becomes a grant and is remembered (policy-semantics 4, end). */
import type { Context } from 'koa';
import type Provider from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import { type Account, isUsable } from '../../../accounts/account.ts';
import { type Consent, claimEntry, merge } from '../../../clients/consent.ts';
import { anyAudience } from '../../../policy/audience.ts';
import type { Decision } from '../../../policy/decision.ts';
import { consentAudience, saveGrant } from '../../../provider/consent-grant.ts';
import { describeRefusal } from '../../../provider/refusal.ts';
import { expiryOf } from '../../pages/expiry.ts';
import { refusedRows, scopeRows } from '../../pages/scope-rows.ts';
import { scopeSentence } from '../../pages/scope-sentence.ts';
import { formTargetsOf } from '../../pages/security-headers.ts';
import { claimNames, texts } from '../../pages/texts.ts';
import type { InteractionDeps } from './deps.ts';
import type { InteractionFacts } from './facts.ts';

const refusedByUser: InteractionResults = { error: 'access_denied', error_description: 'the user refused' };
const accountInactive: InteractionResults = { error: 'access_denied', error_description: 'account is not active' };

/** Shows the page; a result at once when the account may no longer be used. */
export async function showConsent(
  deps: InteractionDeps,
  ctx: Context,
  facts: InteractionFacts,
): Promise<InteractionResults | undefined> {
  const account = await activeAccount(deps, facts);
  if (account === undefined) return accountInactive;
  const decision = preview(deps, facts, account, []);
  const formTargets = formTargetsOf(facts.redirectUri);
  const shared = sharedModel(deps, facts, account, decision);
  if (decision.error !== null) {
    const heading = texts.consent.blockedTitle(facts.clientName);
    deps.pages.render(ctx, 'blocked', { ...shared, action: shared.cancelAction }, { heading, formTargets });
  } else {
    const heading = texts.consent.title(facts.clientName);
    deps.pages.render(ctx, 'consent', { ...shared, ...choicesModel(facts, decision) }, { heading, formTargets });
  }
  return undefined;
}

/** What the user allowed, kept and handed to the library; an error when nothing that was asked for is left. */
export async function submitConsent(
  provider: Provider,
  deps: InteractionDeps,
  facts: InteractionFacts,
  form: URLSearchParams,
): Promise<InteractionResults> {
  const account = await activeAccount(deps, facts);
  if (account === undefined) return accountInactive;
  const decided = decide(facts, form);
  const decision = preview(deps, facts, account, decided.refused);
  if (decision.error !== null) return refusalResult(decision);
  const { client, resource, claims } = facts;
  const key = { accountId: account.id, clientId: client.clientId, audience: consentAudience(resource) };
  const remembered = { ...decided, granted: [...decided.granted, ...claims.map(claimEntry)] };
  await deps.consents.save(key, merge(await deps.consents.find(key), remembered));
  const grantId = await saveGrant(provider, { ...key, resource, claims, ...decided });
  return { consent: { grantId } };
}

/** The client learns which scope was refused and why, when that is the reason for going back. */
export async function cancelConsent(deps: InteractionDeps, facts: InteractionFacts): Promise<InteractionResults> {
  const account = await activeAccount(deps, facts);
  if (account === undefined) return accountInactive;
  const decision = preview(deps, facts, account, []);
  return decision.error === null ? refusedByUser : refusalResult(decision);
}

/** INVARIANT: every asked scope ends in one of the lists. What the page said is not possible now was allowed with the rest: it may become possible. */
function decide(facts: InteractionFacts, form: URLSearchParams): Consent {
  const allowed = new Set([...form.getAll('scope'), ...form.getAll('not-now')]);
  const isGranted = (scope: string) => allowed.has(scope) || !scopeSentence(scope).choice;
  return {
    granted: facts.scopes.filter(isGranted),
    refused: facts.scopes.filter((scope) => !isGranted(scope)),
  };
}

function refusalResult(decision: Decision): InteractionResults {
  return { error: decision.error ?? 'invalid_scope', error_description: describeRefusal(decision) };
}

async function activeAccount(deps: InteractionDeps, facts: InteractionFacts): Promise<Account | undefined> {
  const account = facts.accountId === undefined ? undefined : await deps.accounts.findById(facts.accountId);
  return account && isUsable(account, deps.clock.now()) ? account : undefined;
}

function preview(
  deps: InteractionDeps,
  { client, audiences, scopes }: InteractionFacts,
  account: Account,
  unticked: readonly string[],
): Decision {
  return deps.preview({ client, account, audiences, scopes, unticked });
}

function sharedModel(deps: InteractionDeps, facts: InteractionFacts, account: Account, decision: Decision) {
  const base = `${deps.pages.base}/interaction/${facts.uid}`;
  return {
    action: `${base}/consent`,
    cancelAction: `${base}/cancel`,
    csrf: deps.csrf.token(facts.uid),
    clientName: facts.clientName,
    username: account.username,
    // The wildcard says no more to a user than no audience: the page names both in words.
    audiences: facts.audiences.filter((audience) => audience !== anyAudience),
    refused: refusedRows(decision),
  };
}

function choicesModel(facts: InteractionFacts, decision: Decision) {
  const rows = scopeRows(decision);
  return {
    until: expiryOf(decision),
    fixed: rows.filter((row) => !row.choice),
    choices: rows.filter((row) => row.choice),
    claims: facts.claims.flatMap((claim) => claimNames[claim] ?? []),
    returnsTo: facts.redirectUri === undefined ? null : placeOf(facts.redirectUri),
    allOrNothing: facts.client.policyMode === 'strict',
    keepsAccess: facts.scopes.includes('offline_access'),
  };
}

/** The host, or the scheme of an application on this machine. */
function placeOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  return url.host === '' ? url.protocol : url.host;
}
