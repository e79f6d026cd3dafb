/** Embargoes: each change is a step of its life, checked against everything that is there, with the grants and tokens that follow from it (policy-semantics 7). */
import type { EmbargoRecord } from '../lake/records.ts';
import type { Actor } from './actor.ts';
import type { ChangeContext, EmbargoAdministration, EmbargoView, Versioned, WriteContext } from './administration.ts';
import {
  activation,
  creation,
  exemption,
  extension,
  partyAddition,
  partyRemoval,
  release,
  replacement,
  type StepContext,
  type StepOutcome,
  withdrawal,
} from './embargo-steps.ts';
import { putEmbargo } from './embargo-write.ts';
import { phaseOf } from './life-cycle.ts';
import { collectPage } from './pages.ts';
import { maySeeEmbargo } from './permissions.ts';
import { type Answer, type Refused, refuse, type WriteOutcome } from './refusal.ts';
import { type RuleAdministrationDeps, refuseOtherVersion, write } from './write.ts';

export function createEmbargoAdministration(deps: RuleAdministrationDeps): EmbargoAdministration {
  const { store, clock } = deps;
  const { reads } = store;
  const change = (context: ChangeContext, id: string, decide: Decide) => changeEmbargo(deps, context, id, decide);
  return {
    list: async (actor, filter, page) => {
      const now = clock.now();
      const { items, next } = await collectPage(
        page,
        (wanted) => reads.embargoes(filter, wanted),
        ({ record }) => record.id,
        ({ record }) => maySeeEmbargo(actor, record),
      );
      return { ok: true, value: { items: items.map((stored) => viewOf(stored, now)), next } };
    },
    get: async (actor, id) => {
      const stored = visible(actor, id, await reads.embargo(id));
      return stored.ok ? { ok: true, value: viewOf(stored.value, clock.now()) } : stored;
    },
    create: (context, record) => createEmbargo(deps, context, record),
    replace: (context, record) => change(context, record.id, (before, step) => replacement(before, record, step)),
    activate: (context, id) => change(context, id, activation),
    extend: (context, id, said) => change(context, id, (before, step) => extension(before, said, step)),
    release: (context, id, at) => change(context, id, (before, step) => release(before, at, step)),
    withdraw: (context, id) => change(context, id, withdrawal),
    addParty: (context, id, party) => change(context, id, (before, step) => partyAddition(before, party, step)),
    removeParty: (context, id, subject) => change(context, id, (before, step) => partyRemoval(before, subject, step)),
    exempt: (context, id, path) => change(context, id, (before, step) => exemption(before, path, step)),
    history: async (actor, id) => {
      const entries = await reads.embargoHistory(id);
      const last = entries.findLast(({ record }) => record !== null)?.record;
      if (!last || !maySeeEmbargo(actor, last)) return notFound(id);
      // A manager learns nothing of the time when it lay elsewhere; a party sees all.
      const { parties, limits } = last;
      const shown = entries.filter(
        ({ record }) => record === null || maySeeEmbargo(actor, { ...record, parties, limits }),
      );
      return { ok: true, value: shown };
    },
  };
}

type Decide = (before: EmbargoRecord, context: StepContext) => StepOutcome;

function createEmbargo(
  deps: RuleAdministrationDeps,
  context: WriteContext,
  record: EmbargoRecord,
): Promise<WriteOutcome<EmbargoView>> {
  return write(deps, context, async (session, now) => {
    const step = creation(record, { actor: context.actor, now, reason: context.reason });
    if (!step.ok) return step;
    if ((await session.embargo(record.id)) !== undefined) {
      return refuse('conflict', `embargo \`${record.id}\` exists already`);
    }
    const made = await putEmbargo(session, null, step, now);
    return made.ok ? { ...made, value: viewOf({ record: step.record, version: made.version }, now) } : made;
  });
}

function changeEmbargo(
  deps: RuleAdministrationDeps,
  context: ChangeContext,
  id: string,
  decide: Decide,
): Promise<WriteOutcome<EmbargoView>> {
  return write(deps, context, async (session, now) => {
    const { actor, reason } = context;
    const stored = visible(actor, id, await session.embargo(id));
    if (!stored.ok) return stored;
    const { record: before, version } = stored.value;
    const step = decide(before, { actor, now, reason });
    if (!step.ok && step.refusal.kind === 'forbidden') return step;
    const mismatch = refuseOtherVersion(context, version);
    if (mismatch !== undefined) return mismatch;
    if (!step.ok) return step;
    const made = await putEmbargo(session, before, step, now);
    return made.ok ? { ...made, value: viewOf({ record: step.record, version: made.version }, now) } : made;
  });
}

function visible(
  actor: Actor,
  id: string,
  stored: Versioned<EmbargoRecord> | undefined,
): Answer<Versioned<EmbargoRecord>> {
  return stored !== undefined && maySeeEmbargo(actor, stored.record) ? { ok: true, value: stored } : notFound(id);
}

function viewOf({ record, version }: Versioned<EmbargoRecord>, now: number): EmbargoView {
  return { record, version, phase: phaseOf(record, now) };
}

function notFound(id: string): Refused {
  return refuse('not-found', `embargo \`${id}\` not known`);
}
