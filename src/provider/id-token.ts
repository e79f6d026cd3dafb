/** ID tokens of a refresh (OpenID Connect Core section 12.2), made by the library's own class as at the first issue. */
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Account } from '../accounts/account.ts';
import type { RefreshPayload } from '../artifacts/refresh-token.ts';
import type { RegisteredClient } from '../clients/client.ts';
import { localAccountAssurance } from '../tokens/assurance.ts';
import { commonClaims, identityScopes, profileClaims } from './account.ts';

/** The library's ID token class, as far as it is used here. */
interface IdTokenModel {
  scope: string;
  /** Claims asked for one by one, beside those of the scopes. */
  mask?: object;
  set(claim: string, value: unknown): void;
  issue(options: { use: 'idtoken' }): Promise<string>;
}

/** Undefined when `openid` is not among the scopes. */
export async function issueRefreshedIdToken(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  { client, account }: { readonly client: RegisteredClient; readonly account: Account },
  payload: RefreshPayload,
  scopes: readonly string[],
): Promise<string | undefined> {
  if (!scopes.includes('openid')) return undefined;
  const IdToken = provider.IdToken as unknown as new (available: object, options: { ctx: object }) => IdTokenModel;
  const token = new IdToken(
    {
      ...profileClaims(account, identityScopes(client)),
      ...commonClaims(ctx, payload.assurance ?? localAccountAssurance),
      ...(payload.acr !== null && { acr: payload.acr }),
      ...(payload.authTime !== null && { auth_time: payload.authTime }),
      amr: payload.amr,
    },
    { ctx },
  );
  token.scope = scopes.join(' ');
  // `auth_time` is there when the first ID token had to have it (W-ID-3); asked for by `max_age` it is among the claims too.
  const asked = (payload.claims as { id_token?: object } | null)?.id_token;
  if (asked) token.mask = asked;
  if (payload.nonce !== null) token.set('nonce', payload.nonce);
  if (payload.sid !== null) token.set('sid', payload.sid);
  return token.issue({ use: 'idtoken' });
}
