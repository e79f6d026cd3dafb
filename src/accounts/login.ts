/** A login with username and password: the same answer after the same time, whoever was meant (OWASP ASVS 5 V6.3.8). */
import type { AttemptGuard } from '../authentication/attempts.ts';
import type { Clock } from '../shared/clock.ts';
import { type Account, isUsable } from './account.ts';
import { hashPassword, ignoresEnd, needsRehash, verifyPassword } from './password.ts';
import { createSlots } from './slots.ts';
import type { AccountStore, AccountWithPassword } from './store.ts';

/** Longest that is looked at, in characters. */
const maxUsername = 255;
const maxPassword = 1024;

/** Password checks at a time and waiting ones: signing tokens needs the same threads, and must not queue behind a flood of logins. */
const checks = { concurrent: 2, waiting: 40 };

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** Where a login comes from; what slows guessing down depends on it. */
export interface LoginOrigin {
  /** As `src/http/client-network.ts` counts it; empty: not known. */
  readonly network: string;
  /** Name of this browser if it was signed in to the account before. */
  readonly knownTo: (accountId: string) => string | null;
}

/** `rejected` does not say why; `busy`: nothing was checked, the same credentials may be tried again in seconds; `delayed`: too many failures before. */
export type LoginOutcome =
  | { readonly kind: 'accepted'; readonly account: Account }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'delayed'; readonly seconds: number };

export interface PasswordStore {
  /** Puts a new hash of the same password in the place of an old one; does nothing when the password was changed meanwhile. */
  replaceHash(accountId: string, before: string, hash: string): Promise<void>;
  /** The highest cost among bcrypt hashes of accounts, as it was some minutes ago at most; null: there is none. */
  bcryptCost(): Promise<number | null>;
}

export interface LoginDeps {
  readonly accounts: AccountStore;
  readonly passwords: PasswordStore;
  readonly attempts: AttemptGuard;
  readonly clock: Clock;
}

export type Authenticate = (credentials: Credentials, origin: LoginOrigin) => Promise<LoginOutcome>;

export function createAuthenticate({ accounts, passwords, attempts, clock }: LoginDeps): Authenticate {
  const slots = createSlots(checks);
  return async ({ username, password }, { network, knownTo }) => {
    const plausible = isPlausible(username, maxUsername) && isPlausible(password, maxPassword);
    const known = plausible ? await accounts.findByUsername(username) : undefined;
    const browser = known === undefined ? null : knownTo(known.account.id);
    const guessed = plausible ? username : '';
    const seconds = await attempts.wait(guessed, { network, browser });
    if (seconds > 0) return { kind: 'delayed', seconds };
    const bcryptCost = await passwords.bcryptCost();
    const checked = await slots.run(async (): Promise<LoginOutcome> => {
      // An attempt counts as a failure until it is known to be none: those that queue must not count as failures of each other.
      const attempt = await attempts.password(guessed, { network, browser });
      if (!attempt.ok) return { kind: 'delayed', seconds: attempt.error };
      const matches = await verifyPassword(known?.passwordHash ?? null, plausible ? password : '', bcryptCost);
      if (!matches || known === undefined || !isUsable(known.account, clock.now())) return { kind: 'rejected' };
      await attempt.value.succeeded();
      return { kind: 'accepted', account: known.account };
    });
    if (!checked.ok) return { kind: 'busy' };
    if (checked.value.kind === 'accepted' && known !== undefined) await renewHash(known, password);
    return checked.value;
  };

  /** Only now is the password known: hashes of imports and of weaker parameters end here. */
  async function renewHash({ account, passwordHash }: AccountWithPassword, password: string): Promise<void> {
    if (passwordHash === null || !needsRehash(passwordHash) || ignoresEnd(passwordHash, password)) return;
    // When many wait, another login will do.
    const renewed = await slots.run(() => hashPassword(password));
    if (renewed.ok) await passwords.replaceHash(account.id, passwordHash, renewed.value);
  }
}

/** What cannot be anybody's is checked like an unknown name, so that it takes as long. */
function isPlausible(text: string, max: number): boolean {
  return text.length > 0 && text.length <= max && !text.includes('\0');
}
