/** The published keys of an issuer, and the one algorithm that each of them is for (RFC 7517, RFC 8725 section 3.1). */
import { type CryptoKey, compactVerify, importJWK, type JWK } from 'jose';
import type { Algorithm } from './compact-jws.ts';

/** A key set as published: every member is read with suspicion. */
export interface JwkSet {
  readonly keys: readonly JWK[];
}

/** Whether a value from outside is a key set. */
export function isJwkSet(value: unknown): value is JwkSet {
  const keys: unknown = Object(value).keys;
  return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null);
}

/** The development key of oidc-provider: its private part is public knowledge. */
const publiclyKnownKid = 'keystore-CHANGE-ME';

/** The keys with this `kid`; several only when a set repeats it. */
export function keysNamed({ keys }: JwkSet, kid: string): readonly JWK[] {
  return kid === publiclyKnownKid ? [] : keys.filter((key) => key.kid === kid);
}

/** The algorithm that a key verifies by its type, or undefined when it is of no use here. */
export function algorithmOf({ kty, crv, use, alg, key_ops: operations }: JWK): Algorithm | undefined {
  const algorithm = kty === 'RSA' ? 'RS256' : kty === 'EC' && crv === 'P-256' ? 'ES256' : undefined;
  if (use !== undefined && use !== 'sig') return undefined;
  if (alg !== undefined && alg !== algorithm) return undefined;
  if (operations !== undefined && !operations.includes('verify')) return undefined;
  return algorithm;
}

/** Checks the signature of a compact JWS with a key and the algorithm of that key. */
export type SignatureCheck = (token: string, key: JWK, algorithm: Algorithm) => Promise<boolean>;

/** Builds a check that imports each key once. */
export function createSignatureCheck(): SignatureCheck {
  const imported = new WeakMap<JWK, Promise<CryptoKey>>();
  return async (token, jwk, algorithm) => {
    try {
      const key = imported.get(jwk) ?? importPublicKey(jwk, algorithm);
      imported.set(jwk, key);
      await compactVerify(token, await key, { algorithms: [algorithm] });
      return true;
    } catch {
      return false;
    }
  };
}

/** Only the public members, so that a set with private ones does no harm. */
function importPublicKey({ kty, n, e, crv, x, y }: JWK, algorithm: Algorithm): Promise<CryptoKey> {
  const members = kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y };
  return importJWK(members as JWK & { kty: 'RSA' | 'EC' }, algorithm);
}
