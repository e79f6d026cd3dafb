/** Whether an embargo closes data that are open now, so that tokens for them may be out (policy-semantics 7, "create on open data"). */
import type { EmbargoRecord, GrantRecord, PartyRecord } from '../lake/records.ts';
import { type ActionSet, actionSet, closureOf } from '../policy/action.ts';
import { isAtOrBelow } from '../policy/path.ts';
import type { PolicySettings } from '../policy/rule.ts';
import { phaseOf } from './life-cycle.ts';

/** What stands beside the embargo. */
export interface PresentRules {
  readonly grants: readonly GrantRecord[];
  readonly embargoes: readonly EmbargoRecord[];
}

/** The first instant from which a new embargo leaves nobody with a token that outlives its beginning. */
export function earliestStart(settings: PolicySettings, now: number): number {
  return now + (settings.maxTokenLifetimeSeconds + settings.guardSeconds) * 1000;
}

/** Whether it begins too early for tokens that are out already. */
export function startsAtOnce({ from }: EmbargoRecord, settings: PolicySettings, now: number): boolean {
  return from === null || Date.parse(from) < earliestStart(settings, now);
}

/** Whether something is closed that was not closed by the record before (null: there was none). A later end closes nothing more: it was closed until then. */
export function closesMore(before: EmbargoRecord | null, after: EmbargoRecord): boolean {
  if (after.state !== 'active') return false;
  if (before?.state !== 'active' || before.path !== after.path) return true;
  const isStillOpen = (path: string) => after.exempt.some((open) => isAtOrBelow(path, open));
  return (
    (actionSet(after.actions) & ~actionSet(before.actions)) !== 0 ||
    !before.exempt.every(isStillOpen) ||
    startOf(after) < startOf(before)
  );
}

function startOf({ from }: EmbargoRecord): number {
  return from === null ? Number.NEGATIVE_INFINITY : Date.parse(from);
}

/** The grants that open something of its subtree now to others than its parties, and that no embargo closes yet to all of them. */
export function findOpenings(embargo: EmbargoRecord, present: PresentRules, now: number): readonly GrantRecord[] {
  const closed = actionSet(embargo.actions);
  const closing = present.embargoes.filter(({ id }) => id !== embargo.id).filter((other) => isClosing(other, now));
  return present.grants.filter((grant) => {
    const place = commonPlace(grant.path, embargo.path);
    if (place === undefined || !isIn(grant, now)) return false;
    const open = closureOf(grant.actions) & closed;
    if (open === 0) return false;
    if (isExempt(embargo, place) || admits(embargo.parties, grant.subject, open, now)) return false;
    return !closing.some((other) => closes(other, place, open) && !opensMore(other, embargo, grant, place, now));
  });
}

/** The lower of two paths of which one lies at or above the other. */
function commonPlace(one: string, other: string): string | undefined {
  if (isAtOrBelow(one, other)) return one;
  return isAtOrBelow(other, one) ? other : undefined;
}

function isClosing(embargo: EmbargoRecord, now: number): boolean {
  return phaseOf(embargo, now) === 'active';
}

function closes(embargo: EmbargoRecord, place: string, open: ActionSet): boolean {
  if (!isAtOrBelow(place, embargo.path) || isExempt(embargo, place)) return false;
  return (open & ~actionSet(embargo.actions)) === 0;
}

/** Whether the present embargo leaves something to the holders of the grant that the new one takes: as its parties, or where a path is exempt. */
function opensMore(
  { exempt, parties }: EmbargoRecord,
  embargo: EmbargoRecord,
  grant: GrantRecord,
  place: string,
  now: number,
): boolean {
  const taken = closureOf(grant.actions) & actionSet(embargo.actions);
  return (
    exempt.some((path) => isAtOrBelow(path, place) && !isExempt(embargo, path)) ||
    parties.some((party) => {
      const admitted = actionSet(party.actions) & taken;
      if (admitted === 0 || !isIn(party, now) || !mayBeTheSame(party.subject, grant.subject)) return false;
      return !admits(embargo.parties, party.subject, admitted, now);
    })
  );
}

/** A group may have any member. */
function mayBeTheSame(one: string, other: string): boolean {
  return one === other || one.startsWith('group:') || other.startsWith('group:');
}

function isExempt({ exempt }: EmbargoRecord, place: string): boolean {
  return exempt.some((path) => isAtOrBelow(place, path));
}

function admits(parties: readonly PartyRecord[], subject: string, open: ActionSet, now: number): boolean {
  const own = parties.filter((party) => party.subject === subject && isIn(party, now));
  return (open & ~actionSet(own.flatMap(({ actions }) => actions))) === 0;
}

function isIn(
  { from, until }: { readonly from?: string | null | undefined; readonly until?: string | null | undefined },
  now: number,
): boolean {
  return (!from || Date.parse(from) <= now) && (!until || now < Date.parse(until));
}
