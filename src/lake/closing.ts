/** Which embargoes of a file begin to close something, and whether it is open now (policy-semantics 7, "create on open data"). */
import { phaseOf } from '../rules/life-cycle.ts';
import { closesMore, findOpenings } from '../rules/open-data.ts';
import type { ParsedLake } from './parse.ts';
import { type EmbargoRecord, embargoRecord } from './records.ts';
import type { LakeState } from './state.ts';

export interface ClosingEmbargo {
  /** Its position in the file. */
  readonly index: number;
  readonly record: EmbargoRecord;
  /** How many grants of the database open it now to others than its parties. */
  readonly openings: number;
}

export function findClosing(lake: ParsedLake, state: LakeState, now: number): readonly ClosingEmbargo[] {
  const present = {
    grants: state.grants.map(({ record }) => record),
    embargoes: state.embargoes.map(({ record }) => record),
  };
  const stored = new Map(present.embargoes.map((record) => [record.id, record]));
  return lake.embargoes.flatMap(({ index, value }) => {
    const before = stored.get(value.id) ?? null;
    const record = embargoRecord(value, before?.state ?? 'active');
    if (!closesMore(before, record) || phaseOf(record, now) === 'released') return [];
    return [{ index, record, openings: findOpenings(record, present, now).length }];
  });
}

/** What the operator is told: an embargo on the root always, others when they close what is open. */
export function describeClosing(closing: readonly ClosingEmbargo[]): string[] {
  return closing
    .filter(({ record, openings }) => record.path === '/' || openings > 0)
    .map(({ record, openings }) => {
      const what = record.path === '/' ? 'the whole lake, `/`' : `\`${record.path}\``;
      const open = openings === 0 ? '' : `, which ${openings === 1 ? 'a grant opens' : `${openings} grants open`} now,`;
      const when = record.from === null ? '' : ` from ${record.from} on`;
      return `embargo \`${record.id}\` closes ${what}${open}${when} to everyone${describeParties(record)}`;
    });
}

function describeParties({ parties }: EmbargoRecord): string {
  if (parties.length === 0) return '';
  return parties.length === 1 ? ' but its party' : ` but its ${parties.length} parties`;
}
