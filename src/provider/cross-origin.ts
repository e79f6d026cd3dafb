/** From which web pages the endpoints of clients may be asked (CORS): those that a public client is registered for. */
import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';

/** A confidential client has no business in a browser: its secret would be in everybody's hands. */
export function mayAskFrom(
  _ctx: KoaContextWithOIDC,
  origin: string,
  client: Pick<InstanceType<Provider['Client']>, 'tokenEndpointAuthMethod' | 'redirectUris'>,
): boolean {
  if (client.tokenEndpointAuthMethod !== 'none') return false;
  return (client.redirectUris ?? []).some((uri) => originOf(uri) === origin);
}

/** Undefined for schemes of native applications, whose origin is `null` for all of them. */
function originOf(uri: string): string | undefined {
  const origin = URL.parse(uri)?.origin;
  return origin === 'null' ? undefined : origin;
}
