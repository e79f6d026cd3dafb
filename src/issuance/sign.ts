/** Signs JWTs with the active keys: RS256 or ES256, header `typ` `JWT` and `kid` (W-ISS-1 to W-ISS-3). */
import { AppError } from '../shared/errors.ts';
import { base64urlCharacters } from '../tokens/size.ts';

export type SigningAlgorithm = 'RS256' | 'ES256';

/** A private key in use, wherever it is. */
export interface SigningKey {
  readonly kid: string;
  readonly signatureBytes: number;
  /** The signature of RFC 7518 section 3; rejects with `signing_unavailable`. */
  sign(input: Buffer): Promise<Buffer>;
}

/** The keys that sign at the moment: the same object for as long as nothing changes. */
export interface SigningKeySource {
  current(): { readonly signing: Readonly<Partial<Record<SigningAlgorithm, SigningKey>>> };
}

/** `sign(alg, claims)` resolves to the compact JWT; the signature does not hold up the process. */
export interface TokenSigner {
  /** `typ` of the header is `JWT` unless said otherwise, e.g. `at+jwt` (W-ISS-3). */
  sign(alg: SigningAlgorithm, claims: object, typ?: string): Promise<string>;
  /** Characters of header, signature and dots. */
  frameCharacters(alg: SigningAlgorithm): number;
}

/** The header of a key never changes, so it is encoded once. Throws `signing_unavailable` when no key signs. */
export function createTokenSigner(keys: SigningKeySource): TokenSigner {
  const prepared = new WeakMap<SigningKey, Prepared>();
  const find = (alg: SigningAlgorithm): Prepared => {
    const key = keys.current().signing[alg];
    if (key === undefined) throw new AppError('signing_unavailable', `no ${alg} key can sign, expected an active one`);
    const known = prepared.get(key) ?? prepare(alg, key);
    prepared.set(key, known);
    return known;
  };
  return {
    frameCharacters: (alg) => find(alg).frameCharacters,
    async sign(alg, claims, typ) {
      const { key, header } = find(alg);
      const head = typ === undefined ? header : headerOf(alg, key.kid, typ);
      const input = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      const signature = await key.sign(Buffer.from(input));
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}

interface Prepared {
  readonly key: SigningKey;
  readonly header: string;
  readonly frameCharacters: number;
}

function prepare(alg: SigningAlgorithm, key: SigningKey): Prepared {
  const header = headerOf(alg, key.kid, 'JWT');
  return { key, header, frameCharacters: header.length + base64urlCharacters(key.signatureBytes) + 2 };
}

function headerOf(alg: SigningAlgorithm, kid: string, typ: string): string {
  return Buffer.from(JSON.stringify({ alg, typ, kid })).toString('base64url');
}
