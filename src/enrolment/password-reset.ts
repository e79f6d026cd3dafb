/** New passwords by a link in a mail: for who forgot one, and for who has none yet. */
import { hashPassword } from '../accounts/password.ts';
import { checkPassword, type PasswordFault } from '../authentication/password-rules.ts';
import { err, ok, type Result } from '../shared/result.ts';

export interface ResetTicket {
  readonly accountId: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string;
  /** Where to go afterwards: a path of a page of ours. */
  readonly to: string;
}

export interface PasswordResetStore {
  /** A mail for each account that may have one; nothing for a text that is nobody's. */
  sendLinks(usernameOrEmail: string): Promise<void>;
  find(secret: string): Promise<ResetTicket | undefined>;
  /** Uses the link up and takes back everything that was issued; undefined: another was faster, or the account may not be used. */
  set(secret: string, hash: string, address: string | null): Promise<ResetTicket | undefined>;
}

export interface PasswordReset {
  /** Returns at once and alike for every text: the mails are written afterwards. */
  ask(usernameOrEmail: string): void;
  find(secret: string): Promise<ResetTicket | undefined>;
  set(
    secret: string,
    password: string,
    address: string | null,
  ): Promise<Result<ResetTicket, 'unknown' | PasswordFault>>;
  /** Resolves when everything that was asked is written. */
  settled(): Promise<void>;
}

export interface PasswordResetDeps {
  readonly store: PasswordResetStore;
  /** Names of the service, which are no part of a good password. */
  readonly words: readonly string[];
  readonly onError: (error: unknown) => void;
}

export function createPasswordReset({ store, words, onError }: PasswordResetDeps): PasswordReset {
  const running = new Set<Promise<void>>();
  return {
    ask: (usernameOrEmail) => {
      const work = store
        .sendLinks(usernameOrEmail)
        .catch(onError)
        .finally(() => running.delete(work));
      running.add(work);
    },
    find: (secret) => store.find(secret),
    set: async (secret, password, address) => {
      const ticket = await store.find(secret);
      if (ticket === undefined) return err('unknown');
      const checked = checkPassword(password, { ...ticket, words });
      if (!checked.ok) return checked;
      const used = await store.set(secret, await hashPassword(checked.value), address);
      return used === undefined ? err('unknown') : ok(used);
    },
    settled: async () => {
      await Promise.all(running);
    },
  };
}
