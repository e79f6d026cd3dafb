/** A login at an upstream provider as it was asked for, and whether what came back is that. */
import * as oidc from 'openid-client';

/** What is kept of a login while the browser is at the provider. */
export interface UpstreamRequest {
  readonly verifier: string;
  readonly nonce: string;
  /** When it was sent, in milliseconds since the epoch. */
  readonly sentAt: number;
  /** Whether a login from before does not count. */
  readonly fresh: boolean;
  /** Of a login from before that does, in seconds; undefined: nobody asks. */
  readonly maxAge?: number | undefined;
}

export const toleranceSeconds = 30;

/** Of a login at the provider that is taken without another one. */
export const oldestLoginSeconds = 43_200;

export function newUpstreamRequest(
  sentAt: number,
  { fresh, maxAge }: Pick<UpstreamRequest, 'fresh' | 'maxAge'>,
): UpstreamRequest {
  return { verifier: oidc.randomPKCECodeVerifier(), nonce: oidc.randomNonce(), sentAt, fresh, maxAge };
}

/** Who does not say when the login was has not said that it is new (OpenID Connect Core section 3.1.2.1: with `max_age` it has to). */
export function isNewEnough(
  { auth_time: at }: Pick<oidc.IDToken, 'auth_time'>,
  { sentAt, fresh, maxAge }: UpstreamRequest,
): boolean {
  if (!fresh && maxAge === undefined) return true;
  const oldest = sentAt / 1000 - (fresh ? 0 : (maxAge ?? 0)) - toleranceSeconds;
  return at !== undefined && at >= oldest;
}
