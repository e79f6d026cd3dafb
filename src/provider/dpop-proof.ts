/** The proof of a key beside an access token, where this server is what the token is for (RFC 9449 sections 4.3 and 7.1). */
import { hash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, type JWK, type JWTPayload, jwtVerify } from 'jose';
import type { Context } from 'koa';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Clock } from '../shared/clock.ts';

/** Algorithms of proofs. */
export const dpopAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'] as const;

/** A proof is made for one request; clocks may differ by so much, in seconds. */
const longestAgeSeconds = 60;

export interface ProofDeps {
  /** The address asked for, as the metadata says it. */
  readonly url: string;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
}

/** Whether the request carries a proof of the key `thumbprint`, for this token, address and method, that was not used before. */
export async function provesKey(ctx: Context, token: string, thumbprint: string, deps: ProofDeps): Promise<boolean> {
  const proof = await readProof(ctx.get('dpop'));
  if (proof === undefined || (await calculateJwkThumbprint(proof.jwk)) !== thumbprint) return false;
  const { htm, htu, ath, iat, jti } = proof.claims;
  const now = deps.clock.now();
  if (htm !== ctx.method || !isSameAddress(htu, deps.url)) return false;
  if (ath !== hash('sha256', token, 'base64url')) return false;
  if (typeof iat !== 'number' || Math.abs(now / 1000 - iat) > longestAgeSeconds) return false;
  if (typeof jti !== 'string' || jti === '') return false;
  const id = JSON.stringify(['dpop', thumbprint, jti]);
  return deps.artifacts.insert('ReplayDetection', id, {}, now + 2 * longestAgeSeconds * 1000);
}

/** A signature by the public key in its own header; undefined for anything else. */
async function readProof(text: string): Promise<{ jwk: JWK; claims: JWTPayload } | undefined> {
  try {
    const verified = await jwtVerify(text, EmbeddedJWK, { algorithms: [...dpopAlgorithms], typ: 'dpop+jwt' });
    return { jwk: verified.protectedHeader.jwk as JWK, claims: verified.payload };
  } catch {
    return undefined;
  }
}

/** Query and fragment do not count. */
function isSameAddress(htu: unknown, url: string): boolean {
  const asked = typeof htu === 'string' ? URL.parse(htu) : null;
  return asked !== null && asked.origin + asked.pathname === url;
}
