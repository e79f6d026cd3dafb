/** Puts together how people get accounts, and what they agree to. */
import type { AcceptableUse } from '../../enrolment/acceptable-use.ts';
import { createAcceptableUse } from '../../enrolment/create-acceptable-use.ts';
import type { Clock } from '../../shared/clock.ts';
import { createAcceptableUseStore } from '../../storage/acceptable-use.ts';
import type { Database } from '../../storage/database.ts';

export interface EnrolmentWork {
  readonly people: { readonly acceptableUse: AcceptableUse };
}

export function createEnrolmentWork({ db, clock }: { readonly db: Database; readonly clock: Clock }): EnrolmentWork {
  return { people: { acceptableUse: createAcceptableUse(createAcceptableUseStore(db), clock) } };
}
