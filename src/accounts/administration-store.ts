/** What the administration of accounts needs of storage. */
import type { Role } from './account.ts';
import type { ChangeContext } from './actor.ts';
import type {
  AccountChange,
  AccountDetails,
  AccountFilter,
  AccountSummary,
  NewAccount,
  Page,
  PageRequest,
} from './administration.ts';
import type { PeopleAnswer } from './refusal.ts';

/** What a suspension or a removal took back. */
export interface TakenBack {
  readonly refreshChains: number;
  /** Access tokens that are out, inactive at introspection from now on. */
  readonly accessTokens: number;
  readonly sessions: number;
  readonly consents: number;
}

/** Columns that a change of state writes. */
export interface StateChange {
  readonly state: AccountDetails['state'];
  /** Milliseconds since the epoch. */
  readonly suspendedAt: number | null;
  readonly suspendedBecause: string | null;
}

/** One write, within one transaction. */
export interface AccountSession {
  /** Locked until the transaction ends. */
  find(id: string): Promise<AccountDetails | undefined>;
  insert(account: NewAccount & { readonly id: string }, now: number): Promise<void>;
  update(id: string, change: AccountChange, now: number): Promise<void>;
  setState(id: string, change: StateChange): Promise<void>;
  /** Ids of the accounts of these usernames; what is not found is left out. */
  idsOf(usernames: readonly string[]): Promise<ReadonlyMap<string, string>>;
  setOwners(id: string, ownerIds: readonly string[]): Promise<void>;
  /** Whether grants or embargoes that are not over name this account. */
  isNamedInRules(username: string): Promise<boolean>;
  /** Other accounts with the role that can log in at this instant. Writers who ask wait for one another. */
  countOthersWith(role: Role, id: string, now: number): Promise<number>;
  /** Ends sessions, grants, codes, refresh chains, consents and pending tickets, and denies the access tokens that are out. */
  takeBack(id: string, now: number): Promise<TakenBack>;
  /** Denies the access tokens that are out, for what was decided while another suspended it. */
  denyTokens(id: string, now: number): Promise<void>;
  /** Deletes the account with all that hangs on it, and takes its name out of logs and histories. */
  erase(account: AccountDetails): Promise<void>;
  /** Moves everything of one account to another. Returns how many rows of which table. */
  move(from: string, to: string): Promise<Readonly<Record<string, number>>>;
  audit(action: string, id: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface AccountRecords {
  list(filter: AccountFilter, page: PageRequest): Promise<Page<AccountSummary>>;
  find(id: string): Promise<AccountDetails | undefined>;
  findByUsername(username: string): Promise<AccountDetails | undefined>;
  /** Everything that is kept of the account, without secrets. */
  exportOf(account: AccountDetails): Promise<Readonly<Record<string, unknown>>>;
  /** A refusal has written nothing. An id or username that is or was somebody's is refused `taken`. `erases`: an account will go, and rules with it. */
  write<T>(
    context: ChangeContext,
    now: number,
    work: (session: AccountSession) => Promise<PeopleAnswer<T>>,
    options?: { readonly erases?: boolean },
  ): Promise<PeopleAnswer<T>>;
}
