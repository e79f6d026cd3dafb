/** New key pairs: RSA with 2048 bits and EC with P-256, named by their RFC 7638 thumbprint (W-ISS-2, W-KEY-1). */
import { createPublicKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';
import type { SigningAlgorithm } from '../issuance/sign.ts';
import type { PublicJwk } from './signing-key.ts';

const generate = promisify(generateKeyPair);

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

export async function generatePair(alg: SigningAlgorithm): Promise<KeyPair> {
  const { privateKey } =
    alg === 'RS256' ? await generate('rsa', { modulusLength: 2048 }) : await generate('ec', { namedCurve: 'P-256' });
  return { privateKey, publicJwk: await toPublicJwk(alg, createPublicKey(privateKey).export({ format: 'jwk' })) };
}

/** Only the public members, whatever else the key holds. */
export async function toPublicJwk(alg: SigningAlgorithm, jwk: JsonWebKey, kid?: string): Promise<PublicJwk> {
  const names = alg === 'RS256' ? (['kty', 'n', 'e'] as const) : (['kty', 'crv', 'x', 'y'] as const);
  const bare = Object.fromEntries(names.map((name) => [name, String(jwk[name])]));
  return { ...bare, use: 'sig', alg, kid: kid ?? (await calculateJwkThumbprint(bare)) };
}
