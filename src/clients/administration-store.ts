/** What the administration of clients needs to read and write; implemented by storage. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type {
  ClientDetails,
  ClientFilter,
  ClientInvitation,
  ClientSummary,
  ClientSuspension,
} from './administration.ts';
import type { PreviousSecret } from './client.ts';
import type { ClientDefinition } from './definition.ts';
import type { ClientGrants } from './grants.ts';
import type { ClientRequest, ClientRequestFilter, ClientRequestState } from './requests.ts';

/** A client as whoever changes it sees it. */
export interface HeldClient extends ClientDetails {
  readonly secretHash: string | null;
  readonly secretCreatedAt: number | null;
  readonly previousSecret: PreviousSecret | null;
}

export interface InsertedClient {
  readonly clientId: string;
  readonly definition: ClientDefinition;
  readonly granted: ClientGrants;
  readonly secretHash: string | null;
  /** Set: its owner made it within the limits of dynamic registration. */
  readonly registeredBy: string | null;
  readonly ownerIds: readonly string[];
}

/** Absent fields stay. */
export interface ClientWrite {
  readonly definition?: ClientDefinition;
  readonly granted?: ClientGrants;
  readonly secret?: {
    readonly hash: string | null;
    readonly createdAt: number | null;
    readonly previous: (PreviousSecret & { readonly createdAt: number | null }) | null;
  };
  readonly suspension?: ClientSuspension | null;
}

/** Mails of `src/mail/texts/clients.ts`. */
export type ClientMail =
  | { readonly kind: 'client.invited'; readonly data: { readonly invitedBy: string } }
  | { readonly kind: 'client.requested'; readonly data: { readonly askedBy: string; readonly note: string } }
  | { readonly kind: 'client.approved' | 'client.refused'; readonly data: { readonly reason: string | null } }
  | { readonly kind: 'client.request-expired'; readonly data: Readonly<Record<never, never>> };

/** One transaction, in turn with everybody else who changes the lake. */
export interface ClientSession {
  find(clientId: string): Promise<HeldClient | undefined>;
  exists(clientId: string): Promise<boolean>;
  insert(client: InsertedClient, now: number): Promise<void>;
  update(clientId: string, write: ClientWrite, now: number): Promise<void>;
  remove(clientId: string): Promise<void>;
  /** Ends the refresh chains that it holds or that rest on it; returns how many. */
  endChains(clientId: string, now: number): Promise<number>;
  /** What the account registered since an instant. */
  countRegistered(accountId: string, since: number): Promise<number>;
  /** Ids of the accounts that there are, by username. */
  accountIds(usernames: readonly string[]): Promise<ReadonlyMap<string, string>>;
  setOwners(clientId: string, accountIds: readonly string[]): Promise<void>;
  invite(
    clientId: string,
    invitation: { readonly username: string; readonly accountId: string | null; readonly invitedBy: string },
    now: number,
    expiresAt: number,
  ): Promise<void>;
  /** The inviter's username, when the account was invited and may still answer. */
  takeInvitation(clientId: string, accountId: string, now: number): Promise<string | undefined>;
  dropInvitation(clientId: string, username: string): Promise<boolean>;
  request(id: string): Promise<ClientRequest | undefined>;
  countRequests(clientId: string): Promise<number>;
  addRequest(
    request: Pick<ClientRequest, 'id' | 'clientId' | 'asked' | 'note' | 'createdAt' | 'expiresAt'>,
    accountId: string | null,
  ): Promise<void>;
  decide(
    id: string,
    decision: {
      readonly state: ClientRequestState;
      readonly by: string;
      readonly reason: string | null;
      readonly approved: ClientGrants | null;
    },
    now: number,
  ): Promise<void>;
  /** `to`: accounts; those without an address get nothing. */
  mail(
    to: 'owners' | 'administrators' | { readonly accountId: string },
    client: Pick<ClientDetails, 'clientId' | 'effective'>,
    mail: ClientMail,
    now: number,
  ): Promise<void>;
  audit(action: string, clientId: string, detail: Readonly<Record<string, unknown>>): Promise<void>;
}

export interface ClientRecords {
  list(filter: ClientFilter & { readonly unusedSince: number }, page: PageRequest): Promise<Page<ClientSummary>>;
  find(clientId: string, now: number): Promise<HeldClient | undefined>;
  invitationsOf(accountId: string, now: number): Promise<readonly ClientInvitation[]>;
  /** Oldest first. */
  requests(filter: ClientRequestFilter, page: PageRequest): Promise<Page<ClientRequest>>;
  findRequest(id: string): Promise<ClientRequest | undefined>;
  countWaiting(now: number): Promise<number>;
  /** A refusal leaves nothing; `version` is that of the lake from which the change holds. */
  write<T>(
    context: ChangeContext,
    now: number,
    work: (session: ClientSession) => Promise<PeopleAnswer<T>>,
  ): Promise<{ readonly answer: PeopleAnswer<T>; readonly version: number }>;
}
