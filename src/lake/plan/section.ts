/** What becomes of the objects of one kind: those that the file names become what it says, the others stay, or go when pruned. */
import type { Stored } from '../state.ts';
import { type Change, describeFields, type Fields } from './change.ts';

/** Rows to write whole, and keys of rows to delete. */
export interface SectionWrites<R> {
  readonly upserts: readonly Stored<R>[];
  readonly removals: readonly string[];
}

export interface SectionPlan<R> extends SectionWrites<R> {
  readonly changes: readonly Change[];
}

export interface Section<R> {
  readonly kind: string;
  readonly desired: readonly R[];
  readonly present: readonly Stored<R>[];
  readonly keyOf: (record: R) => string;
  readonly fieldsOf: (record: R) => Fields;
  readonly prune: boolean;
  /** Whether what is made counts as made by a lake file. */
  readonly declare: boolean;
}

/** Objects that are deleted when pruned. */
export function planSection<R>(section: Section<R>): SectionPlan<R> {
  const { desired, present, keyOf } = section;
  const stored = new Map(present.map((entry) => [keyOf(entry.record), entry]));
  const named = new Set(desired.map(keyOf));
  const removed = section.prune ? present.filter((entry) => entry.declared && !named.has(keyOf(entry.record))) : [];
  const upserts: Stored<R>[] = [];
  const changes: Change[] = [];
  let position = nextPosition(present);
  for (const record of desired) {
    const object = `${section.kind} ${keyOf(record)}`;
    const before = stored.get(keyOf(record));
    if (before === undefined) {
      upserts.push({ record, declared: section.declare, position });
      changes.push({ sign: '+', object, details: [] });
      position += 1;
      continue;
    }
    const details = describeFields(section.fieldsOf(before.record), section.fieldsOf(record));
    if (details.length === 0) continue;
    upserts.push({ ...before, record });
    changes.push({ sign: '~', object, details });
  }
  return {
    upserts,
    removals: removed.map(({ record }) => keyOf(record)),
    changes: [
      ...changes,
      ...removed.map(({ record }) => ({ sign: '-' as const, object: `${section.kind} ${keyOf(record)}`, details: [] })),
    ],
  };
}

/** New objects come after all others. */
export function nextPosition(present: readonly { readonly position: number }[]): number {
  return present.reduce((highest, { position }) => Math.max(highest, position), -1) + 1;
}
