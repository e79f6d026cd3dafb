/** The library signs ID and logout tokens with the issuer's present keys: it reads its keys once, ours change (oidc-provider-notes 22). */
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type Provider from 'oidc-provider';
import { ExternalSigningKey } from 'oidc-provider';
import type { SigningAlgorithm, SigningKey } from '../issuance/sign.ts';
import { AppError } from '../shared/errors.ts';
import { type LibraryKeys, replaceKeys } from './internals.ts';

type Jwk = Readonly<Record<string, string>> & { readonly kid: string; readonly alg: SigningAlgorithm };

/** The keys at the moment, the same object for as long as nothing changes. */
export interface ProviderKeys {
  current(): {
    readonly signing: Readonly<Partial<Record<SigningAlgorithm, SigningKey>>>;
    readonly publicJwks: { readonly keys: readonly Jwk[] };
    /** Keys of ID tokens that are still accepted as hints. */
    readonly hintJwks: readonly Jwk[];
  };
}

/** One of our keys as the library takes it; its name and its signature stay together when keys change meanwhile. */
class OwnSigningKey extends ExternalSigningKey {
  readonly #key: SigningKey;
  readonly #jwk: Jwk;

  constructor(key: SigningKey, jwk: Jwk) {
    super();
    this.#key = key;
    this.#jwk = jwk;
  }

  override get kid() {
    return this.#jwk.kid;
  }

  override get alg() {
    return this.#jwk.alg;
  }

  override keyObject() {
    return createPublicKey({ key: this.#jwk as JsonWebKey, format: 'jwk' });
  }

  override sign(data: Buffer | Uint8Array): Promise<Buffer> {
    return this.#key.sign(Buffer.from(data));
  }
}

/** The library's configuration needs keys to know the algorithms. */
export function presentKeys(keys: ProviderKeys): { keys: ExternalSigningKey[] } {
  return { keys: (['RS256', 'ES256'] as const).map((alg) => signingKey(keys, alg)) };
}

function signingKey(keys: ProviderKeys, alg: SigningAlgorithm): OwnSigningKey {
  const { signing, publicJwks } = keys.current();
  const key = signing[alg];
  const jwk = publicJwks.keys.find(({ kid }) => kid === key?.kid);
  if (key === undefined || jwk === undefined) {
    throw new AppError('signing_unavailable', `no ${alg} key can sign, expected an active one`);
  }
  return new OwnSigningKey(key, jwk);
}

/** Puts the present keys in the place of those that the library was made with. */
export function installKeys(provider: Provider, keys: ProviderKeys): void {
  const store: LibraryKeys = {
    selectForSign: ({ alg }) => (alg === 'RS256' || alg === 'ES256' ? [signingKey(keys, alg)] : []),
    selectForVerify: ({ alg, kid }) =>
      keys.current().hintJwks.filter((jwk) => jwk.alg === alg && (kid === undefined || jwk.kid === kid)),
    // We publish no key to encrypt for.
    selectForDecrypt: () => [],
    getKeyObject: (key) => key,
  };
  replaceKeys(provider, store);
}
