/** Recognises access tokens of this issuer, for userinfo, introspection and revocation: no network, keys at hand. */
import { createLocalJWKSet, type JWK, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { Clock } from '../shared/clock.ts';

/** The claims of a live access token of this issuer. */
export interface OwnToken extends JWTPayload {
  readonly sub: string;
  readonly jti: string;
  readonly exp: number;
  readonly scope: string;
  readonly client_id: string;
}

export interface OwnTokenVerifier {
  /** Undefined for anything that is not a live access token of this issuer: another issuer's, expired, revoked, an ID token. */
  verify(token: string): Promise<OwnToken | undefined>;
}

/** The same object for as long as nothing changes. */
export interface PublishedKeySource {
  current(): { readonly publicJwks: { readonly keys: readonly JWK[] } };
}

export function createOwnTokenVerifier(deps: {
  readonly issuer: string;
  /** What is published at the moment: a removed key's tokens are not known any more. */
  readonly keys: PublishedKeySource;
  readonly revocations: RevocationStore;
  readonly clock: Clock;
}): OwnTokenVerifier {
  let held: { of: object; get: JWTVerifyGetKey } | undefined;
  const getKey: JWTVerifyGetKey = (header, token) => {
    const { publicJwks } = deps.keys.current();
    if (held?.of !== publicJwks) held = { of: publicJwks, get: createLocalJWKSet({ keys: [...publicJwks.keys] }) };
    return held.get(header, token);
  };
  return {
    async verify(token) {
      const claims = await verified(token);
      if (claims === undefined || !isAccessToken(claims)) return undefined;
      return (await deps.revocations.isRevoked(claims.jti)) ? undefined : claims;
    },
  };

  async function verified(token: string): Promise<JWTPayload | undefined> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, getKey, {
        issuer: deps.issuer,
        algorithms: ['RS256', 'ES256'],
        currentDate: new Date(deps.clock.now()),
        requiredClaims: ['exp'],
      });
      return isOwnType(protectedHeader.typ) ? payload : undefined;
    } catch {
      return undefined;
    }
  }
}

/** `at+jwt` in the profile of RFC 9068; logout tokens and answers of introspection have others. */
function isOwnType(typ: string | undefined): boolean {
  return typ === 'JWT' || typ === 'at+jwt';
}

/** RFC 8725 section 3.11: ID tokens and logout tokens have the same issuer and keys, but neither `scope` nor `client_id`. */
function isAccessToken(claims: JWTPayload): claims is OwnToken {
  return (
    typeof claims.sub === 'string' &&
    typeof claims.jti === 'string' &&
    typeof claims.exp === 'number' &&
    typeof claims.scope === 'string' &&
    typeof claims.client_id === 'string'
  );
}
