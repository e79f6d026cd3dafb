/** Several writes to one account or group as one: all of them happen, or none. */
import type { AccountAdministration } from '../accounts/administration.ts';
import type { Identities } from '../federation/identities.ts';
import type { GroupAdministration } from '../groups/administration.ts';
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

/** What sees and writes within one transaction, in which nobody else writes to groups. */
export interface GroupUnit {
  readonly groups: GroupAdministration;
  readonly directory: Directory;
  /** Null removes it. In the audit log, and the group counts as changed. */
  setExternalId(groupId: string, externalId: string | null): Promise<void>;
}

/** As `Atomically`, for writes to a group. */
export type GroupsAtomically = <T>(
  by: ScimSigner,
  work: (unit: GroupUnit) => Promise<ScimAnswer<T>>,
) => Promise<ScimAnswer<T>>;
