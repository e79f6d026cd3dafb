/** Puts together what one process does about people, one line per area. */
import type { People } from '../http/people.ts';
import type { Clock } from '../shared/clock.ts';
import type { Database } from '../storage/database.ts';
import type { Purgeable } from '../storage/housekeeping.ts';
import { createManagedGroups } from '../storage/managed-groups.ts';
import { createTicketStore } from '../storage/tickets.ts';

export interface PeopleWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
}

export interface PeopleWork {
  readonly people: People;
  /** For the hourly cleaning. */
  readonly purgeables: readonly Purgeable[];
  close(): Promise<void>;
}

export function createPeopleWork({ db, clock }: PeopleWorkDeps): PeopleWork {
  const tickets = createTicketStore(db, clock);
  return {
    people: { tickets, managedBy: createManagedGroups(db), onLogin: async () => {} },
    purgeables: [tickets],
    close: async () => {},
  };
}
