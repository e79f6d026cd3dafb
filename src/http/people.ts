/** What pages, the API and SCIM need of people: the use cases, put together once by `src/app/people.ts`. */
import type { TicketStore } from '../accounts/tickets.ts';
import type { Authentication } from '../authentication/authentication.ts';

export interface People {
  readonly tickets: TicketStore;
  /** Paths of the groups that an account manages itself. */
  readonly managedBy: (accountId: string) => Promise<readonly string[]>;
  /** Is told every login that came to its end. */
  readonly onLogin: (authentication: Authentication) => Promise<void>;
}
