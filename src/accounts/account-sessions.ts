/** The browsers that an account is signed in with, and the end of these sessions (OWASP ASVS 5 V7.4). */
import type { ChangeContext } from './actor.ts';

/** Times in milliseconds since the epoch. */
export interface AccountSession {
  /** No other session ever has it. */
  readonly uid: string;
  readonly signedInAt: number;
  readonly expiresAt: number | null;
  /** Authentication context class of the login. */
  readonly acr: string | null;
  /** Name of the upstream provider; null: with a secret of this server, or not known. */
  readonly upstream: string | null;
  /** Family of browser and system; null: not recognised. */
  readonly agent: string | null;
  /** Network address of the login. */
  readonly address: string | null;
  /** Ids of the clients that signed in by it. */
  readonly clients: readonly string[];
}

export interface AccountSessions {
  /** Those that have not ended, newest first; at most 200. */
  list(accountId: string): Promise<readonly AccountSession[]>;
  /** Ends one at once, and tells its services; false: the account has none of this uid. */
  end(context: ChangeContext, accountId: string, uid: string): Promise<boolean>;
  /** Ends all but this one; answers how many. */
  endOthers(context: ChangeContext, accountId: string, uid: string): Promise<number>;
  /** Ends those that began with a login in this second since the epoch. */
  endOfLogin(context: ChangeContext, accountId: string, authTime: number): Promise<number>;
}
