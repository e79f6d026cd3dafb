/** The issuer's keys at an instant: one signs per algorithm, all that are not removed are published (W-KEY-1, W-KEY-3). */
import type { SigningAlgorithm, SigningKey } from '../issuance/sign.ts';
import { algorithms, type PublicJwk, type SigningKeyRecord, signingKeyAt, stateAt } from './signing-key.ts';

export interface KeySet {
  /** The key that signs, per algorithm; absent when there is none or it cannot be had. */
  readonly signing: Readonly<Partial<Record<SigningAlgorithm, SigningKey>>>;
  /** Published, active and retired keys, newest first: what the JWKS endpoint answers. */
  readonly publicJwks: { readonly keys: readonly PublicJwk[] };
  /** These and the removed ones that were not compromised: an ID token is a hint for as long as its session lasts. */
  readonly hintJwks: readonly PublicJwk[];
}

export function keySetAt(
  keys: readonly SigningKeyRecord[],
  opened: ReadonlyMap<string, SigningKey>,
  now: number,
): KeySet {
  const published = keys.filter((key) => stateAt(key, now) !== 'removed').toSorted(newestFirst);
  const forHints = keys.filter((key) => stateAt(key, now) !== 'removed' || !key.isCompromised);
  const signing = algorithms.flatMap((alg) => {
    const key = opened.get(signingKeyAt(keys, alg, now)?.kid ?? '');
    return key === undefined ? [] : [[alg, key] as const];
  });
  return {
    signing: Object.fromEntries(signing),
    publicJwks: { keys: published.map(({ publicJwk }) => publicJwk) },
    hintJwks: forHints.map(({ publicJwk }) => publicJwk),
  };
}

/** The order of the JWKS must not depend on who reads it. */
function newestFirst(a: SigningKeyRecord, b: SigningKeyRecord): number {
  return b.createdAt - a.createdAt || (a.kid < b.kid ? -1 : 1);
}
