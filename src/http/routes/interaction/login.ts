/** The login step: shows the form, checks it, and tells the protocol library who it is (OpenID Connect Core section 3.1.2.3). */
import type { Context } from 'koa';
import type { InteractionResults } from 'oidc-provider';
import type { LoginOutcome } from '../../../accounts/login.ts';
import type { Authentication, LoginGoal } from '../../../authentication/authentication.ts';
import type { Clock } from '../../../shared/clock.ts';
import { localAccountAssurance } from '../../../tokens/assurance.ts';
import { multiFactorAcr, singleFactorAcr } from '../../../tokens/profile.ts';
import { chooserOf } from '../../login/chooser.ts';
import { hintedUpstream } from '../../login/idp-hint.ts';
import type { UpstreamWish } from '../../login/upstream.ts';
import { formTargetsOf } from '../../pages/security-headers.ts';
import { texts } from '../../pages/texts.ts';
import { redirect } from '../../redirect.ts';
import type { InteractionDeps } from './deps.ts';
import type { InteractionFacts } from './facts.ts';

/** Reasons of the prompt that mean: although there is a session. */
const freshReasons = new Set(['login_prompt', 'max_age', 'id_token_hint', 'claims_id_token_sub_value']);

interface FormState {
  readonly username: string;
  readonly error: string | null;
  readonly status: number;
}

export async function showLogin(
  deps: InteractionDeps,
  ctx: Context,
  facts: InteractionFacts,
  state?: FormState,
): Promise<void> {
  const base = `${deps.pages.base}/interaction/${facts.uid}`;
  // The hint counts once: who comes back from the provider without success chooses.
  const isFirst = state === undefined && ctx.query.choose === undefined && ctx.query.provider === undefined;
  const hinted = isFirst ? await hintedUpstream(deps, facts.idpHint) : undefined;
  // Who begins again does so at the provider too: the login there may be too old for what comes next here.
  const again = ctx.query.again === undefined ? '' : '?again';
  const hrefOf = (name: string) => `${base}/upstream/${name}${again}`;
  if (hinted !== undefined) return redirect(ctx, hrefOf(hinted.name));
  const hidden = again === '' ? [] : [['again', ''] as const];
  const chooser = await chooserOf(deps, ctx, { hrefOf, action: base, hidden });
  const model = {
    chooser,
    action: `${base}/login`,
    cancelAction: `${base}/cancel`,
    passkey: `${base}/passkey`,
    csrf: deps.csrf.token(facts.uid),
    clientName: facts.clientName,
    to: null,
    username: state?.username ?? facts.loginHint,
    again: isFresh(facts),
    error: state?.error ?? null,
  };
  const formTargets = formTargetsOf(facts.redirectUri);
  deps.pages.render(ctx, 'login', model, { status: state?.status ?? 200, heading: texts.login.title, formTargets });
}

/** A new login was asked for although there is a session. */
function isFresh({ accountId, reasons }: InteractionFacts): boolean {
  return accountId !== undefined && reasons.some((reason) => freshReasons.has(reason));
}

/** What a provider is told of the service's wishes, and of who begins again. */
export function upstreamHints(facts: InteractionFacts, again: boolean): UpstreamWish {
  const { idpHint: hint, loginHint, acr, maxAge } = facts;
  return { hint, loginHint, acrValues: acr.values, maxAge, fresh: again || facts.wantsNewLogin || isFresh(facts) };
}

/** Goes on with the login, or shows the form again. */
export async function submitLogin(
  deps: InteractionDeps,
  ctx: Context,
  facts: InteractionFacts,
  form: URLSearchParams,
): Promise<undefined> {
  const username = form.get('username')?.trim() ?? '';
  const outcome = await deps.authenticate(ctx, { username, password: form.get('password') ?? '' });
  if (outcome.kind === 'accepted') {
    const authentication = passwordLogin(outcome.account.id, deps.clock);
    await deps.journey.proceed(ctx, { authentication, goal: goalOf(facts) });
    return undefined;
  }
  await showLogin(deps, ctx, facts, { username: username.slice(0, 255), ...refusal(ctx, outcome) });
  return undefined;
}

/** What a password login proves (W-CLM-11). */
export function passwordLogin(accountId: string, clock: Clock): Authentication {
  const proved = { acr: singleFactorAcr, amr: ['pwd'], assurance: localAccountAssurance };
  return { accountId, ...proved, upstream: null, at: clock.now() };
}

/** Back to the service's request. */
export function goalOf(facts: InteractionFacts): LoginGoal {
  const { uid, client, clientName, redirectUri, scopes, acr } = facts;
  return {
    kind: 'interaction',
    uid,
    clientId: client.clientId,
    clientName,
    redirectUri,
    scopes,
    acrValues: acr.values,
    acrEssential: acr.essential,
  };
}

/** The same for every login page. */
export function refusal(ctx: Context, outcome: Exclude<LoginOutcome, { kind: 'accepted' }>) {
  if (outcome.kind === 'rejected') return { error: texts.login.rejected, status: 422 };
  if (outcome.kind === 'delayed') {
    ctx.set('Retry-After', String(outcome.seconds));
    return { error: texts.login.delayed(outcome.seconds), status: 429 };
  }
  ctx.set('Retry-After', '5');
  return { error: texts.login.busy, status: 503 };
}

/** The error when the client insists on an authentication that no login here reaches; a voluntary `acr` is just not met (OpenID Connect Core section 5.5.1.1). */
export function unreachableAcr({ acr }: InteractionFacts): InteractionResults | undefined {
  if (!acr.essential || acr.values.some((value) => value === singleFactorAcr || value === multiFactorAcr)) {
    return undefined;
  }
  return {
    error: 'unmet_authentication_requirements',
    error_description: `no login here reaches the acr asked for, expected ${singleFactorAcr} or ${multiFactorAcr}`,
  };
}
