/** Tokens of the issuer's own key for any scope at all: what the issuer would never sign, to show what a verifier makes of it. */
import { createPrivateKey, createPublicKey, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';

export interface HandSigner {
  readonly kid: string;
  /** PEM. */
  readonly publicKey: string;
  sign(scope: string, more?: Readonly<Record<string, unknown>>): Promise<string>;
}

/** `directory` holds the issuer's keys; of them the one with P-256, which libscitokens takes from a file. */
export async function createHandSigner(directory: string, issuer: string, audience: string): Promise<HandSigner> {
  const jwk = JSON.parse(await readFile(join(directory, 'development-es256.jwk.json'), 'utf8'));
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  return {
    kid: jwk.kid,
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
    sign: (scope, more = {}) =>
      new SignJWT({ 'wlcg.ver': '1.0', scope, jti: randomUUID(), ...more })
        .setProtectedHeader({ alg: 'ES256', kid: jwk.kid, typ: 'JWT' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject('by-hand')
        .setIssuedAt()
        .setNotBefore('0s')
        .setExpirationTime('10m')
        .sign(privateKey),
  };
}
