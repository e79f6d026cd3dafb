/** The login step: shows the form, checks it, and tells the protocol library who it is (OpenID Connect Core section 3.1.2.3). */
import type { Context } from 'koa';
import type { InteractionResults } from 'oidc-provider';
import type { LoginOutcome } from '../../../accounts/login.ts';
import type { Authentication, LoginGoal } from '../../../authentication/authentication.ts';
import type { Clock } from '../../../shared/clock.ts';
import { localAccountAssurance } from '../../../tokens/assurance.ts';
import { multiFactorAcr, singleFactorAcr } from '../../../tokens/profile.ts';
import { formTargetsOf } from '../../pages/security-headers.ts';
import { texts } from '../../pages/texts.ts';
import type { InteractionDeps } from './deps.ts';
import type { InteractionFacts } from './facts.ts';

/** Reasons of the prompt that mean: although there is a session. */
const freshReasons = new Set(['login_prompt', 'max_age', 'id_token_hint', 'claims_id_token_sub_value']);

interface FormState {
  readonly username: string;
  readonly error: string | null;
  readonly status: number;
}

export function showLogin(deps: InteractionDeps, ctx: Context, facts: InteractionFacts, state?: FormState): void {
  const base = `${deps.pages.base}/interaction/${facts.uid}`;
  const model = {
    action: `${base}/login`,
    cancelAction: `${base}/cancel`,
    passkey: `${base}/passkey`,
    csrf: deps.csrf.token(facts.uid),
    clientName: facts.clientName,
    to: null,
    username: state?.username ?? facts.loginHint,
    again: facts.accountId !== undefined && facts.reasons.some((reason) => freshReasons.has(reason)),
    error: state?.error ?? null,
  };
  const formTargets = formTargetsOf(facts.redirectUri);
  deps.pages.render(ctx, 'login', model, { status: state?.status ?? 200, heading: texts.login.title, formTargets });
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
  showLogin(deps, ctx, facts, { username: username.slice(0, 255), ...refusal(ctx, outcome) });
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
