/** Embargoes: pruned ones are withdrawn and stay as history; what is over does not come back (policy-semantics 7). */
import { phaseOf } from '../../rules/life-cycle.ts';
import { type EmbargoRecord, embargoRecord } from '../records.ts';
import type { LakeEmbargo } from '../schema.ts';
import type { Stored } from '../state.ts';
import { planSection, type SectionPlan } from './section.ts';

export interface EmbargoesPlan extends SectionPlan<EmbargoRecord> {
  readonly notices: readonly string[];
}

export function planEmbargoes(
  desired: readonly LakeEmbargo[],
  present: readonly Stored<EmbargoRecord>[],
  { prune, now, declare }: { readonly prune: boolean; readonly now: number; readonly declare: boolean },
): EmbargoesPlan {
  const stored = new Map(present.map((entry) => [entry.record.id, entry]));
  const plan = planSection<EmbargoRecord>({
    kind: 'embargo',
    desired: desired.map((said) => embargoRecord(said, stored.get(said.id)?.record.state ?? 'active')),
    present,
    keyOf: ({ id }) => id,
    fieldsOf: ({ id: _, ...fields }) => fields,
    prune: false,
    declare,
  });
  const named = new Set(desired.map(({ id }) => id));
  const pruned = prune ? present.filter((entry) => isOpenToPrune(entry) && !named.has(entry.record.id)) : [];
  const ended = pruned.map((entry) => {
    // What its date has released was no mistake.
    const state = phaseOf(entry.record, now) === 'released' ? ('released' as const) : ('withdrawn' as const);
    return { ...entry, record: { ...entry.record, state }, declared: false };
  });
  return {
    upserts: [...plan.upserts, ...ended],
    removals: [],
    changes: [
      ...plan.changes,
      ...ended.map(({ record }) => ({
        sign: '-' as const,
        object: `embargo ${record.id}`,
        details: [record.state],
      })),
    ],
    notices: desired.flatMap((said) => {
      const state = stored.get(said.id)?.record.state;
      if (said.state !== undefined || (state !== 'released' && state !== 'withdrawn')) return [];
      return [`embargo \`${said.id}\` was ${state} and stays so; to close \`${said.path}\` again, give it a new id`];
    }),
  };
}

function isOpenToPrune({ record, declared }: Stored<EmbargoRecord>): boolean {
  return declared && (record.state === 'draft' || record.state === 'active');
}
