/** DPoP proofs as a client makes them (RFC 9449 section 4). */
import { hash } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface DpopKey {
  readonly thumbprint: string;
  /** `claims` replace those of a good proof; a member that is undefined is left out. */
  proof(method: string, url: string | URL, claims?: Record<string, unknown>): Promise<string>;
  /** With the hash of the access token that it goes with. */
  proofWith(token: string, method: string, url: string | URL): Promise<string>;
}

export async function createDpopKey(): Promise<DpopKey> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = await exportJWK(publicKey);
  const proof: DpopKey['proof'] = (method, url, claims = {}) => {
    const all = {
      jti: crypto.randomUUID(),
      htm: method,
      htu: String(url),
      iat: Math.floor(Date.now() / 1000),
      ...claims,
    };
    return new SignJWT(JSON.parse(JSON.stringify(all)))
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .sign(privateKey);
  };
  return {
    thumbprint: await calculateJwkThumbprint(jwk),
    proof,
    proofWith: (token, method, url) => proof(method, url, { ath: hash('sha256', token, 'base64url') }),
  };
}
