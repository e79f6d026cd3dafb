/** Lifetimes within the table of wlcg-tokens.md section 6, in seconds. */

/** Default of access and ID tokens. */
export const defaultAccessTokenSeconds = 3600;

/** Default of a chain of refresh tokens: 30 days. */
export const defaultRefreshTokenSeconds = 30 * 86_400;

/** How long a client's access tokens live before the policy bounds them. */
export function accessTokenLifetime(client: { readonly accessTokenLifetimeSeconds: number | null }): number {
  return client.accessTokenLifetimeSeconds ?? defaultAccessTokenSeconds;
}

/** How long a client's refresh tokens may be used, from the login on. */
export function refreshTokenLifetime(client: { readonly refreshTokenLifetimeSeconds: number | null }): number {
  return client.refreshTokenLifetimeSeconds ?? defaultRefreshTokenSeconds;
}
