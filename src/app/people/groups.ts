/** Puts together groups: their administration, requests and invitations, and the regular work on memberships. */
import type { AccountStore } from '../../accounts/store.ts';
import type { TicketStore } from '../../accounts/tickets.ts';
import type { GroupAdministration } from '../../groups/administration.ts';
import { createGroupAdministration } from '../../groups/create-administration.ts';
import { createGroupInvitations } from '../../groups/create-invitations.ts';
import { createGroupRequests } from '../../groups/create-requests.ts';
import type { GroupInvitations, GroupRequests } from '../../groups/requests.ts';
import type { InGroupUnit } from '../../groups/unit.ts';
import type { Clock } from '../../shared/clock.ts';
import { createWriteConfirmation } from '../../storage/confirm-everywhere.ts';
import type { DatabaseConnection } from '../../storage/database.ts';
import type { LakeFollower } from '../../storage/follow-lake.ts';
import { createAfterGroupWrite } from '../../storage/group-aftermath.ts';
import { createInvitationStore } from '../../storage/group-invitations.ts';
import { createGroupLife } from '../../storage/group-life.ts';
import { createGroupRecords } from '../../storage/group-records.ts';
import { createGroupRequestStore } from '../../storage/group-requests.ts';
import { createGroupUnits, type GroupUnits } from '../../storage/group-units.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';
import { createLiveTokens } from '../../storage/live-tokens.ts';
import { createRuleStore } from '../../storage/rule-store.ts';

export interface GroupWorkDeps {
  readonly issuer: string;
  readonly database: DatabaseConnection;
  readonly snapshots: LakeFollower;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
  readonly accounts: AccountStore;
  readonly tickets: TicketStore;
  readonly clock: Clock;
}

export interface GroupWork {
  readonly people: {
    readonly groups: GroupAdministration;
    readonly groupRequests: GroupRequests;
    readonly groupInvitations: GroupInvitations;
  };
  readonly units: GroupUnits;
  readonly purgeable: Purgeable;
}

export function createGroupWork({
  issuer,
  database,
  snapshots,
  logged,
  accounts,
  tickets,
  clock,
}: GroupWorkDeps): GroupWork {
  const { db } = database;
  const confirmation = createWriteConfirmation(database, { own: () => snapshots.lookAnew() });
  const after = createAfterGroupWrite(db, {
    tokens: createLiveTokens(db),
    denyTokens: createRuleStore(db).denyTokens,
    logged,
    settled: (version) => confirmation.confirmEverywhere(version),
  });
  const units = createGroupUnits(db, after);
  const inUnit: InGroupUnit = (work) =>
    units((trx, records) =>
      work({
        groups: createGroupAdministration({ records, clock }),
        requests: createGroupRequestStore(trx),
        invitations: createInvitationStore(trx),
      }),
    );
  const groups = createGroupAdministration({ records: createGroupRecords(db, after), clock });
  const place = { issuer, product: new URL(issuer).host };
  const store = createInvitationStore(db);
  return {
    people: {
      groups,
      groupRequests: createGroupRequests({ store: createGroupRequestStore(db), groups, inUnit, clock, place }),
      groupInvitations: createGroupInvitations({ store, groups, inUnit, accounts, tickets, clock, place }),
    },
    units,
    purgeable: createGroupLife(db, clock, place),
  };
}
