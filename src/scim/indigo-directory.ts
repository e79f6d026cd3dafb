/** What INDIGO IAM's paths show beside users and groups; implemented by storage. Times in milliseconds since the epoch. */
import type { ClientDefinition } from '../clients/definition.ts';
import type { Action, Subject } from '../policy/rule.ts';

export interface IndigoClient {
  readonly clientId: string;
  /** The owner's choice and what was granted beside it. */
  readonly definition: ClientDefinition;
  readonly active: boolean;
  readonly hasSecret: boolean;
  readonly registered: boolean;
  readonly createdAt: number;
  /** Day in UTC; null: it had no token. */
  readonly lastUsedOn: string | null;
  readonly suspendedAt: number | null;
}

export interface ClientSearch {
  /** This very client. */
  readonly clientId?: string | undefined;
  /** Any part of the id or the name, any case. */
  readonly text?: string | undefined;
  /** Only clients that registered themselves. */
  readonly registeredOnly?: boolean | undefined;
  /** Account that is one of its owners. */
  readonly owner?: string | undefined;
}

export interface PolicySubject {
  readonly id: string;
  /** Username, or path with its leading slash. */
  readonly name: string;
}

/** A rule in force whose meaning INDIGO IAM's scope policies can say. */
export interface IndigoPolicy {
  /** Of the grant or embargo. */
  readonly rule: string;
  readonly effect: 'PERMIT' | 'DENY';
  readonly path: string;
  readonly actions: readonly Action[];
  /** Whom it is about; null: everybody. */
  readonly subject: Subject | null;
  readonly account: PolicySubject | null;
  readonly group: PolicySubject | null;
  readonly until: number | null;
}

export interface Range {
  readonly skip: number;
  readonly count: number;
}

export interface Found<T> {
  readonly items: readonly T[];
  readonly total: number;
}

export type GroupRequestState = 'PENDING' | 'APPROVED' | 'REJECTED';

export interface IndigoGroupRequest {
  readonly id: string;
  readonly accountId: string;
  readonly username: string;
  readonly name: string | null;
  readonly groupId: string;
  /** With its leading slash. */
  readonly groupPath: string;
  readonly state: GroupRequestState;
  readonly note: string | null;
  /** Why it was refused. */
  readonly answer: string | null;
  readonly createdAt: number;
  readonly decidedAt: number | null;
}

export interface GroupRequestSearch {
  readonly id?: string | undefined;
  /** Of this account alone. */
  readonly accountId?: string | undefined;
  readonly username?: string | undefined;
  /** Without a leading slash. */
  readonly groupName?: string | undefined;
  readonly state?: GroupRequestState | undefined;
  readonly note?: string | undefined;
  readonly name?: string | undefined;
  /** Whether texts match in any part. */
  readonly partly: boolean;
}

export interface IndigoDirectory {
  /** By client id. */
  listClients(search: ClientSearch, range: Range): Promise<Found<IndigoClient>>;
  /** Usernames of the owners, with their ids. */
  clientOwners(clientId: string): Promise<readonly PolicySubject[]>;
  policies(): Promise<readonly IndigoPolicy[]>;
  /** By username, group and time. */
  listGroupRequests(search: GroupRequestSearch, range: Range): Promise<Found<IndigoGroupRequest>>;
}
