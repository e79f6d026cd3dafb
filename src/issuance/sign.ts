/** Signs JWTs with the active keys: RS256 or ES256, header `typ` `JWT` and `kid` (W-ISS-1 to W-ISS-3). */
import { type KeyObject, type SignKeyObjectInput, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { base64urlCharacters } from '../tokens/size.ts';

const signAsync = promisify(sign) as (algorithm: string, data: Buffer, key: SigningInput) => Promise<Buffer>;

type SigningInput = KeyObject | SignKeyObjectInput;

export type SigningAlgorithm = 'RS256' | 'ES256';

/** A private key in use. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** `sign(alg, claims)` resolves to the compact JWT; the signature runs in the thread pool. */
export interface TokenSigner {
  /** `typ` of the header is `JWT` unless said otherwise, e.g. `at+jwt` (W-ISS-3). */
  sign(alg: SigningAlgorithm, claims: object, typ?: string): Promise<string>;
  /** Characters of header, signature and dots. */
  frameCharacters(alg: SigningAlgorithm): number;
}

/** The header of a key never changes, so it is encoded once. */
export function createTokenSigner(keys: Readonly<Record<SigningAlgorithm, SigningKey>>): TokenSigner {
  const prepared = {
    RS256: prepare('RS256', keys.RS256),
    ES256: prepare('ES256', keys.ES256),
  };
  return {
    frameCharacters: (alg) => prepared[alg].frameCharacters,
    async sign(alg, claims, typ) {
      const { key, kid } = prepared[alg];
      const header = typ === undefined ? prepared[alg].header : headerOf(alg, kid, typ);
      const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      const signature = await signAsync('sha256', Buffer.from(input), key);
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}

interface Prepared {
  readonly kid: string;
  readonly header: string;
  readonly key: SigningInput;
  readonly frameCharacters: number;
}

function prepare(alg: SigningAlgorithm, { kid, privateKey }: SigningKey): Prepared {
  const signatureBytes = alg === 'ES256' ? 64 : (privateKey.asymmetricKeyDetails?.modulusLength ?? 2048) / 8;
  const header = headerOf(alg, kid, 'JWT');
  // RFC 7518 section 3.4: an ES256 signature is R and S, not DER.
  return {
    kid,
    header,
    key: alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' } : privateKey,
    frameCharacters: header.length + base64urlCharacters(signatureBytes) + 2,
  };
}

function headerOf(alg: SigningAlgorithm, kid: string, typ: string): string {
  return Buffer.from(JSON.stringify({ alg, typ, kid })).toString('base64url');
}
