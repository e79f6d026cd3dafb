/** Puts together what one process does about people, one line per area. */
import type { Logger } from 'pino';
import type { AccountStore } from '../accounts/store.ts';
import type { Config } from '../config/schema.ts';
import type { AuthenticationStore } from '../federation/upstream-sessions.ts';
import type { LoginListener, People } from '../http/people.ts';
import type { Clock } from '../shared/clock.ts';
import type { Database, DatabaseConnection } from '../storage/database.ts';
import type { LakeFollower } from '../storage/follow-lake.ts';
import type { Purgeable } from '../storage/housekeeping.ts';
import { createManagedGroups } from '../storage/managed-groups.ts';
import { createTicketStore } from '../storage/tickets.ts';
import { createAccountWork } from './people/accounts.ts';
import { createClientWork } from './people/clients.ts';
import { createEnrolmentWork } from './people/enrolment.ts';
import { createFederationWork } from './people/federation.ts';
import { createGroupWork } from './people/groups.ts';
import { startMailWork } from './people/mail.ts';
import { createScimWork } from './people/scim.ts';
import { createSecurityWork } from './people/security.ts';

export interface PeopleWorkDeps {
  readonly config: Config;
  readonly db: Database;
  readonly accounts: AccountStore;
  readonly database: DatabaseConnection;
  readonly snapshots: LakeFollower;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onError: (error: unknown) => void;
}

export interface PeopleWork {
  readonly people: People;
  readonly authentications: AuthenticationStore;
  /** For the hourly cleaning. */
  readonly purgeables: readonly Purgeable[];
  close(): Promise<void>;
}

export function createPeopleWork(deps: PeopleWorkDeps): PeopleWork {
  const { config, db, clock } = deps;
  const mail = startMailWork(config, deps);
  const tickets = createTicketStore(db, clock);
  const managedBy = createManagedGroups(db);
  const security = createSecurityWork({ ...deps, tickets, managedBy });
  const accountWork = createAccountWork({ db, clock, product: new URL(config.issuer).host });
  const groupWork = createGroupWork({ ...deps, issuer: config.issuer, tickets });
  const { groups } = groupWork.people;
  const federationWork = createFederationWork({ ...deps, accounts: accountWork.accounts });
  const { identities } = federationWork.federation;
  const enrolment = createEnrolmentWork({
    ...deps,
    issuer: config.issuer,
    accounts: accountWork.accounts,
    groups,
    managedBy,
    linkIdentity: identities.link,
  });
  const clientWork = createClientWork({ ...deps, issuer: config.issuer });
  const scimWork = createScimWork({
    db,
    clock,
    issuer: config.issuer,
    accounts: accountWork.accounts,
    groupUnits: groupWork.units,
    identities,
  });
  const loginListeners: readonly LoginListener[] = [federationWork.onLogin, accountWork.onLogin, security.onLogin];
  return {
    people: {
      accounts: accountWork.accounts,
      changes: accountWork.changes,
      ...groupWork.people,
      ...federationWork.federation,
      proved: federationWork.authentications.find,
      audit: accountWork.audit,
      ...enrolment.people,
      outbox: mail.outbox,
      clients: clientWork.clients,
      applications: clientWork.applications,
      scim: scimWork.scim,
      indigo: scimWork.indigo,
      tickets,
      managedBy,
      onLogin: async (authentication, place) => {
        for (const listener of loginListeners) await listener(authentication, place);
      },
      security: security.security,
    },
    authentications: federationWork.authentications,
    purgeables: [
      tickets,
      groupWork.purgeable,
      federationWork.purgeable,
      scimWork.purgeable,
      ...accountWork.purgeables,
      mail.purgeable,
      ...enrolment.purgeables,
      ...security.purgeables,
    ],
    close: async () => {
      await enrolment.close();
      await mail.close();
    },
  };
}
