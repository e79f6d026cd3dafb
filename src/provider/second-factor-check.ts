/** Prompts for a login when the session proved one factor and the service, its scopes or the account need two; also when a service wishes for two by `acr_values` (OpenID Connect Core section 3.1.2.1). */
import { interactionPolicy as library } from 'oidc-provider';
import type { SecondFactorGate } from '../authentication/gate.ts';
import { requestedAcr } from './requested-acr.ts';

export function secondFactorCheck(gate: SecondFactorGate) {
  return new library.Check('second_factor', 'a second factor is needed', 'login_required', async ({ oidc }) => {
    const { session, params, client } = oidc;
    if (session?.accountId === undefined) return false;
    const { values, essential } = requestedAcr(params?.claims, params?.acr_values);
    // Who cannot be asked is not refused for a mere wish.
    const silent = String(params?.prompt ?? '')
      .split(' ')
      .includes('none');
    return gate.isDueInSession(
      { accountId: session.accountId, acr: session.acr },
      {
        clientId: client?.clientId ?? null,
        scopes: String(params?.scope ?? '').split(' '),
        acrValues: silent && !essential ? [] : values,
        acrEssential: essential,
      },
    );
  });
}
