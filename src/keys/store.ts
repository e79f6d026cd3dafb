/** What the life of signing keys needs of a database. */

import type { SigningKeyRecord } from './signing-key.ts';
import type { KeyStep } from './steps.ts';

export interface StoredKeys {
  /** Rises with every change. */
  readonly version: number;
  /** Newest first, removed ones too. */
  readonly keys: readonly SigningKeyRecord[];
}

/** Who changes keys, and why. */
export interface KeySignature {
  /** `operator` for the command line, `schedule` for what the settings ask for, `account:<id>` for who did it on a page. */
  readonly actor: 'operator' | 'schedule' | `account:${string}`;
  readonly reason: string | null;
  /** Who did it on a page: for the audit log, from which it goes with the account. */
  readonly person?: { readonly name: `user:${string}`; readonly address: string | null };
}

/** The keys within one transaction, which no other writer runs beside. */
export interface KeySession {
  readonly keys: readonly SigningKeyRecord[];
  /** Also writes the history; `now` in ms since the epoch. */
  write(steps: readonly KeyStep[], by: KeySignature, now: number): Promise<void>;
  /** When the last of the access tokens expires that were issued up to an instant, by the issue log; null: there is none. */
  lastExpiry(issuedUntil: number): Promise<number | null>;
}

export interface KeyHistoryEntry {
  readonly kid: string;
  readonly action: KeyStep['action'];
  readonly at: number;
  readonly takesEffectAt: number | null;
  readonly actor: string;
  readonly reason: string | null;
}

export interface KeyStore {
  read(): Promise<StoredKeys>;
  change<T>(work: (session: KeySession) => Promise<T>): Promise<T>;
  /** Oldest first. */
  history(): Promise<readonly KeyHistoryEntry[]>;
}
