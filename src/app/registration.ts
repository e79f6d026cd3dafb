/** Puts together what one process does about registered clients: registrations, their last use, and the end of unused ones. */
import { randomUUID } from 'node:crypto';
import { type ClientRegistrations, createClientRegistrations } from '../clients/registrations.ts';
import { texts } from '../http/pages/texts.ts';
import type { IssueLog } from '../issuance/issue-log.ts';
import type { Confirmation } from '../lake/confirmation.ts';
import { type ClientAllowance, createClientAllowance } from '../rules/client-allowance.ts';
import type { Clock } from '../shared/clock.ts';
import { createRegistrationStore } from '../storage/client-registration.ts';
import { type ClientUses, createClientUses } from '../storage/client-uses.ts';
import { createWriteConfirmation } from '../storage/confirm-everywhere.ts';
import type { Database, DatabaseConnection } from '../storage/database.ts';
import type { Purgeable } from '../storage/housekeeping.ts';
import { createUnusedClients } from '../storage/unused-clients.ts';

export interface RegistrationWorkDeps {
  readonly issuer: string;
  readonly database: DatabaseConnection;
  readonly snapshots: Confirmation;
  readonly clock: Clock;
}

export interface RegistrationWork {
  readonly registrations: ClientRegistrations;
  readonly allowance: ClientAllowance;
}

export function createRegistrationWork({ issuer, database, snapshots, clock }: RegistrationWorkDeps): RegistrationWork {
  const confirmation = createWriteConfirmation(database, { own: () => snapshots.lookAnew() });
  const store = createRegistrationStore(database.db);
  const settled = (version: number) => confirmation.confirmEverywhere(version);
  return {
    registrations: createClientRegistrations({ issuer, store, clock, newClientId: randomUUID, settled }),
    allowance: createClientAllowance({ store, clock, settled }),
  };
}

export interface UseRecord extends ClientUses, Purgeable {
  /** Sees the clients that tokens are issued to. */
  watch(log: IssueLog): IssueLog;
}

export function createUseRecord(db: Database, issuer: string, onError: (error: unknown) => void): UseRecord {
  const uses = createClientUses(db, onError);
  const { purge } = createUnusedClients(db, { issuer, product: texts.product });
  return {
    ...uses,
    // What is still in memory counts as used.
    purge: async (now) => {
      await uses.flush();
      return purge(now);
    },
    watch: (log) => ({
      record: (entry) => {
        log.record(entry);
        if (entry.event === 'issued') uses.record(entry.clientId, entry.at);
      },
    }),
  };
}
