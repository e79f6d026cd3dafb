/** The second factors of an account, and the interface of their store. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';

/** Times in milliseconds since the epoch. */
export interface Passkey {
  /** Credential id as base64url. */
  readonly id: string;
  readonly name: string;
  /** It may be copied to other devices of its owner. */
  readonly synced: boolean;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/** What may be shown of the factors of an account. */
export interface Factors {
  readonly passkeys: readonly Passkey[];
  readonly oneTimeCode: { readonly createdAt: number; readonly lastUsedAt: number | null } | null;
  readonly recoveryCodesLeft: number;
}

export function hasFactor({ passkeys, oneTimeCode }: Factors): boolean {
  return passkeys.length > 0 || oneTimeCode !== null;
}

/** With what a signature is checked. */
export interface StoredPasskey {
  readonly id: string;
  readonly accountId: string;
  readonly userHandle: string;
  readonly publicKey: Uint8Array<ArrayBuffer>;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly synced: boolean;
}

export interface NewPasskey extends StoredPasskey {
  readonly name: string;
}

export interface NewOneTimeCode {
  readonly sealed: string;
  /** Of the code that proved that the app has the secret. */
  readonly lastStep: number;
}

/** Each change is one transaction with its audit entry and the mail to whom the account belongs. `now`: milliseconds since the epoch. */
export interface FactorStore {
  read(accountId: string): Promise<Factors>;
  hasFactor(accountId: string): Promise<boolean>;
  oneTimeCode(accountId: string): Promise<{ readonly sealed: string; readonly lastStep: number } | undefined>;
  /** False: the step or a later one was used before, whoever asked at the same time. */
  useStep(accountId: string, step: number, now: number): Promise<boolean>;
  /** Accounts with one-time codes, by id; at most `limit` of those after `after`. */
  sealedAfter(
    after: string,
    limit: number,
  ): Promise<readonly { readonly accountId: string; readonly sealed: string }[]>;
  /** The same secret under a newer key. */
  replaceSealed(accountId: string, before: string, sealed: string): Promise<void>;
  /** False: no such code, or it was used. */
  useRecoveryCode(accountId: string, codeHash: string, now: number): Promise<boolean>;
  passkey(id: string): Promise<StoredPasskey | undefined>;
  passkeysOf(accountId: string): Promise<readonly StoredPasskey[]>;
  /** False: it is gone, or the device's count did not grow, which a copy of it would show by. */
  usePasskey(id: string, counter: number, now: number): Promise<boolean>;

  /** Recovery codes are put in the place of those before; null: those stay. */
  setOneTimeCode(
    context: ChangeContext,
    accountId: string,
    code: NewOneTimeCode,
    recovery: readonly string[] | null,
    now: number,
  ): Promise<void>;
  removeOneTimeCode(context: ChangeContext, accountId: string, now: number): Promise<boolean>;
  addPasskey(
    context: ChangeContext,
    passkey: NewPasskey,
    recovery: readonly string[] | null,
    now: number,
  ): Promise<PeopleAnswer<null>>;
  /** Refuses `in-use` for the last way in. */
  removePasskey(context: ChangeContext, accountId: string, id: string, now: number): Promise<PeopleAnswer<null>>;
  setRecoveryCodes(context: ChangeContext, accountId: string, recovery: readonly string[], now: number): Promise<void>;
  /** One-time codes and recovery codes, and the passkeys where another way in is left; refuses `not-found` when there was none. */
  removeAll(context: ChangeContext, accountId: string, now: number): Promise<PeopleAnswer<null>>;
}
