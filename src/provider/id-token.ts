/** ID tokens of a refresh (OpenID Connect Core section 12.2), made by the library's own class as at the first issue. */
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Account } from '../accounts/account.ts';
import type { RefreshPayload } from '../artifacts/refresh-token.ts';
import { localAccountAssurance } from '../tokens/assurance.ts';
import { commonClaims, profileClaims } from './account.ts';

/** The library's ID token class, as far as it is used here. */
interface IdTokenModel {
  scope: string;
  set(claim: string, value: unknown): void;
  issue(options: { use: 'idtoken' }): Promise<string>;
}

/** Undefined when `openid` is not among the scopes. */
export async function issueRefreshedIdToken(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  account: Account,
  payload: RefreshPayload,
  scopes: readonly string[],
): Promise<string | undefined> {
  if (!scopes.includes('openid')) return undefined;
  const IdToken = provider.IdToken as unknown as new (available: object, options: { ctx: object }) => IdTokenModel;
  const token = new IdToken(
    {
      ...profileClaims(account),
      ...commonClaims(ctx, localAccountAssurance),
      ...(payload.acr !== null && { acr: payload.acr }),
      ...(payload.authTime !== null && { auth_time: payload.authTime }),
      amr: payload.amr,
    },
    { ctx },
  );
  token.scope = scopes.join(' ');
  if (payload.nonce !== null) token.set('nonce', payload.nonce);
  if (payload.sid !== null) token.set('sid', payload.sid);
  return token.issue({ use: 'idtoken' });
}
