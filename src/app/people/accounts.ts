/** Puts together the administration of accounts. */
import type { AccountAdministration } from '../../accounts/administration.ts';
import { createAccountAdministration } from '../../accounts/create-administration.ts';
import type { LoginListener } from '../../http/people.ts';
import type { Clock } from '../../shared/clock.ts';
import { noteLogin } from '../../storage/account-logins.ts';
import { createAccountRecords } from '../../storage/account-records.ts';
import type { Database } from '../../storage/database.ts';

export interface AccountWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
}

export interface AccountWork {
  readonly accounts: AccountAdministration;
  readonly onLogin: LoginListener;
}

export function createAccountWork({ db, clock }: AccountWorkDeps): AccountWork {
  return {
    accounts: createAccountAdministration({ records: createAccountRecords(db), clock }),
    onLogin: ({ accountId, upstream }) => noteLogin(db, { accountId, upstream }, clock.now()),
  };
}
