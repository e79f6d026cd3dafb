/** When a user is asked for something: the library's prompts, login and consent, and a login where the session's account may no longer be used. */
import { interactionPolicy as library } from 'oidc-provider';
import { hasAgreed } from '../accounts/account.ts';
import type { SecondFactorGate } from '../authentication/gate.ts';
import type { Clock } from '../shared/clock.ts';
import type { LoggedInAccount } from './account.ts';
import { secondFactorCheck } from './second-factor-check.ts';

const { Check, Prompt } = library;

export interface InteractionPolicyDeps {
  readonly clock: Clock;
  readonly secondFactor: SecondFactorGate;
}

/** The prompt between login and consent; its page is at the interaction. */
export const agreementPrompt = 'acceptable-use';

export function interactionPolicy({ clock, secondFactor }: InteractionPolicyDeps) {
  const policy = library.base();
  const login = policy.get('login')?.checks;
  login?.add(secondFactorCheck(secondFactor));
  login?.add(
    new Check(
      'account_unusable',
      'account is not active',
      'login_required',
      ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
    ),
  );
  // Also with a session that began before the policy, or before the last signature ended.
  const agreement = new Check(
    'policy_not_agreed',
    'the acceptable use policy has to be agreed to',
    'interaction_required',
    ({ oidc }) => {
      const { account } = (oidc.account ?? {}) as Partial<LoggedInAccount>;
      return account !== undefined && !hasAgreed(account, clock.now());
    },
  );
  policy.add(new Prompt({ name: agreementPrompt, requestable: false }, agreement), 1);
  return policy;
}
