/** Groups of INDIGO IAM: the full name becomes the path, the UUID stays the id. */
import { groupSchema } from '../../lake/schema/group.ts';
import type { ImportNote } from '../note.ts';
import { type IndigoRows, isSet, labelsOf, textOf } from './tables.ts';

export interface ImportedGroups {
  /** As in a lake file, parents first. */
  readonly items: readonly Record<string, unknown>[];
  /** By INDIGO's number; groups that were left out are absent. */
  readonly pathOf: ReadonlyMap<string, string>;
  readonly pathOfUuid: ReadonlyMap<string, string>;
  readonly notes: readonly ImportNote[];
}

export function importGroups(rows: IndigoRows): ImportedGroups {
  const labels = rows.by('iam_group_labels', 'group_id');
  const notes: ImportNote[] = [];
  const pathOf = new Map<string, string>();
  const pathOfUuid = new Map<string, string>();
  const known = new Set<string>();
  const byDepth = [...rows.of('iam_group')].sort((one, other) => depth(one.name) - depth(other.name));
  const items = byDepth.flatMap((row) => {
    const path = `/${row.name}`;
    const parent = path.slice(0, path.lastIndexOf('/'));
    const item = {
      id: textOf(row, 'uuid') ?? undefined,
      path,
      description: textOf(row, 'description') ?? undefined,
      labels: labelsOf(labels.get(row.id ?? '') ?? []),
      default: isSet(row, 'default_group') || undefined,
    };
    const checked = groupSchema.safeParse(item);
    if (!checked.success || (parent !== '' && !known.has(parent))) {
      const why = checked.success ? `its parent \`${parent}\` was left out` : String(checked.error.issues[0]?.message);
      notes.push({ object: `group ${path}`, outcome: 'left-out', why });
      return [];
    }
    known.add(path);
    pathOf.set(row.id ?? '', path);
    pathOfUuid.set((row.uuid ?? '').toLowerCase(), path);
    return [item];
  });
  return { items, pathOf, pathOfUuid, notes };
}

function depth(name: string | null | undefined): number {
  return (name ?? '').split('/').length;
}
