/** What the use cases need to know about accounts; implemented by storage. */
import type { Account } from './account.ts';

/** For a login only. */
export interface AccountWithPassword {
  readonly account: Account;
  readonly passwordHash: string | null;
}

export interface AccountStore {
  /** With memberships, in one indexed read. */
  findById(id: string): Promise<Account | undefined>;
  findByUsername(username: string): Promise<AccountWithPassword | undefined>;
}
