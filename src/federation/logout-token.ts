/** What a provider says when a session there has ended: OpenID Connect Back-Channel Logout 1.0 section 2.6. */
import { errors, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** Whose logins have ended; `subject` or `sid` is said, or both. */
export interface UpstreamLogout {
  readonly subject: string | null;
  readonly sid: string | null;
  /** Counts once (`jti`). */
  readonly id: string;
  /** After this it is worthless, in milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface LogoutTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly keys: JWTVerifyGetKey;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly toleranceSeconds: number;
}

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** Of the kinds that a provider signs with: a secret that both know proves nothing to others. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
];

/** An older one is not taken, whatever end it names itself. */
const oldestSeconds = 600;

/** Rejects with an error of jose, or of its kind, when it is not one for this server. */
export async function readLogoutToken(token: string, rules: LogoutTokenRules): Promise<UpstreamLogout> {
  const { payload, protectedHeader } = await jwtVerify(token, rules.keys, {
    issuer: rules.issuer,
    audience: rules.clientId,
    algorithms,
    requiredClaims: ['iat', 'exp', 'jti', 'events'],
    maxTokenAge: oldestSeconds,
    clockTolerance: rules.toleranceSeconds,
    currentDate: new Date(rules.now),
  });
  const { sub = null, sid = null, jti = '', exp = 0, events } = payload;
  const type = protectedHeader.typ?.toLowerCase();
  // Section 2.4: an ID token has the same issuer, audience and keys, and is none.
  check(type === undefined || type === 'jwt' || type === 'logout+jwt', 'typ');
  check(payload.nonce === undefined, 'nonce');
  check(isObject(events) && isObject(events[event]), 'events');
  check(jti !== '', 'jti');
  check(sub !== null || sid !== null, 'sub');
  check(sid === null || typeof sid === 'string', 'sid');
  const latest = rules.now + 2 * (oldestSeconds + rules.toleranceSeconds) * 1000;
  const expiresAt = Math.min(exp * 1000 + rules.toleranceSeconds * 1000, latest);
  return { subject: sub, sid: sid as string | null, id: jti, expiresAt };
}

function check(holds: boolean, claim: string): void {
  if (!holds) throw new errors.JWTClaimValidationFailed(`unexpected "${claim}"`, {}, claim, 'check_failed');
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
