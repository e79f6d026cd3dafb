/** When a user is asked for something: the library's prompts, login and consent, and a login where the session's account may no longer be used. */
import { interactionPolicy as library } from 'oidc-provider';

const { Check } = library;

export function interactionPolicy() {
  const policy = library.base();
  policy
    .get('login')
    ?.checks.add(
      new Check(
        'account_unusable',
        'account is not active',
        'login_required',
        ({ oidc }) => oidc.session?.accountId !== undefined && oidc.account === undefined,
      ),
    );
  return policy;
}
