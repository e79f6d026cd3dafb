/** Several writes to one account as one: all of them happen, or none. */
import type { AccountAdministration } from '../accounts/administration.ts';
import type { Identities } from '../federation/identities.ts';
import type { Directory } from './directory.ts';
import type { ScimAnswer } from './problem.ts';

/** What sees and writes within one transaction. */
export interface UserUnit {
  readonly accounts: AccountAdministration;
  readonly identities: Identities;
  readonly directory: Directory;
  /** Keeps others from writing to the account until the end. */
  lock(accountId: string): Promise<void>;
  /** Null removes it. In the audit log, and the account counts as changed. */
  setExternalId(accountId: string, externalId: string | null): Promise<void>;
  /** The account counts as changed now. */
  touch(accountId: string): Promise<void>;
}

/** `actor` as the audit log names it. The work may run again when another writer was in its way. */
export type Atomically = <T>(
  by: ScimSigner,
  work: (unit: UserUnit) => Promise<ScimAnswer<T>>,
) => Promise<ScimAnswer<T>>;

export interface ScimSigner {
  /** `user:<username>` or `client:<id>`. */
  readonly actor: string;
  readonly address: string | null;
}

/** Null removes it. In the audit log, and the group counts as changed. */
export type SetGroupExternalId = (by: ScimSigner, groupId: string, externalId: string | null) => Promise<void>;

/** Runs work on groups when no other such work runs, in any process. */
export type GroupTurns = <T>(work: () => Promise<T>) => Promise<T>;
