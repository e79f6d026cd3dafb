/** Puts together the administration of groups. */
import type { GroupAdministration } from '../../groups/administration.ts';
import { createGroupAdministration } from '../../groups/create-administration.ts';
import type { Clock } from '../../shared/clock.ts';
import { createWriteConfirmation } from '../../storage/confirm-everywhere.ts';
import type { DatabaseConnection } from '../../storage/database.ts';
import type { LakeFollower } from '../../storage/follow-lake.ts';
import { createGroupRecords } from '../../storage/group-records.ts';
import { createLiveTokens } from '../../storage/live-tokens.ts';
import { createRuleStore } from '../../storage/rule-store.ts';

export interface GroupWorkDeps {
  readonly database: DatabaseConnection;
  readonly snapshots: LakeFollower;
  /** Resolves when all tokens that were decided before stand in the issue log. */
  readonly logged: () => Promise<void>;
  readonly clock: Clock;
}

export function createGroupWork({ database, snapshots, logged, clock }: GroupWorkDeps): {
  readonly groups: GroupAdministration;
} {
  const { db } = database;
  const confirmation = createWriteConfirmation(database, { own: () => snapshots.lookAnew() });
  const records = createGroupRecords(db, {
    tokens: createLiveTokens(db),
    denyTokens: createRuleStore(db).denyTokens,
    logged,
    settled: (version) => confirmation.confirmEverywhere(version),
  });
  return { groups: createGroupAdministration({ records, clock }) };
}
