/** Puts together groups: their administration, requests and invitations, and the regular work on memberships. */
import type { AccountStore } from '../../accounts/store.ts';
import type { TicketStore } from '../../accounts/tickets.ts';
import type { GroupAdministration } from '../../groups/administration.ts';
import { createGroupAdministration } from '../../groups/create-administration.ts';
import { createGroupInvitations } from '../../groups/create-invitations.ts';
import { createGroupRequests } from '../../groups/create-requests.ts';
import type { GroupInvitations, GroupRequests } from '../../groups/requests.ts';
import type { Clock } from '../../shared/clock.ts';
import { createWriteConfirmation } from '../../storage/confirm-everywhere.ts';
import type { DatabaseConnection } from '../../storage/database.ts';
import type { LakeFollower } from '../../storage/follow-lake.ts';
import { createInvitationStore } from '../../storage/group-invitations.ts';
import { createGroupLife } from '../../storage/group-life.ts';
import { createGroupRecords } from '../../storage/group-records.ts';
import { createGroupRequestStore } from '../../storage/group-requests.ts';
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
  const records = createGroupRecords(db, {
    tokens: createLiveTokens(db),
    denyTokens: createRuleStore(db).denyTokens,
    logged,
    settled: (version) => confirmation.confirmEverywhere(version),
  });
  const groups = createGroupAdministration({ records, clock });
  const place = { issuer, product: new URL(issuer).host };
  const store = createInvitationStore(db);
  return {
    people: {
      groups,
      groupRequests: createGroupRequests({ store: createGroupRequestStore(db), groups, clock, place }),
      groupInvitations: createGroupInvitations({ store, groups, accounts, tickets, clock, place }),
    },
    purgeable: createGroupLife(db, clock, place),
  };
}
