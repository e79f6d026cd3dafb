/** One signing key and its state, which follows from its times: published, active, retired, removed (W-KEY-3). Times are ms since the epoch. */
import type { SigningAlgorithm } from '../issuance/sign.ts';

export type KeyState = 'published' | 'active' | 'retired' | 'removed';

/** A public key as the JWKS endpoint shows it. */
export type PublicJwk = Readonly<Record<string, string>> & { readonly kid: string; readonly alg: SigningAlgorithm };

export interface SigningKeyRecord {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  readonly publicJwk: PublicJwk;
  /** The private key, encrypted (seal.ts); null: erased, or in a device. */
  readonly sealed: string | null;
  /** By which the module of `SLUICE_KEYS_MODULE` knows the key. */
  readonly reference: string | null;
  /** Made for development: production refuses it. */
  readonly isDevelopment: boolean;
  readonly createdAt: number;
  readonly publishedAt: number;
  /** Signs from then on; null: only published. */
  readonly activatesAt: number | null;
  /** Signs no longer, and is still published. */
  readonly retiresAt: number | null;
  /** No longer published. */
  readonly removedAt: number | null;
  /** Removed in an emergency: nothing that it signed counts any more. */
  readonly isCompromised: boolean;
}

export const algorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256'];

type Times = Pick<SigningKeyRecord, 'activatesAt' | 'retiresAt' | 'removedAt'>;

/** The same answer in every process at an instant, without a message between them. */
export function stateAt({ activatesAt, retiresAt, removedAt }: Times, now: number): KeyState {
  const isPast = (time: number | null) => time !== null && time <= now;
  if (isPast(removedAt)) return 'removed';
  if (isPast(retiresAt)) return 'retired';
  return isPast(activatesAt) ? 'active' : 'published';
}

/**
 * The key that signs at an instant: of the active ones the last that became so. A clock that was set back finds none; then the one
 * that is to be the first.
 */
export function signingKeyAt(
  keys: readonly SigningKeyRecord[],
  alg: SigningAlgorithm,
  now: number,
): SigningKeyRecord | undefined {
  const active = keys.filter((key) => key.alg === alg && stateAt(key, now) === 'active');
  return active.toSorted(byActivation).at(-1) ?? scheduledKeys(keys, alg, now)[0];
}

/** Keys that are to sign later, the next one first. */
export function scheduledKeys(
  keys: readonly SigningKeyRecord[],
  alg: SigningAlgorithm,
  now: number,
): readonly SigningKeyRecord[] {
  return keys
    .filter((key) => key.alg === alg && stateAt(key, now) === 'published' && key.activatesAt !== null)
    .toSorted(byActivation);
}

/** The next instant after `now` at which the state of any key changes; infinite when none does. */
export function nextChange(keys: readonly SigningKeyRecord[], now: number): number {
  const times = keys.flatMap(({ activatesAt, retiresAt, removedAt }) => [activatesAt, retiresAt, removedAt]);
  return Math.min(...times.filter((time) => time !== null && time > now).map(Number), Number.POSITIVE_INFINITY);
}

/** In the order in which they become active; of two at one instant every process takes the same. */
export function byActivation(a: SigningKeyRecord, b: SigningKeyRecord): number {
  return (a.activatesAt ?? 0) - (b.activatesAt ?? 0) || (a.kid < b.kid ? -1 : 1);
}
