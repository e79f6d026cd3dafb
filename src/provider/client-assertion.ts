/** What a client's assertion must say beyond a good signature (RFC 7523 section 3, and the audience rule of its revision). */
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { Clock } from '../shared/clock.ts';

/** An assertion is made for one request; one that lives longer was made to be kept. */
const longestLifetimeSeconds = 3600;
const clockSkewSeconds = 60;

/** Throws `invalid_client`: several audiences, an end that is far away, a beginning in the future. */
export function createAssertionCheck(clock: Clock) {
  return async (_ctx: KoaContextWithOIDC, claims: Record<string, unknown>): Promise<void> =>
    assertClaims(claims, Math.floor(clock.now() / 1000));
}

function assertClaims(claims: Record<string, unknown>, now: number): void {
  const { aud, exp, iat } = claims;
  // An assertion that another server accepts too could be replayed here by that server.
  if (Array.isArray(aud) && aud.length !== 1) throw new errors.InvalidClientAuth('assertion has several audiences');
  if (Number(exp) > now + longestLifetimeSeconds) throw new errors.InvalidClientAuth('assertion lives too long');
  if (iat !== undefined && Number(iat) > now + clockSkewSeconds) {
    throw new errors.InvalidClientAuth('assertion is from the future');
  }
}
