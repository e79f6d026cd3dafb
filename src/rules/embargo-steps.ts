/** Each change in the life of an embargo as a pure step: the record before, who asks, and the record after or a refusal (policy-semantics 7). */
import type { EmbargoRecord, PartyRecord } from '../lake/records.ts';
import type { Actor } from './actor.ts';
import type { Extension } from './administration.ts';
import { mayBecome, phaseOf } from './life-cycle.ts';
import { mayExtend, mayManage, mayManageParty, mayRelease, mayRemoveParty } from './permissions.ts';
import { type Refused, refuse } from './refusal.ts';

/** Who asks, when (ms since the epoch), and why. */
export interface StepContext {
  readonly actor: Actor;
  readonly now: number;
  readonly reason: string | undefined;
}

/** The record that a step makes and its word in the history. */
export interface Step {
  readonly ok: true;
  readonly record: EmbargoRecord;
  readonly change: string;
}

export type StepOutcome = Step | Refused;

/** A new embargo is a draft or active. */
export function creation(record: EmbargoRecord, { actor }: StepContext): StepOutcome {
  if (!mayManage(actor, record.path)) return forbidden('an embargo is made by an embargo manager of its path');
  if (record.state !== 'draft' && record.state !== 'active') {
    return invalid('state', `state \`${record.state}\` for a new embargo, expected \`draft\` or \`active\``);
  }
  return step(record, 'created');
}

/** All fields but the state. */
export function replacement(before: EmbargoRecord, said: EmbargoRecord, context: StepContext): StepOutcome {
  if (!mayManage(context.actor, before.path, said.path)) {
    return forbidden('an embargo is changed by an embargo manager of its path');
  }
  const refused = refuseEnded(before, context.now);
  if (refused !== undefined) return refused;
  const record = { ...said, state: before.state };
  const isLater = before.state === 'active' && endOf(record) > endOf(before);
  return isLater && !hasReason(context) ? reasonWanted() : step(record, 'changed');
}

export function activation(before: EmbargoRecord, context: StepContext): StepOutcome {
  if (!mayManage(context.actor, before.path))
    return forbidden('an embargo is activated by an embargo manager of its path');
  if (!mayBecome(before.state, 'active'))
    return refuse('conflict', `embargo \`${before.id}\` is ${before.state}, expected a draft`);
  return step({ ...before, state: 'active' }, 'activated');
}

/** A later end; of an embargo that lasts until an event, a later hard limit. */
export function extension(before: EmbargoRecord, { until }: Extension, context: StepContext): StepOutcome {
  const refused = refuseEnded(before, context.now);
  const end = Date.parse(until);
  if (!mayExtend(context.actor, before, end, context.now)) return refuseExtension(before, end, context);
  if (refused !== undefined) return refused;
  if (before.state === 'draft')
    return refuse('conflict', `embargo \`${before.id}\` is a draft, expected an active one`);
  if (end <= endOf(before)) {
    return invalid(
      'until',
      `\`${until}\` is no extension, expected an instant after \`${before.until ?? before.hardLimit}\``,
    );
  }
  if (!hasReason(context)) return reasonWanted();
  if (before.until === null) return step({ ...before, hardLimit: until }, 'extended');
  const isBeyond = before.hardLimit !== null && end > Date.parse(before.hardLimit);
  return step({ ...before, until, hardLimit: isBeyond ? until : before.hardLimit }, 'extended');
}

function refuseExtension({ limits }: EmbargoRecord, end: number, { actor }: StepContext): Refused {
  const most = limits?.maxUntil;
  const bound = most === undefined || end <= Date.parse(most) ? 'this embargo' : `beyond \`${most}\``;
  return forbidden(
    `${actor.kind === 'client' ? 'the client' : 'the account'} may not extend ${bound}, expected an embargo manager of its path`,
  );
}

