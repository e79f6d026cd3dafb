/** Groups: as any section, and their order, which tokens show (W-GRP-5), is that of the file. */
import type { GroupRecord } from '../records.ts';
import type { Stored } from '../state.ts';
import { planSection, type SectionPlan } from './section.ts';

export function planGroups(
  desired: readonly GroupRecord[],
  present: readonly Stored<GroupRecord>[],
  { prune, declare }: { readonly prune: boolean; readonly declare: boolean },
): SectionPlan<GroupRecord> {
  const plan = planSection<GroupRecord>({
    kind: 'group',
    desired,
    present,
    keyOf: ({ path }) => path,
    fieldsOf: ({ path: _, id: __, isDefault, ...fields }) => ({ ...fields, default: isDefault }),
    prune,
    declare,
  });
  const order = desired.map(({ path }) => path);
  return inOrder(
    order,
    [...present].map(({ record }) => record.path),
  )
    ? plan
    : reorder(plan, order, present);
}

/** Whether the groups that exist already stand as the file has them, with the new ones after them. */
function inOrder(order: readonly string[], present: readonly string[]): boolean {
  const named = new Set(order);
  const kept = present.filter((path) => named.has(path));
  return kept.every((path, index) => path === order[index]);
}

/** The file's groups first, then the others in their old order; rows that move are written. */
function reorder(
  plan: SectionPlan<GroupRecord>,
  order: readonly string[],
  present: readonly Stored<GroupRecord>[],
): SectionPlan<GroupRecord> {
  const written = new Map(plan.upserts.map((entry) => [entry.record.path, entry]));
  const stored = new Map(present.map((entry) => [entry.record.path, entry]));
  const gone = new Set(plan.removals);
  const all = [...new Set([...order, ...stored.keys()])].filter((path) => !gone.has(path));
  const upserts = all.flatMap((path, position) => {
    const entry = written.get(path) ?? stored.get(path);
    if (entry === undefined || (!written.has(path) && entry.position === position)) return [];
    return [{ ...entry, position }];
  });
  const moved = { sign: '~' as const, object: 'groups', details: [`order: ${order.join(', ').slice(0, 300)}`] };
  return { ...plan, upserts, changes: [...plan.changes, moved] };
}
