/** An issuer's current keys: from memory, from disk, from the network, in this order (wlcg-tokens.md section 6, W-RS-8, I-KID). */
import type { JWK } from 'jose';
import type { Clock } from '../shared/clock.ts';
import { err, ok, type Result } from '../shared/result.ts';
import type { JwksCache } from './jwks-cache.ts';
import { type JwkSet, keysNamed } from './public-key.ts';

export type KeyFailure = 'keys_unavailable' | 'key_unknown';

export interface KeySource {
  /** The keys with this `kid`, at least one. */
  readonly find: (kid: string) => Promise<Result<readonly JWK[], KeyFailure>>;
}

/** Times of the key cache; the defaults are those of wlcg-tokens.md section 6. */
export interface KeyTimes {
  /** Age at which keys are fetched again; also the time in which a withdrawn key is noticed. */
  readonly refreshSeconds: number;
  /** Age up to which keys are used while the issuer cannot be reached. */
  readonly expirySeconds: number;
  /** An unknown `kid` makes the keys be fetched at most once in this time. */
  readonly unknownKidSeconds: number;
}

export const defaultKeyTimes: KeyTimes = {
  refreshSeconds: 6 * 3600,
  expirySeconds: 2 * 86_400,
  unknownKidSeconds: 300,
};

export interface KeySourceDeps {
  readonly issuer: string;
  readonly clock: Clock;
  readonly times: KeyTimes;
  readonly cache: JwksCache;
  /** Rejects when the issuer cannot be reached. */
  readonly download: () => Promise<JwkSet>;
  /** Told of failures that do not stop validation: no network, an unwritable cache. */
  readonly onFault: (fault: unknown) => void;
}

/** A source of fixed keys, for work without a network. */
export function createStaticKeySource(keys: JwkSet): KeySource {
  return { find: async (kid) => orUnknown(keysNamed(keys, kid)) };
}

interface HeldKeys {
  readonly keys: JwkSet;
  /** Milliseconds, both. */
  readonly refreshAt: number;
  readonly expiresAt: number;
}

/** Before the first load: expired since ever. */
const noKeys: HeldKeys = { keys: { keys: [] }, refreshAt: -Infinity, expiresAt: -Infinity };

/** After a failed fetch without any valid key, seconds to the next attempt. */
const retrySeconds = 5;

/** A source that follows an issuer's rotation. */
export function createKeySource(deps: KeySourceDeps): KeySource {
  const { clock, times } = deps;
  let held = noKeys;
  let nextAttemptAt = 0;
  let nextUnknownKidAt = 0;
  /** Ended ones. */
  let fetches = 0;
  let loading: Promise<void> | undefined;
  let fetching: Promise<void> | undefined;

  const isUsable = () => clock.now() < held.expiresAt;
  const isFresh = () => clock.now() < held.refreshAt;

  async function fetchKeys(): Promise<void> {
    try {
      held = await keep(await deps.download(), deps);
    } catch (fault) {
      deps.onFault(fault);
      nextAttemptAt = clock.now() + (isUsable() ? times.unknownKidSeconds : retrySeconds) * 1000;
    } finally {
      fetches += 1;
    }
  }

  /** Callers at the same time share one fetch. */
  function fetchOnce(): Promise<void> {
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined;
    });
    return fetching;
  }

  async function load(): Promise<void> {
    const stored = await findOnDisk(deps);
    if (stored.expiresAt > held.expiresAt) held = stored;
    if (!isFresh()) await fetchOnce();
  }

  async function refresh(): Promise<void> {
    if (isFresh() || clock.now() < nextAttemptAt) return;
    loading ??= load().finally(() => {
      loading = undefined;
    });
    await loading;
  }

  return {
    find: async (kid) => {
      const fetchesBefore = fetches;
      await refresh();
      if (!isUsable()) return err('keys_unavailable');
      const known = keysNamed(held.keys, kid);
      if (known.length > 0 || fetches !== fetchesBefore) return orUnknown(known);
      if (fetching === undefined && clock.now() < nextUnknownKidAt) return err('key_unknown');
      nextUnknownKidAt = clock.now() + times.unknownKidSeconds * 1000;
      await fetchOnce();
      return orUnknown(keysNamed(held.keys, kid));
    },
  };
}

function orUnknown(keys: readonly JWK[]): Result<readonly JWK[], KeyFailure> {
  return keys.length > 0 ? ok(keys) : err('key_unknown');
}

/** Fetched keys with their dates, also on disk for the next start. */
async function keep(keys: JwkSet, { issuer, clock, times, cache, onFault }: KeySourceDeps): Promise<HeldKeys> {
  const refreshAt = clock.now() + times.refreshSeconds * 1000;
  const expiresAt = clock.now() + times.expirySeconds * 1000;
  const entry = { expiration: Math.floor(expiresAt / 1000), jwks: keys };
  await cache.store(issuer, entry, Math.floor(refreshAt / 1000)).catch(onFault);
  return { keys, refreshAt, expiresAt };
}

/** The age of keys on disk is taken from their expiration, as J-1 lets readers ignore `next_update`. */
async function findOnDisk({ issuer, clock, times, cache }: KeySourceDeps): Promise<HeldKeys> {
  const entry = await cache.find(issuer, clock.now());
  if (entry === undefined) return noKeys;
  const expiresAt = entry.expiration * 1000;
  const byAge = expiresAt - (times.expirySeconds - times.refreshSeconds) * 1000;
  return { keys: entry.jwks, expiresAt, refreshAt: Math.min(byAge, clock.now() + times.refreshSeconds * 1000) };
}
