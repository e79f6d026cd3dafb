/** A login with a passkey alone: the device says whose it is, and that it knows its user (REFEDS MFA). */
import type { Context } from 'koa';
import { isUsable } from '../../accounts/account.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { Authentication } from '../../authentication/authentication.ts';
import type { SecondFactors } from '../../authentication/second-factors.ts';
import type { Clock } from '../../shared/clock.ts';
import { localAccountAssurance } from '../../tokens/assurance.ts';
import { multiFactorAcr } from '../../tokens/profile.ts';
import type { Pages } from '../pages/render.ts';
import { texts } from '../pages/texts.ts';
import { passkeyAnswer, passkeyForm } from './factor-forms.ts';

const t = texts.authentication;

export interface PasskeyLoginDeps {
  readonly pages: Pages;
  readonly accounts: AccountStore;
  readonly factors: SecondFactors;
  readonly clock: Clock;
}

interface PasskeyPage {
  /** Path below the issuer that takes the form. */
  readonly action: string;
  /** What binds the question to this browser. */
  readonly binding: string;
  readonly csrf: string;
  readonly to: string | null;
  readonly back: string;
  readonly formTargets?: readonly string[];
  readonly refused?: boolean;
}

export async function showPasskeyLogin(deps: PasskeyLoginDeps, ctx: Context, page: PasskeyPage): Promise<void> {
  const { pages } = deps;
  const { action, binding, csrf, to, back, formTargets = [], refused = false } = page;
  const passkey = passkeyForm(await deps.factors.askPasskey(null, binding), {
    action: `${pages.base}${action}`,
    kind: 'get',
    submit: t.passkeyUse,
  });
  const model = { csrf, error: refused ? t.passkeyRefused : null, passkey, to, back };
  const status = refused ? 422 : 200;
  pages.render(ctx, 'passkey', model, { status, heading: t.passkeySignIn, script: true, formTargets });
}

/** What the answer proves; undefined: nothing. */
export async function passkeyLogin(
  { accounts, factors, clock }: PasskeyLoginDeps,
  form: URLSearchParams,
  binding: string,
): Promise<Authentication | undefined> {
  const checked = await factors.checkPasskey(null, binding, passkeyAnswer(form));
  const account = checked.ok ? await accounts.findById(checked.value.accountId) : undefined;
  if (!checked.ok || account === undefined || !isUsable(account, clock.now())) return undefined;
  const amr = [...checked.value.amr, 'mfa'];
  return {
    accountId: account.id,
    acr: multiFactorAcr,
    amr,
    assurance: localAccountAssurance,
    upstream: null,
    at: clock.now(),
  };
}
