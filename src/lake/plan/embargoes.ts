/** Embargoes: pruned ones are withdrawn and stay as history (policy-semantics 7). */
import { type EmbargoRecord, embargoRecord } from '../records.ts';
import type { LakeEmbargo } from '../schema.ts';
import type { Stored } from '../state.ts';
import { planSection, type SectionPlan } from './section.ts';

export function planEmbargoes(
  desired: readonly LakeEmbargo[],
  present: readonly Stored<EmbargoRecord>[],
  prune: boolean,
): SectionPlan<EmbargoRecord> {
  const stored = new Map(present.map((entry) => [entry.record.id, entry]));
  const returning = new Set(
    desired.filter(({ id, state }) => state === undefined && isPruned(stored.get(id))).map(({ id }) => id),
  );
  const plan = planSection<EmbargoRecord>({
    kind: 'embargo',
    desired: desired.map((said) => {
      const before = returning.has(said.id) ? undefined : stored.get(said.id);
      return embargoRecord(said, before?.record.state ?? 'active');
    }),
    present,
    keyOf: ({ id }) => id,
    fieldsOf: ({ id: _, ...fields }) => fields,
    prune: false,
  });
  const named = new Set(desired.map(({ id }) => id));
  const withdrawn = prune ? present.filter((entry) => isOpenToPrune(entry) && !named.has(entry.record.id)) : [];
  return {
    upserts: [
      ...plan.upserts.map((entry) => (returning.has(entry.record.id) ? { ...entry, declared: true } : entry)),
      ...withdrawn.map((entry) => ({
        ...entry,
        record: { ...entry.record, state: 'withdrawn' as const },
        declared: false,
      })),
    ],
    removals: [],
    changes: [
      ...plan.changes,
      ...withdrawn.map(({ record }) => ({
        sign: '-' as const,
        object: `embargo ${record.id}`,
        details: ['withdrawn'],
      })),
    ],
  };
}

/** Withdrawn by an earlier `--prune`, which takes the mark of creation away: naming it again brings it back. */
function isPruned(entry: Stored<EmbargoRecord> | undefined): boolean {
  return entry !== undefined && entry.record.state === 'withdrawn' && !entry.declared;
}

function isOpenToPrune({ record, declared }: Stored<EmbargoRecord>): boolean {
  return declared && (record.state === 'draft' || record.state === 'active');
}
