/** What an upstream provider answered: checks beyond those of openid-client, what a login proved, and reasons that may be shown. */
import type { IDToken } from 'openid-client';
import { readIdentity } from './identity.ts';
import { acrOf, amrOf, assuranceOf, type Claims, profileOf, type Upstream, type UpstreamProof } from './upstream.ts';
import { oldestLoginSeconds, toleranceSeconds } from './upstream-request.ts';

/** What the library leaves to its users: dates that have not come, another authorized party (OpenID Connect Core section 3.1.3.7), subjects that nobody is known by here. */
export function checkIdToken(identity: IDToken, clientId: string, now: number): void {
  const { iss: issuer, sub: subject, iat, auth_time: loggedInAt = 0, azp = clientId } = identity;
  const isLater = Math.max(iat, loggedInAt) * 1000 > now + toleranceSeconds * 1000;
  if (isLater) throw unexpected('OAUTH_JWT_TIMESTAMP_CHECK_FAILED');
  if (azp !== clientId || !readIdentity({ issuer, subject }).ok) throw unexpected('OAUTH_JWT_CLAIM_COMPARISON_FAILED');
}

/** With a code of the library. */
function unexpected(code: string): Error {
  return Object.assign(new Error('an ID token that is not as expected'), { code });
}

interface Answer {
  readonly identity: IDToken;
  readonly claims: Claims;
  readonly idToken: string;
  readonly sentAt: number;
}

export function proofOf(upstream: Upstream, { identity, claims, idToken, sentAt }: Answer): UpstreamProof {
  // The strength of the login is believed only where it is signed.
  const acr = acrOf(upstream, identity);
  return {
    upstream: upstream.name,
    // As the token says it: discovery has held it against the configured one.
    issuer: identity.iss,
    subject: identity.sub,
    values: profileOf(upstream, claims),
    emailVerified: claims.email_verified === true,
    acr,
    amr: amrOf(identity, acr),
    assurance: assuranceOf(upstream, claims),
    sid: typeof identity.sid === 'string' ? identity.sid : null,
    idToken,
    // It was asked for a login that is no older.
    loggedInAt: identity.auth_time === undefined ? sentAt - oldestLoginSeconds * 1000 : identity.auth_time * 1000,
  };
}

/** Codes of the protocol and of the library; messages may hold what was sent. */
export function reasonOf(error: unknown): string {
  const { error: code, code: libraryCode, cause } = error as { error?: unknown; code?: unknown; cause?: unknown };
  // In an answer by way of the browser it is whatever somebody wrote there.
  if (typeof code === 'string' && /^[a-z_]{1,60}$/.test(code)) return code;
  const inner = (cause as { code?: unknown } | undefined)?.code;
  const told = [libraryCode, inner].filter((one) => typeof one === 'string');
  return told.length > 0 ? told.join(', ') : 'it does not answer as expected';
}
