/** Who may see and change which rule (policy-semantics 7, "Who"); an administrator writes rules and gains no access to data by it. */
import type { EmbargoRecord, PartyRecord } from '../lake/records.ts';
import { type Actor, isAdmin, managesPath, seesAll } from './actor.ts';

type PartyRole = NonNullable<PartyRecord['role']>;

/** A party sees its embargo, and so does whom its limits name; to anybody else it does not exist. */
export function maySeeEmbargo(actor: Actor, embargo: EmbargoRecord): boolean {
  const { limits, parties } = embargo;
  const subjects: ReadonlySet<string> = actor.subjects;
  const named = [...(limits?.whoMayExtend ?? []), ...(limits?.whoMayRelease ?? [])];
  return (
    seesAll(actor) ||
    managesPath(actor, embargo.path) ||
    [...parties.map(({ subject }) => subject), ...named].some((name) => subjects.has(name))
  );
}

/** Grants are for administrators and readers, and for managers of embargoes where they manage. */
export function maySeeGrant(actor: Actor, path: string): boolean {
  return seesAll(actor) || managesPath(actor, path);
}

/** Whether it may make, change, release and withdraw embargoes on all these paths. */
export function mayManage(actor: Actor, ...paths: readonly string[]): boolean {
  return isAdmin(actor) || paths.every((path) => managesPath(actor, path));
}

/** Up to `maxUntil` whom the record names, a PI if it names nobody; beyond it, and where there is none, managers. */
export function mayExtend(actor: Actor, embargo: EmbargoRecord, end: number, now: number): boolean {
  if (mayManage(actor, embargo.path)) return true;
  const { limits, until, hardLimit } = embargo;
  if (limits?.maxUntil === undefined || end > Date.parse(limits.maxUntil)) return false;
  if (until !== null && hardLimit !== null && end > Date.parse(hardLimit)) return false;
  return isAmong(limits.whoMayExtend ?? ['pi'], actor, embargo, now);
}

/** Managers, and whom the record names. */
export function mayRelease(actor: Actor, embargo: EmbargoRecord, now: number): boolean {
  return mayManage(actor, embargo.path) || isAmong(embargo.limits?.whoMayRelease ?? [], actor, embargo, now);
}

/** A PI manages co-investigators, and gives them nothing that it does not have itself, nor for longer. */
export function mayManageParty(actor: Actor, embargo: EmbargoRecord, party: PartyRecord, now: number): boolean {
  if (mayManage(actor, embargo.path)) return true;
  if (party.role !== 'coi' && party.role !== 'collaboration') return false;
  if (party.maxTokenLifetimeSeconds !== undefined) return false;
  const own = heldParties(actor, embargo, now).filter((one) => one.role === 'pi' && endsNotBefore(one, party));
  const held = new Set(own.flatMap(({ actions }) => actions));
  return own.length > 0 && party.actions.every((action) => held.has(action));
}

function endsNotBefore(own: PartyRecord, { until }: PartyRecord): boolean {
  return own.until === undefined || (until !== undefined && Date.parse(until) <= Date.parse(own.until));
}

/** Whether it may take this entry away. */
export function mayRemoveParty(actor: Actor, embargo: EmbargoRecord, party: PartyRecord, now: number): boolean {
  if (mayManage(actor, embargo.path)) return true;
  return (party.role === 'coi' || party.role === 'collaboration') && rolesOf(actor, embargo, now).has('pi');
}

function isAmong(who: readonly string[], actor: Actor, embargo: EmbargoRecord, now: number): boolean {
  const roles: ReadonlySet<string> = rolesOf(actor, embargo, now);
  const subjects: ReadonlySet<string> = actor.subjects;
  return who.some((name) => roles.has(name) || subjects.has(name));
}

function rolesOf(actor: Actor, embargo: EmbargoRecord, now: number): ReadonlySet<PartyRole> {
  return new Set(heldParties(actor, embargo, now).flatMap(({ role }) => role ?? []));
}

/** The entries under which it is a party at the instant. */
function heldParties(actor: Actor, { parties }: EmbargoRecord, now: number): readonly PartyRecord[] {
  return parties.filter(({ subject, from, until }) => {
    const hasBegun = from === undefined || Date.parse(from) <= now;
    return actor.subjects.has(subject) && hasBegun && (until === undefined || now < Date.parse(until));
  });
}
