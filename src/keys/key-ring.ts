/** The keys that a process holds: what the database says, with the private keys opened, judged by the clock at each use. */
import type { SigningKey } from '../issuance/sign.ts';
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { KeyProvider } from './key-provider.ts';
import { type KeySet, keySetAt } from './key-set.ts';
import { algorithms, nextChange, type SigningKeyRecord, signingKeyAt, stateAt } from './signing-key.ts';
import type { StoredKeys } from './store.ts';

/** Where everything that signs or verifies gets its keys: the same object for as long as nothing changes. */
export interface KeySource {
  current(): KeySet;
}

export interface KeyRing extends KeySource {
  /** Takes over what the database has; keys that cannot be opened are told to `onFault` and are published all the same. */
  replace(stored: StoredKeys): Promise<void>;
  /** Version of the database's keys that are held; 0 before the first. */
  version(): number;
  records(): readonly SigningKeyRecord[];
  /** Throws `keys_missing` or `keys_invalid` when this process could not sign with each algorithm, now or at the next change. */
  requireUsable(): Promise<void>;
}

export interface KeyRingDeps {
  readonly clock: Clock;
  readonly provider: Pick<KeyProvider, 'open'>;
  readonly onFault: (error: unknown) => void;
}

export function createKeyRing({ clock, provider, onFault }: KeyRingDeps): KeyRing {
  let stored: StoredKeys = { version: 0, keys: [] };
  let opened: ReadonlyMap<string, SigningKey> = new Map();
  let present: { set: KeySet; from: number; until: number } | undefined;

  return {
    current() {
      const now = clock.now();
      if (present === undefined || now < present.from || now >= present.until) {
        present = { set: keySetAt(stored.keys, opened, now), from: now, until: nextChange(stored.keys, now) };
      }
      return present.set;
    },
    async replace(found) {
      const toSign = found.keys.filter((key) => ['published', 'active'].includes(stateAt(key, clock.now())));
      const entries = await Promise.all(
        toSign.map(async (key) => {
          const held = opened.get(key.kid) ?? (await provider.open(key).catch(onFault));
          return held ? [[key.kid, held] as const] : [];
        }),
      );
      opened = new Map(entries.flat());
      stored = found;
      present = undefined;
    },
    version: () => stored.version,
    records: () => stored.keys,
    async requireUsable() {
      const now = clock.now();
      for (const alg of algorithms) {
        const key = signingKeyAt(stored.keys, alg, now);
        if (key === undefined) throw new AppError('keys_missing', `no ${alg} key signs, expected an active one`);
        // Says what is the matter with it.
        if (!opened.has(key.kid)) await provider.open(key);
      }
    },
  };
}
