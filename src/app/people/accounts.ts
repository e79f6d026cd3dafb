/** Puts together the administration of accounts. */
import type { AccountAdministration } from '../../accounts/administration.ts';
import { type ChangeFeed, createChangeFeed } from '../../accounts/change-feed.ts';
import { createAccountAdministration } from '../../accounts/create-administration.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { LoginListener } from '../../http/people.ts';
import type { Clock } from '../../shared/clock.ts';
import { noteLogin } from '../../storage/account-logins.ts';
import { createAccountRecords } from '../../storage/account-records.ts';
import { createAuditLog } from '../../storage/audit-trail.ts';
import { createChangeRecords } from '../../storage/changes.ts';
import type { Database } from '../../storage/database.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';

export interface AccountWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
}

export interface AccountWork {
  readonly accounts: AccountAdministration;
  readonly changes: ChangeFeed;
  readonly audit: AuditLog;
  readonly purgeables: readonly Purgeable[];
  readonly onLogin: LoginListener;
}

export function createAccountWork({ db, clock }: AccountWorkDeps): AccountWork {
  const changes = createChangeRecords(db);
  return {
    accounts: createAccountAdministration({ records: createAccountRecords(db), clock }),
    changes: createChangeFeed(changes),
    audit: createAuditLog(db),
    purgeables: [changes],
    onLogin: ({ accountId, upstream }) => noteLogin(db, { accountId, upstream }, clock.now()),
  };
}
