/** Keys that never leave a device or service (PKCS#11, KMS): the module that an operator names in `SLUICE_KEYS_MODULE` makes them and signs with them. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import type { SigningAlgorithm } from '../issuance/sign.ts';
import { AppError } from '../shared/errors.ts';

/** One key of the device. */
export interface RemoteSigner {
  /** By which `createSigner` finds the key again in another process; no secret. */
  readonly reference: string;
  /** RSA of 2048 bits or more for RS256, P-256 for ES256. */
  readonly publicJwk: JsonWebKey;
  /**
   * The signature of RFC 7518 section 3: PKCS#1 v1.5 with SHA-256, or R and S of 32 bytes each with SHA-256. `input` is not
   * hashed yet. Rejects when the device does not answer; the request is then answered 503.
   */
  sign(alg: SigningAlgorithm, input: Buffer): Promise<Buffer>;
}

/** What the module exports: finds the key of a reference, or makes a new one when there is none. */
export interface KeyModule {
  createSigner(wanted: { readonly alg: SigningAlgorithm; readonly reference: string | null }): Promise<RemoteSigner>;
}

/** Throws `keys_invalid` for a file that is no such module. */
export async function loadKeyModule(path: string): Promise<KeyModule> {
  const exported = await import(pathToFileURL(path).href).catch((cause: unknown) => {
    throw new AppError('keys_invalid', `the module \`${path}\` cannot be loaded (\`SLUICE_KEYS_MODULE\`)`, { cause });
  });
  if (typeof exported.createSigner !== 'function') {
    throw new AppError(
      'keys_invalid',
      `the module \`${path}\` exports no function \`createSigner\`, expected one (\`SLUICE_KEYS_MODULE\`)`,
    );
  }
  return {
    createSigner: async (wanted) => {
      const signer: RemoteSigner = await exported.createSigner(wanted).catch((cause: unknown) => {
        throw failed(wanted.alg, 'gives no key', cause);
      });
      await check(wanted.alg, signer);
      return signer;
    },
  };
}

/** A signature that nobody could verify must not go out: a new key is tried before it is published. */
async function check(alg: SigningAlgorithm, signer: RemoteSigner): Promise<void> {
  const input = Buffer.from('sluice key check');
  const signature = await signer.sign(alg, input).catch((cause: unknown) => {
    throw failed(alg, 'does not sign', cause);
  });
  if (!isSignature(alg, signer.publicJwk, input, signature)) {
    throw failed(alg, `gives a signature that its public key does not verify, expected ${alg} of RFC 7518`);
  }
}

function isSignature(alg: SigningAlgorithm, jwk: JsonWebKey, input: Buffer, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    const fits =
      alg === 'RS256' ? key.asymmetricKeyType === 'rsa' : key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
    return fits && verify('sha256', input, alg === 'RS256' ? key : { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

function failed(alg: SigningAlgorithm, what: string, cause?: unknown): AppError {
  return new AppError('keys_invalid', `the key module (\`SLUICE_KEYS_MODULE\`) ${what} for ${alg}`, { cause });
}
