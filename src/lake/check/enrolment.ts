/** Groups that may be asked for along with an account have to be there. */
import type { LakeFault } from '../fault.ts';
import type { ParsedLake } from '../parse.ts';
import { checkGroup } from './common.ts';
import type { KnownNames } from './known.ts';

export function checkEnrolment({ head }: ParsedLake, known: KnownNames): LakeFault[] {
  return (head.enrolment?.groups ?? []).flatMap((group, index) =>
    checkGroup(['enrolment', 'groups', index], group, known),
  );
}
