/** Makes signing keys and signs with them, here or in the device of a key module: the one place that knows where a private key is. */
import { type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { SigningAlgorithm, SigningKey } from '../issuance/sign.ts';
import { AppError } from '../shared/errors.ts';
import type { KeyModule, RemoteSigner } from './key-module.ts';
import { generatePair, toPublicJwk } from './key-pair.ts';
import type { KeySealer } from './seal.ts';
import type { SigningKeyRecord } from './signing-key.ts';

const signAsync = promisify(sign);

export interface KeyProvider {
  /** A new key, published from `now` on; it does not sign yet. */
  make(alg: SigningAlgorithm, now: number): Promise<SigningKeyRecord>;
  /** Throws `keys_invalid` when the key cannot be had: another secret, no module, a device that does not answer. */
  open(key: SigningKeyRecord): Promise<SigningKey>;
}

export interface KeyProviderDeps {
  readonly sealer: KeySealer;
  /** Null: new keys are made here and encrypted. */
  readonly module: KeyModule | null;
}

export function createKeyProvider({ sealer, module }: KeyProviderDeps): KeyProvider {
  const makeHere = async (alg: SigningAlgorithm) => {
    const { privateKey, publicJwk } = await generatePair(alg);
    return { publicJwk, sealed: await sealer.seal(publicJwk.kid, privateKey), reference: null };
  };
  const makeThere = async (alg: SigningAlgorithm, there: KeyModule) => {
    const { publicJwk, reference } = await there.createSigner({ alg, reference: null });
    return { publicJwk: await toPublicJwk(alg, publicJwk), sealed: null, reference };
  };
  return {
    async make(alg, now) {
      const made = await (module === null ? makeHere(alg) : makeThere(alg, module));
      const times = { createdAt: now, publishedAt: now, activatesAt: null, retiresAt: null, removedAt: null };
      return { ...made, ...times, kid: made.publicJwk.kid, alg, isDevelopment: false, isCompromised: false };
    },
    async open({ kid, alg, sealed, reference, publicJwk }) {
      if (sealed !== null) return localKey(kid, alg, await sealer.unseal(kid, sealed));
      if (reference === null) throw new AppError('keys_invalid', `signing key \`${kid}\` was erased`);
      if (module === null) {
        throw new AppError(
          'keys_invalid',
          `signing key \`${kid}\` is in a device, expected its module in \`SLUICE_KEYS_MODULE\``,
        );
      }
      const signer = await module.createSigner({ alg, reference });
      if (!isSame(await toPublicJwk(alg, signer.publicJwk, kid), publicJwk)) {
        throw new AppError(
          'keys_invalid',
          `the key module (\`SLUICE_KEYS_MODULE\`) gives another key than \`${kid}\` for \`${reference}\``,
        );
      }
      return remoteKey(kid, alg, signer, publicJwk.n);
    },
  };
}

function isSame(a: object, b: object): boolean {
  const text = (jwk: object) => JSON.stringify(Object.entries(jwk).toSorted());
  return text(a) === text(b);
}

/** The signature runs in the thread pool. */
function localKey(kid: string, alg: SigningAlgorithm, privateKey: KeyObject): SigningKey {
  // RFC 7518 section 3.4: an ES256 signature is R and S, not DER.
  const key = alg === 'ES256' ? ({ key: privateKey, dsaEncoding: 'ieee-p1363' } as const) : privateKey;
  const signatureBytes = alg === 'ES256' ? 64 : (privateKey.asymmetricKeyDetails?.modulusLength ?? 2048) / 8;
  return { kid, signatureBytes, sign: (input) => signAsync('sha256', input, key as KeyObject) };
}

function remoteKey(kid: string, alg: SigningAlgorithm, signer: RemoteSigner, modulus: string | undefined): SigningKey {
  const signatureBytes = alg === 'ES256' ? 64 : Buffer.from(modulus ?? '', 'base64url').length;
  return {
    kid,
    signatureBytes,
    sign: (input) =>
      signer.sign(alg, input).catch((cause: unknown) => {
        throw new AppError('signing_unavailable', `the key module does not sign with \`${kid}\``, { cause });
      }),
  };
}
