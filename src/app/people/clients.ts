/** Puts together what people do about clients: their own ones, everybody's, and the applications of an account. */
import { randomUUID } from 'node:crypto';
import type { ClientAdministration } from '../../clients/administration.ts';
import type { Applications } from '../../clients/applications.ts';
import { createClientAdministration } from '../../clients/create-administration.ts';
import { createApplications } from '../../clients/create-applications.ts';
import { texts } from '../../http/pages/texts.ts';
import type { Clock } from '../../shared/clock.ts';
import { createApplicationStore } from '../../storage/applications.ts';
import { createClientRecords } from '../../storage/client-records.ts';
import { createWriteConfirmation } from '../../storage/confirm-everywhere.ts';
import type { DatabaseConnection } from '../../storage/database.ts';
import type { LakeFollower } from '../../storage/follow-lake.ts';

export interface ClientWorkDeps {
  readonly issuer: string;
  readonly database: DatabaseConnection;
  readonly snapshots: Pick<LakeFollower, 'current' | 'lookAnew'>;
  readonly clock: Clock;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
}

export interface ClientWork {
  readonly clients: ClientAdministration;
  readonly applications: Applications;
}

export function createClientWork({ issuer, database, snapshots, clock, logged }: ClientWorkDeps): ClientWork {
  const { db } = database;
  const confirmation = createWriteConfirmation(database, { own: () => snapshots.lookAnew() });
  return {
    clients: createClientAdministration({
      records: createClientRecords(db, { issuer, product: texts.product }),
      clock,
      settings: () => {
        const { registration, entitlements } = snapshots.current();
        return { registration, entitlements: entitlements !== null };
      },
      newId: randomUUID,
      settled: (version) => confirmation.confirmEverywhere(version),
    }),
    applications: createApplications({ store: createApplicationStore(db), clock, logged }),
  };
}
