/** Lifetimes within the table of wlcg-tokens.md section 6, in seconds. */

/** Default of access and ID tokens. */
export const defaultAccessTokenSeconds = 3600;

/** Default of a chain of refresh tokens: 30 days. */
export const defaultRefreshTokenSeconds = 30 * 86_400;

interface AccessTokenLifetimes {
  readonly accessTokenLifetimeSeconds: number | null;
  readonly audienceLifetimes: readonly { readonly audience: string; readonly accessTokenLifetimeSeconds: number }[];
}

/** How long a client's access tokens for these audiences live before the policy bounds them: the shortest of several counts. */
export function accessTokenLifetime(client: AccessTokenLifetimes, audiences: readonly string[]): number {
  const forAll = client.accessTokenLifetimeSeconds ?? defaultAccessTokenSeconds;
  const single = (audience: string) =>
    client.audienceLifetimes.find((one) => one.audience === audience)?.accessTokenLifetimeSeconds ?? forAll;
  return audiences.length === 0 ? forAll : Math.min(...audiences.map(single));
}

/** How long a client's refresh tokens may be used, from the login on. */
export function refreshTokenLifetime(client: { readonly refreshTokenLifetimeSeconds: number | null }): number {
  return client.refreshTokenLifetimeSeconds ?? defaultRefreshTokenSeconds;
}
