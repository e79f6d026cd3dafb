/** Makes guessing slow without shutting anybody out (OWASP ASVS 5 V6.3.1): who counts as one, and how long each has to wait. ADR 0012 says why. */
import { err, ok, type Result } from '../shared/result.ts';

/** How failures of one kind slow down. */
export interface Pace {
  /** So many are free; from then on each failure brings a wait. */
  readonly free: number;
  /** The first wait in seconds; each further one is twice as long. */
  readonly firstSeconds: number;
  readonly mostSeconds: number;
  /** So many seconds without a failure, and all is forgotten. */
  readonly forgetSeconds: number;
}

const hour = 3600;

export const paces = {
  /** Guesses for one account in a browser that was signed in to it before. */
  browser: { free: 5, firstSeconds: 5, mostSeconds: 900, forgetSeconds: 24 * hour },
  /** For one account from one network. */
  pair: { free: 5, firstSeconds: 5, mostSeconds: 900, forgetSeconds: hour },
  /** For one account from anywhere: the longest wait is short, as it is also the wait of whoever it belongs to, in a new browser. */
  account: { free: 30, firstSeconds: 2, mostSeconds: 60, forgetSeconds: hour },
  /** For any accounts from one network: institutes have one address for everybody. */
  network: { free: 50, firstSeconds: 10, mostSeconds: 600, forgetSeconds: hour / 4 },
  /** Second factors: whoever guesses here knows the password already. */
  code: { free: 5, firstSeconds: 30, mostSeconds: 900, forgetSeconds: 24 * hour },
} satisfies Record<string, Pace>;

/** Seconds to wait after so many failures; 0: none. */
export function waitAfter(failures: number, { free, firstSeconds, mostSeconds }: Pace): number {
  return failures < free ? 0 : Math.min(firstSeconds * 2 ** Math.min(failures - free, 30), mostSeconds);
}

export interface Counter {
  readonly key: string;
  readonly pace: Pace;
}

export interface AttemptStore {
  /** The longest wait of any of these counters in seconds, 0 for none; counts nothing. */
  wait(keys: readonly string[], now: number): Promise<number>;
  /**
   * Counts a failure in each counter before anything is checked, so that many at a time are not free; the seconds to wait, and nothing
   * counted, when one of them has to. `now` in milliseconds since the epoch.
   */
  take(counters: readonly Counter[], now: number): Promise<Result<null, number>>;
  /** It was no failure: takes one off each of `counted`, and forgets those of `cleared`. */
  giveBack(counted: readonly string[], cleared: readonly string[]): Promise<void>;
}

/** Where an attempt comes from. */
export interface AttemptOrigin {
  /** Of the network, as `src/http/client-network.ts` counts it; empty: not known. */
  readonly network: string;
  /** Name of this browser, if it was signed in to the account before. */
  readonly browser: string | null;
}

export interface Attempt {
  succeeded(): Promise<void>;
}

export interface AttemptGuard {
  /** The seconds that `password` would have to wait now, 0 for none; counts nothing. */
  wait(account: string, origin: AttemptOrigin): Promise<number>;
  /** `account` is the name as it was typed, whether there is one or not. The error is the seconds to wait. */
  password(account: string, origin: AttemptOrigin): Promise<Result<Attempt, number>>;
  /** A one-time or recovery code for the account with this id. */
  code(accountId: string): Promise<Result<Attempt, number>>;
}

/** `hide` makes of a name what may be kept. */
export function createAttemptGuard(deps: {
  readonly store: AttemptStore;
  readonly now: () => number;
  readonly hide: (text: string) => string;
}): AttemptGuard {
  const { store, hide } = deps;
  const counter = (kind: keyof typeof paces, ...names: readonly string[]): Counter => ({
    key: hide([kind, ...names].join('\0')),
    pace: paces[kind],
  });
  const begin = async (own: Counter, shared: readonly Counter[]): Promise<Result<Attempt, number>> => {
    const taken = await store.take([own, ...shared], deps.now());
    if (!taken.ok) return err(taken.error);
    const keys = shared.map(({ key }) => key);
    return ok({ succeeded: () => store.giveBack(keys, [own.key]) });
  };
  const countersOf = (account: string, { network, browser }: AttemptOrigin): readonly [Counter, ...Counter[]] => {
    if (browser !== null) return [counter('browser', account, browser)];
    const shared = [counter('account', account), ...(network === '' ? [] : [counter('network', network)])];
    return [counter('pair', account, network), ...shared];
  };
  return {
    wait: (account, origin) =>
      store.wait(
        countersOf(account, origin).map(({ key }) => key),
        deps.now(),
      ),
    password: (account, origin) => {
      const [own, ...shared] = countersOf(account, origin);
      return begin(own, shared);
    },
    code: (accountId) => begin(counter('code', accountId), []),
  };
}
