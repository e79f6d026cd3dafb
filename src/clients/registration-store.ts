/** Where registered clients are kept, and what was done to them. */
import type { PreviousSecret } from './client.ts';
import type { ClientDefinition } from './definition.ts';
import type { ClientGrants } from './grants.ts';

/** A client that registered itself and is not suspended. */
export interface StoredRegistration {
  readonly clientId: string;
  /** What it chose itself, or its owners. */
  readonly definition: ClientDefinition;
  /** What administrators granted beside it. */
  readonly granted: ClientGrants;
  /** Null for clients without a secret. */
  readonly secretHash: string | null;
  readonly previousSecret: PreviousSecret | null;
  /** Of the registration access token (RFC 7592); null: it was made on the pages of its owner and has none. */
  readonly tokenHash: string | null;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
}

export interface NewRegistration extends Omit<StoredRegistration, 'granted' | 'previousSecret'> {
  /** Id of the account whose access token it was registered with, and who owns it. */
  readonly registeredBy: string | null;
}

/** What of a client an update or an administrator writes anew. */
export type Revision = Pick<StoredRegistration, 'definition' | 'granted' | 'secretHash'>;

export type ClientChange = 'registered' | 'updated' | 'allowed' | 'disallowed' | 'deleted' | 'expired' | 'suspended';

/** For the audit log, as `client.<change>`. */
export interface ChangeNote {
  readonly change: ClientChange;
  /** `user:<username>`, `client:<id>`, `operator`, `anonymous` or `housekeeping`. */
  readonly actor: string;
  readonly reason: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Network address of an administrator; null for the command line. */
  readonly address?: string | null;
}

/** For administrators: a piece of the list, by client id. */
export interface RegistrationListing {
  readonly items: readonly ListedRegistration[];
  /** Id of the last entry when more follow. */
  readonly next: string | null;
}

/** `definition` is what counts: its own choice and what was granted. */
export interface ListedRegistration extends Pick<StoredRegistration, 'clientId' | 'definition' | 'registeredAt'> {
  readonly state: 'active' | 'suspended';
  /** Username of who registered it; null: nobody in particular, or the account has gone. */
  readonly registeredBy: string | null;
  /** Day of its last token, such as `2026-11-22`; null: it had none. */
  readonly usedOn: string | null;
}

/** Writes resolve with the version of the lake from which they hold. */
export interface RegistrationStore {
  insert(registration: NewRegistration, note: ChangeNote): Promise<number>;
  find(clientId: string): Promise<StoredRegistration | undefined>;
  /** `revise` sees the client as nobody changes it meanwhile; undefined from it, or no such client: nothing is written. */
  revise(
    clientId: string,
    revise: (present: StoredRegistration) => Revision | undefined,
    note: ChangeNote,
  ): Promise<number | undefined>;
  list(page: { readonly limit: number; readonly after: string | null }): Promise<RegistrationListing>;
  /** False: there was none. */
  remove(clientId: string, note: ChangeNote): Promise<boolean>;
}
