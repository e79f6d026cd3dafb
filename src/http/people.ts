/** What pages, the API and SCIM need of people: the use cases, put together once by `src/app/people.ts`. */
import type { X509Certificate } from 'node:crypto';
import type { AccountAdministration } from '../accounts/administration.ts';
import type { ChangeFeed } from '../accounts/change-feed.ts';
import type { TicketStore } from '../accounts/tickets.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { Authentication } from '../authentication/authentication.ts';
import type { Security } from '../authentication/security.ts';
import type { ClientAdministration } from '../clients/administration.ts';
import type { Applications } from '../clients/applications.ts';
import type { AcceptableUse } from '../enrolment/acceptable-use.ts';
import type { Enrolments } from '../enrolment/enrolment.ts';
import type { PasswordReset } from '../enrolment/password-reset.ts';
import type { KnownAsAdministration } from '../federation/administration.ts';
import type { Identities } from '../federation/identities.ts';
import type { Newcomers } from '../federation/newcomers.ts';
import type { Upstreams } from '../federation/upstream.ts';
import type { UpstreamClient } from '../federation/upstream-client.ts';
import type { AuthenticationStore, UpstreamSessions } from '../federation/upstream-sessions.ts';
import type { UpstreamStates } from '../federation/upstream-states.ts';
import type { GroupAdministration } from '../groups/administration.ts';
import type { GroupInvitations, GroupRequests } from '../groups/requests.ts';
import type { OutboxAdministration } from '../mail/administration.ts';
import type { IndigoDirectory } from '../scim/indigo-directory.ts';
import type { Scim } from '../scim/service.ts';

/** Where a login came from, for whoever it belongs to. */
export interface LoginPlace {
  readonly address: string | null;
  /** Family of the browser and system. */
  readonly agent: string | null;
}

/** Is told every login that came to its end, and from where. */
export type LoginListener = (authentication: Authentication, place: LoginPlace) => Promise<void>;

/** Providers that people log in with, and who they are there. */
export interface Federation {
  readonly upstreams: Upstreams;
  readonly upstreamClient: UpstreamClient;
  /** What is known of them without asking. */
  readonly upstreamStates: Pick<UpstreamStates, 'of'>;
  /** Names of those for which this server has a secret. */
  readonly upstreamSecrets: ReadonlySet<string>;
  readonly upstreamSessions: UpstreamSessions;
  readonly identities: Identities;
  /** What others do about identities, certificates and keys of an account. */
  readonly knownAs: KnownAsAdministration;
  /** Whose certificates members may add themselves. */
  readonly certificateAuthorities: readonly X509Certificate[];
  readonly newcomers: Newcomers;
}

export interface People extends Federation {
  readonly accounts: AccountAdministration;
  readonly applications: Applications;
  readonly changes: ChangeFeed;
  readonly audit: AuditLog;
  readonly clients: ClientAdministration;
  readonly groups: GroupAdministration;
  readonly groupRequests: GroupRequests;
  readonly groupInvitations: GroupInvitations;
  readonly scim: Scim;
  readonly indigo: IndigoDirectory;
  readonly tickets: TicketStore;
  readonly acceptableUse: AcceptableUse;
  readonly enrolments: Enrolments;
  readonly passwordReset: PasswordReset;
  readonly outbox: OutboxAdministration;
  /** Paths of the groups that an account manages itself. */
  readonly managedBy: (accountId: string) => Promise<readonly string[]>;
  readonly onLogin: LoginListener;
  /** What a login of an account proved, by its second since the epoch. */
  readonly proved: AuthenticationStore['find'];
  /** Passwords and second factors. */
  readonly security: Security;
}
