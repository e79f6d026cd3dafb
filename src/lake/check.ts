/** Everything that is wrong with a lake file beyond the form of its objects, told together. */
import { checkAccounts } from './check/accounts.ts';
import { checkClients } from './check/clients.ts';
import { checkEnrolment } from './check/enrolment.ts';
import { checkGroups } from './check/groups.ts';
import { knownNames } from './check/known.ts';
import { checkKnownAs } from './check/known-as.ts';
import { checkRules } from './check/rules.ts';
import { checkSecondFactor } from './check/second-factor.ts';
import { checkUpstreams } from './check/upstreams.ts';
import type { LakeFault } from './fault.ts';
import type { ParsedLake } from './parse.ts';
import type { LakeState } from './state.ts';

/** `state` is what the database holds already; names in it may be referred to. */
export function checkLake(lake: ParsedLake, state: LakeState): LakeFault[] {
  const known = knownNames(lake, state);
  return [
    ...lake.faults,
    ...checkGroups(lake, known, state),
    ...checkAccounts(lake, known, state),
    ...checkKnownAs(lake, state),
    ...checkEnrolment(lake, known),
    ...checkClients(lake, known),
    ...checkRules(lake, known, state),
    ...checkSecondFactor(lake, known),
    ...checkUpstreams(lake),
  ];
}
