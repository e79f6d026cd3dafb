/** The end of an embargo: a date, or an event with a hard limit (policy-semantics 7). */
import type { LakeFault, LakePath } from '../fault.ts';

export interface EmbargoEnds {
  readonly from?: string | null | undefined;
  readonly until?: string | null | undefined;
  readonly hardLimit?: string | null | undefined;
}

/** That `until` is after `from` is checked with the intervals of all rules. */
export function checkEnds(at: LakePath, { from, until, hardLimit }: EmbargoEnds): LakeFault[] {
  if (!until && !hardLimit) {
    return [{ path: at, message: 'has no end, expected `until`, or `hardLimit` for one that lasts until an event' }];
  }
  if (until && hardLimit && Date.parse(hardLimit) < Date.parse(until)) {
    return [{ path: [...at, 'hardLimit'], message: 'is before `until`' }];
  }
  const endsEarly = !until && from && hardLimit && Date.parse(hardLimit) <= Date.parse(from);
  return endsEarly
    ? [{ path: [...at, 'hardLimit'], message: 'ends before it begins, expected an instant after `from`' }]
    : [];
}
