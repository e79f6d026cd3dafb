/** What can be asked and changed of clients: administrators act on all, owners on their own within the limits of dynamic registration. */
import type { ChangeContext, PeopleActor } from '../accounts/actor.ts';
import type { Page, PageRequest } from '../accounts/administration.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';
import type { ClientDefinition } from './definition.ts';
import type { ClientGrants } from './grants.ts';
import type { ClientRequests } from './requests.ts';

/** How the client came to be: the lake file, an administrator, or itself or its owner (RFC 7591). */
export type ClientOrigin = 'lake-file' | 'administrator' | 'registration';

export interface ClientOwner {
  readonly accountId: string;
  readonly username: string;
  readonly name: string | null;
  /** False: suspended or ended, so that it looks after nothing. */
  readonly usable: boolean;
}

/** One of at most two; times in milliseconds since the epoch. */
export interface ClientSecret {
  /** `previous`: replaced by the present one, and valid until its end. */
  readonly slot: 'present' | 'previous';
  /** Null: before this was kept. */
  readonly createdAt: number | null;
  /** Day in UTC, such as `2026-11-22`; null: not since this is kept. */
  readonly lastUsedOn: string | null;
  /** Null: without end. */
  readonly endsAt: number | null;
}

export interface ClientSuspension {
  readonly at: number | null;
  readonly because: string | null;
  /** `unused`: by the server, and its owners may undo it; null: by the lake file. */
  readonly by: 'unused' | 'administrator' | null;
}

export interface ClientInvitation {
  readonly clientId: string;
  readonly clientName: string | null;
  readonly username: string;
  readonly invitedBy: string;
  readonly expiresAt: number;
}

/** What a list shows of each. */
export interface ClientSummary {
  readonly clientId: string;
  readonly name: string | null;
  readonly origin: ClientOrigin;
  readonly state: 'active' | 'suspended';
  /** Usernames, in order. */
  readonly owners: readonly string[];
  readonly createdAt: number;
  /** Day in UTC of its last token; null: it had none. */
  readonly lastUsedOn: string | null;
  readonly waitingRequests: number;
}

/** Everything but the secrets themselves. */
export interface ClientDetails extends Omit<ClientSummary, 'owners'> {
  readonly owners: readonly ClientOwner[];
  /** What the owner or the lake file chose. */
  readonly own: ClientDefinition;
  /** What administrators granted beside it. */
  readonly granted: ClientGrants;
  /** Both together: what counts. */
  readonly effective: ClientDefinition;
  readonly suspension: ClientSuspension | null;
  readonly updatedAt: number;
  /** Username of who registered it; null: nobody in particular, or the account has gone. */
  readonly registeredBy: string | null;
  readonly secrets: readonly ClientSecret[];
  readonly invitations: readonly ClientInvitation[];
}

export interface ClientFilter {
  /** Any part of the id or the name, or the beginning of an owner's username; any case. */
  readonly search?: string | undefined;
  readonly state?: 'active' | 'suspended' | undefined;
  readonly origin?: ClientOrigin | undefined;
  /** Account id of an owner. */
  readonly owner?: string | undefined;
  /** Without a token for as long as the lake's `registration.unusedDays` says. */
  readonly unused?: boolean | undefined;
  /** Nobody who can log in owns it. */
  readonly withoutOwner?: boolean | undefined;
  /** Something is asked for it. */
  readonly waiting?: boolean | undefined;
}

/** Fields of the lake file. An owner may say what a registration may; more is refused with the field's name. */
export interface NewClient {
  /** Generated when absent; only administrators choose one. */
  readonly clientId?: string | undefined;
  readonly definition: ClientDefinition;
  /** Only administrators. */
  readonly granted?: ClientGrants | undefined;
  /** Usernames; absent: who makes it, when that is an account. Only administrators name others. */
  readonly owners?: readonly string[] | undefined;
}

export interface CreatedClient {
  readonly client: ClientDetails;
  /** Shown once; null: it proves itself otherwise. */
  readonly secret: string | null;
}

/** Absent fields stay, null takes a field back to its default. */
export type ClientChange = {
  readonly [Field in keyof Omit<ClientDefinition, 'owners'>]?: ClientDefinition[Field] | null | undefined;
};

export interface NewSecret {
  /** Shown once. */
  readonly secret: string;
  readonly client: ClientDetails;
}

export interface ClientAdministration extends ClientRequests {
  /** By client id. An account without a role sees those that it owns. */
  list(actor: PeopleActor, filter: ClientFilter, page: PageRequest): Promise<PeopleAnswer<Page<ClientSummary>>>;
  get(actor: PeopleActor, clientId: string): Promise<PeopleAnswer<ClientDetails>>;
  create(context: ChangeContext, client: NewClient): Promise<PeopleAnswer<CreatedClient>>;
  change(context: ChangeContext, clientId: string, change: ClientChange): Promise<PeopleAnswer<ClientDetails>>;
  /** Replaces what administrators granted. For administrators. */
  setGranted(context: ChangeContext, clientId: string, granted: ClientGrants): Promise<PeopleAnswer<ClientDetails>>;
  /** With everything issued to it. */
  remove(context: ChangeContext, clientId: string): Promise<PeopleAnswer<null>>;
  /** It gets nothing from now on, and its refresh chains end. For administrators. */
  suspend(context: ChangeContext, clientId: string): Promise<PeopleAnswer<ClientDetails>>;
  /** By administrators; by an owner where it was suspended for not being used. */
  restore(context: ChangeContext, clientId: string): Promise<PeopleAnswer<ClientDetails>>;

  /** A second secret beside the present one, which ends after `overlapDays` (0 to 90; 14 when absent). Refused while two are valid. */
  addSecret(
    context: ChangeContext,
    clientId: string,
    overlapDays?: number | undefined,
  ): Promise<PeopleAnswer<NewSecret>>;
  /** Ends one of two at once. */
  endSecret(context: ChangeContext, clientId: string, slot: ClientSecret['slot']): Promise<PeopleAnswer<ClientDetails>>;

  /** Replaces the owners. For administrators. */
  setOwners(
    context: ChangeContext,
    clientId: string,
    usernames: readonly string[],
  ): Promise<PeopleAnswer<ClientDetails>>;
  /** Asks an account to become an owner; the answer is the same whether there is one of the name. */
  inviteOwner(context: ChangeContext, clientId: string, username: string): Promise<PeopleAnswer<ClientDetails>>;
  /** An owner takes out another or itself, but never the last one; also takes back an invitation. */
  removeOwner(context: ChangeContext, clientId: string, username: string): Promise<PeopleAnswer<null>>;
  /** Invitations of the account itself. */
  invitations(actor: PeopleActor): Promise<readonly ClientInvitation[]>;
  answerInvitation(context: ChangeContext, clientId: string, accept: boolean): Promise<PeopleAnswer<null>>;
}
