/** Puts together the administration of accounts. */
import type { AccountAdministration } from '../../accounts/administration.ts';
import { type ChangeFeed, createChangeFeed } from '../../accounts/change-feed.ts';
import { createAccountAdministration } from '../../accounts/create-administration.ts';
import { createLifeCycle } from '../../accounts/life-cycle.ts';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { LoginListener } from '../../http/people.ts';
import type { Clock } from '../../shared/clock.ts';
import { createLifeCycleStore } from '../../storage/account-life-cycle.ts';
import { noteLogin } from '../../storage/account-logins.ts';
import { createAccountRecords } from '../../storage/account-records.ts';
import { createAuditLog } from '../../storage/audit-trail.ts';
import { createChangeRecords } from '../../storage/changes.ts';
import type { Database } from '../../storage/database.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';

export interface AccountWorkDeps {
  /** How mails call this issuer. */
  readonly product: string;
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

export function createAccountWork({ db, clock, product }: AccountWorkDeps): AccountWork {
  const changes = createChangeRecords(db);
  const accounts = createAccountAdministration({ records: createAccountRecords(db), clock });
  const lifeCycle = createLifeCycle({ store: createLifeCycleStore(db, { product }), accounts, clock });
  return {
    accounts,
    changes: createChangeFeed(changes),
    audit: createAuditLog(db),
    purgeables: [changes, { purge: async () => (await lifeCycle.run()).removed }],
    onLogin: ({ accountId, upstream }) => noteLogin(db, { accountId, upstream }, clock.now()),
  };
}