/** At once, or by an earlier end. */
export function release(before: EmbargoRecord, at: string | undefined, context: StepContext): StepOutcome {
  if (!mayRelease(context.actor, before, context.now)) {
    return forbidden('an embargo is released by an embargo manager of its path, or whom its limits name');
  }
  const refused = refuseEnded(before, context.now);
  if (refused !== undefined) return refused;
  if (before.state === 'draft') return refuse('conflict', `embargo \`${before.id}\` is a draft, withdraw it instead`);
  if (at === undefined || Date.parse(at) <= context.now) return step({ ...before, state: 'released' }, 'released');
  if (Date.parse(at) >= endOf(before)) {
    return invalid(
      'at',
      `\`${at}\` is not before its end \`${before.until ?? before.hardLimit}\`, expected an earlier instant`,
    );
  }
  return step({ ...before, until: at }, 'shortened');
}

export function withdrawal(before: EmbargoRecord, context: StepContext): StepOutcome {
  if (!mayManage(context.actor, before.path))
    return forbidden('an embargo is withdrawn by an embargo manager of its path');
  return refuseEnded(before, context.now) ?? step({ ...before, state: 'withdrawn' }, 'withdrawn');
}

export function partyAddition(before: EmbargoRecord, party: PartyRecord, context: StepContext): StepOutcome {
  if (!mayManageParty(context.actor, before, party, context.now)) {
    return forbidden(
      'a party is added by an embargo manager of the path; a PI may add `coi` and `collaboration` with its own actions, until its own end',
    );
  }
  const refused = refuseEnded(before, context.now);
  if (refused !== undefined) return refused;
  if (before.parties.some(({ subject }) => subject === party.subject)) {
    return refuse('conflict', `\`${party.subject}\` is a party already`);
  }
  return step({ ...before, parties: [...before.parties, party] }, 'party-added');
}

/** Every entry of the subject that the actor may take away. */
export function partyRemoval(before: EmbargoRecord, subject: string, context: StepContext): StepOutcome {
  const { actor, now } = context;
  const own = before.parties.filter((party) => party.subject === subject);
  const removable = own.filter((party) => mayRemoveParty(actor, before, party, now));
  if (own.length === 0) return refuse('not-found', `\`${subject}\` is no party of embargo \`${before.id}\``);
  if (removable.length === 0) {
    return forbidden('a party is removed by an embargo manager of the path; a PI may remove `coi` and `collaboration`');
  }
  const refused = refuseEnded(before, now);
  if (refused !== undefined) return refused;
  return step({ ...before, parties: before.parties.filter((party) => !removable.includes(party)) }, 'party-removed');
}

export function exemption(before: EmbargoRecord, path: string, context: StepContext): StepOutcome {
  if (!mayManage(context.actor, before.path)) return forbidden('a path is exempted by an embargo manager');
  const refused = refuseEnded(before, context.now);
  if (refused !== undefined) return refused;
  if (before.exempt.includes(path)) return refuse('conflict', `\`${path}\` is exempt already`);
  return step({ ...before, exempt: [...before.exempt, path] }, 'exempted');
}

/** Nothing changes once it is over: closing again is a new embargo on open data. */
function refuseEnded(before: EmbargoRecord, now: number): Refused | undefined {
  const phase = phaseOf(before, now);
  if (phase !== 'released' && phase !== 'withdrawn') return undefined;
  return refuse(
    'conflict',
    `embargo \`${before.id}\` was ${phase} and does not change any more, expected a new embargo`,
  );
}

function endOf({ until, hardLimit }: EmbargoRecord): number {
  const end = until ?? hardLimit;
  return end === null ? Number.POSITIVE_INFINITY : Date.parse(end);
}

function hasReason({ reason }: StepContext): boolean {
  return reason !== undefined && reason.trim() !== '';
}

function reasonWanted(): Refused {
  return invalid('reason', 'an extension needs a reason');
}

function step(record: EmbargoRecord, change: string): Step {
  return { ok: true, record, change };
}

function forbidden(message: string): Refused {
  return refuse('forbidden', message);
}

function invalid(field: string, message: string): Refused {
  return refuse('invalid', message, { faults: [{ path: [field], message }] });
}
