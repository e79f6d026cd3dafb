/** What can be asked and changed of accounts; each write is one transaction with its audit entry, and everything issued to who loses access is revoked in it. */
import type { Account, Role } from './account.ts';
import type { ChangeContext, PeopleActor } from './actor.ts';
import type { PeopleAnswer } from './refusal.ts';

export type AccountKind = 'person' | 'service';

/** Everything about an account but its secrets; times in milliseconds since the epoch. */
export interface AccountDetails extends Account {
  readonly kind: AccountKind;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly affiliation: string | null;
  readonly emailVerifiedAt: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly suspendedAt: number | null;
  readonly suspendedBecause: string | null;
  /** Usernames of the owners of a service account. */
  readonly owners: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastLoginAt: number | null;
  readonly hasPassword: boolean;
}

/** What a list shows of each. */
export type AccountSummary = Pick<
  AccountDetails,
  'id' | 'username' | 'name' | 'email' | 'kind' | 'state' | 'endsAt' | 'roles' | 'createdAt' | 'lastLoginAt'
>;

export interface AccountFilter {
  /** Beginning of a username, of a word of the name, or of the mail address; any case. */
  readonly search?: string | undefined;
  readonly state?: Account['state'] | undefined;
  readonly kind?: AccountKind | undefined;
  readonly role?: Role | undefined;
  /** Service accounts that nobody owns. */
  readonly ownerless?: boolean | undefined;
  /** Those whose end lies before this instant. */
  readonly endsBefore?: number | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Null: nothing follows. */
  readonly next: string | null;
}

export interface PageRequest {
  /** 1 to 1000. */
  readonly limit: number;
  /** `next` of the page before; null: from the beginning. Pages are stable while others change the list. */
  readonly after: string | null;
}

export interface NewAccount {
  /** Generated when absent; never one of an account that was removed. */
  readonly id?: string | undefined;
  readonly username: string;
  readonly name?: string | null | undefined;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly email?: string | null | undefined;
  readonly emailVerified?: boolean | undefined;
  readonly affiliation?: string | null | undefined;
  readonly kind?: AccountKind | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly roles?: readonly Role[] | undefined;
  readonly embargoPaths?: readonly string[] | null | undefined;
  readonly state?: Account['state'] | undefined;
  readonly endsAt?: number | null | undefined;
  /** A hash that `isPasswordHash` accepts. */
  readonly passwordHash?: string | null | undefined;
  readonly owners?: readonly string[] | undefined;
}

/** Whether what is present is what the writer had seen; asked within the transaction, and `conflict` when it is not. */
export type AccountExpectation = (present: AccountDetails) => boolean;

/** Absent fields stay. */
export type AccountChange = Omit<NewAccount, 'id' | 'username' | 'kind' | 'passwordHash' | 'state' | 'owners'> & {
  readonly username?: string | undefined;
};

export interface AccountAdministration {
  list(actor: PeopleActor, filter: AccountFilter, page: PageRequest): Promise<PeopleAnswer<Page<AccountSummary>>>;
  /** By id. An account sees itself; administrators and readers see all. */
  get(actor: PeopleActor, id: string): Promise<PeopleAnswer<AccountDetails>>;
  findByUsername(actor: PeopleActor, username: string): Promise<PeopleAnswer<AccountDetails>>;
  create(context: ChangeContext, account: NewAccount): Promise<PeopleAnswer<AccountDetails>>;
  /** Owners of a service account may change what describes it; all else is for administrators. */
  change(
    context: ChangeContext,
    id: string,
    change: AccountChange,
    expected?: AccountExpectation,
  ): Promise<PeopleAnswer<AccountDetails>>;
  /** Ends every session, refresh chain and consent at once, in the same transaction; access tokens are inactive at introspection. */
  suspend(context: ChangeContext, id: string): Promise<PeopleAnswer<AccountDetails>>;
  restore(context: ChangeContext, id: string): Promise<PeopleAnswer<AccountDetails>>;
  /** Revokes as `suspend` does, then erases everything but the id in logs and histories; the id and the username never come back. */
  remove(context: ChangeContext, id: string, expected?: AccountExpectation): Promise<PeopleAnswer<null>>;
  /** Owners of a service account, by themselves or by administrators. */
  setOwners(context: ChangeContext, id: string, usernames: readonly string[]): Promise<PeopleAnswer<AccountDetails>>;
  /** Moves memberships, identities, certificates, keys and owned things of a duplicate to the account that stays, and removes the duplicate. */
  merge(context: ChangeContext, into: string, duplicate: string): Promise<PeopleAnswer<AccountDetails>>;
  /** Everything that is kept of the account, as JSON (GDPR article 15 and 20). */
  export(actor: PeopleActor, id: string): Promise<PeopleAnswer<Readonly<Record<string, unknown>>>>;
}
