/** Puts together how people get accounts, and what they agree to. */
import type { AccountAdministration } from '../../accounts/administration.ts';
import type { AcceptableUse } from '../../enrolment/acceptable-use.ts';
import { createAcceptableUse } from '../../enrolment/create-acceptable-use.ts';
import { createEnrolments, type EnrolmentDeps } from '../../enrolment/create-enrolments.ts';
import type { Enrolments } from '../../enrolment/enrolment.ts';
import { createPasswordReset, type PasswordReset } from '../../enrolment/password-reset.ts';
import type { Clock } from '../../shared/clock.ts';
import { createAcceptableUseStore } from '../../storage/acceptable-use.ts';
import { createAgreementReminder } from '../../storage/acceptable-use-reminders.ts';
import type { Database } from '../../storage/database.ts';
import { createEnrolmentStore } from '../../storage/enrolments.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';
import { createPasswordResetStore } from '../../storage/password-reset.ts';

export interface EnrolmentWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly issuer: string;
  readonly accounts: AccountAdministration;
  readonly managedBy: EnrolmentDeps['managedBy'];
  readonly groups: EnrolmentDeps['groups'];
  readonly linkIdentity: EnrolmentDeps['linkIdentity'];
  readonly onError: (error: unknown) => void;
}

export interface EnrolmentWork {
  readonly people: {
    readonly acceptableUse: AcceptableUse;
    readonly enrolments: Enrolments;
    readonly passwordReset: PasswordReset;
  };
  readonly purgeables: readonly Purgeable[];
  close(): Promise<void>;
}

export function createEnrolmentWork(deps: EnrolmentWorkDeps): EnrolmentWork {
  const { db, clock, issuer, accounts, onError } = deps;
  const place = { issuer, product: new URL(issuer).host };
  const store = createEnrolmentStore(db, clock, place);
  const enrolments = createEnrolments({
    store,
    accounts,
    groups: deps.groups,
    managedBy: deps.managedBy,
    linkIdentity: deps.linkIdentity,
    clock,
  });
  const passwordReset = createPasswordReset({
    store: createPasswordResetStore(db, clock, place),
    words: ['sluice', place.product],
    onError,
  });
  return {
    people: { acceptableUse: createAcceptableUse(createAcceptableUseStore(db), clock), enrolments, passwordReset },
    purgeables: [store, createAgreementReminder(db, clock, place), { purge: () => enrolments.finishAll() }],
    close: () => passwordReset.settled(),
  };
}
