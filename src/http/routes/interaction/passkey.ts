/** Two other ways through the login of an interaction: a passkey alone, and a second factor on top of the session that is there (step-up). */
import type { Context } from 'koa';
import { multiFactorAcr } from '../../../tokens/profile.ts';
import { passkeyLogin, showPasskeyLogin } from '../../login/passkey-login.ts';
import { stepUpFrom } from '../../login/second-factor-step.ts';
import { formTargetsOf } from '../../pages/security-headers.ts';
import type { InteractionDeps } from './deps.ts';
import type { InteractionFacts } from './facts.ts';
import { goalOf } from './login.ts';

/** Reasons of the prompt that mean: what the session proved is not enough, and nothing else is missing. */
const stepUpReasons = new Set(['second_factor', 'essential_acr', 'essential_acrs']);

export function showPasskey(
  deps: InteractionDeps,
  ctx: Context,
  facts: InteractionFacts,
  refused = false,
): Promise<void> {
  const path = `/interaction/${facts.uid}`;
  return showPasskeyLogin(deps, ctx, {
    action: `${path}/passkey`,
    binding: bindingOf(facts),
    csrf: deps.csrf.token(facts.uid),
    to: null,
    back: `${deps.pages.base}${path}`,
    formTargets: formTargetsOf(facts.redirectUri),
    refused,
  });
}

export async function submitPasskey(
  deps: InteractionDeps,
  ctx: Context,
  facts: InteractionFacts,
  form: URLSearchParams,
): Promise<undefined> {
  const authentication = await passkeyLogin(deps, form, bindingOf(facts));
  if (authentication === undefined) await showPasskey(deps, ctx, facts, true);
  else await deps.journey.proceed(ctx, { authentication, goal: goalOf(facts) });
  return undefined;
}

/** Goes on from the session of this browser; false: the password is due. Who asked to begin again (`again`) is not led back. */
export async function stepUp(deps: InteractionDeps, ctx: Context, facts: InteractionFacts): Promise<boolean> {
  const isEnough = facts.reasons.length > 0 && facts.reasons.every((reason) => stepUpReasons.has(reason));
  if (!isEnough || ctx.query.again !== undefined) return false;
  const pending = await stepUpFrom(ctx, goalOf(facts), deps);
  if (pending === undefined || !isReachable(facts, pending.authentication.acr)) return false;
  await deps.journey.proceed(ctx, pending);
  return true;
}

/** Whether two factors are what the service insists on, or one is after two were proved; else the step would lead back here. */
function isReachable({ acr }: InteractionFacts, proved: string): boolean {
  return !acr.essential || acr.values.includes(multiFactorAcr) || proved === multiFactorAcr;
}

function bindingOf({ uid }: InteractionFacts): string {
  return `interaction ${uid}`;
}
