/** A login with username and password: the same answer after the same time, whoever was meant (OWASP ASVS 5 V6.3.8). */
import type { Clock } from '../shared/clock.ts';
import { type Account, isUsable } from './account.ts';
import { verifyPassword } from './password.ts';
import { createSlots } from './slots.ts';
import type { AccountStore } from './store.ts';

/** Longest that is looked at, in characters. */
const maxUsername = 255;
const maxPassword = 1024;

/** Password checks at a time and waiting ones: signing tokens needs the same threads, and must not queue behind a flood of logins. */
const checks = { concurrent: 2, waiting: 40 };

interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** `rejected` does not say why; `busy`: nothing was checked, the same credentials may be tried again in seconds. */
export type LoginOutcome =
  | { readonly kind: 'accepted'; readonly account: Account }
  | { readonly kind: 'rejected' }
  | { readonly kind: 'busy' };

export interface LoginDeps {
  readonly accounts: AccountStore;
  readonly clock: Clock;
}

export type Authenticate = (credentials: Credentials) => Promise<LoginOutcome>;

export function createAuthenticate({ accounts, clock }: LoginDeps): Authenticate {
  const slots = createSlots(checks);
  return async ({ username, password }) => {
    const plausible = isPlausible(username, maxUsername) && isPlausible(password, maxPassword);
    const known = plausible ? await accounts.findByUsername(username) : undefined;
    const checked = await slots.run(() => verifyPassword(known?.passwordHash ?? null, plausible ? password : ''));
    if (!checked.ok) return { kind: 'busy' };
    const accepted = checked.value && known !== undefined && isUsable(known.account, clock.now());
    return accepted ? { kind: 'accepted', account: known.account } : { kind: 'rejected' };
  };
}

/** What cannot be anybody's is checked like an unknown name, so that it takes as long. */
function isPlausible(text: string, max: number): boolean {
  return text.length > 0 && text.length <= max && !text.includes('\0');
}
