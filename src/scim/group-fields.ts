/** SCIM's JSON of a group as the fields of a group; INDIGO's clients name a group below its parent. */
import { ok } from '../shared/result.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { GroupRecord } from './records.ts';
import type { Json } from './represent.ts';
import { indigoGroupId } from './schemas.ts';
import { readLabels } from './user-fields.ts';

export interface GroupFields {
  readonly path: string;
  readonly description: string | null;
  /** Undefined: as they are. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly externalId: string | null;
}

interface Surroundings {
  /** Null: the request says all. */
  readonly before: GroupRecord | null;
  readonly pathOf: (id: string) => Promise<string | undefined>;
}

/** `resource` is in the form of `normaliseResource`. */
export async function readGroupFields(resource: Json, around: Surroundings): Promise<ScimAnswer<GroupFields>> {
  const { displayName, externalId = null } = resource;
  if (typeof displayName !== 'string' || displayName === '') {
    return scimError('invalidValue', 'expected a `displayName`');
  }
  const indigo = resource[indigoGroupId] as Json | undefined;
  const labels = indigo?.labels === undefined ? ok(undefined) : readLabels(indigo.labels as readonly Json[]);
  if (!labels.ok) return labels;
  const path = await pathFrom(displayName, indigo?.parentGroup as Json | undefined, around);
  if (!path.ok) return path;
  return ok({
    path: path.value,
    description: (indigo?.description as string | undefined) ?? null,
    labels: labels.value ?? (indigo && {}),
    externalId: externalId as string | null,
  });
}

/** A name that begins with the parent's is the whole; any other is that below the parent. */
async function pathFrom(
  displayName: string,
  parent: Json | undefined,
  { before, pathOf }: Surroundings,
): Promise<ScimAnswer<string>> {
  const whole = `/${displayName.replace(/^\//, '')}`;
  const parentId = parent?.value ?? idOf(parent?.$ref);
  if (before !== null) {
    const sameName = whole === before.path;
    const sameParent = (parentId ?? null) === (before.parent?.id ?? null);
    // Of the two ways to say where a group is, the one that was changed counts.
    if (sameParent)
      return ok(whole.includes('/', 1) || before.parent === null || sameName ? whole : below(before, whole));
    if (parentId === undefined) return ok(sameName ? whole.slice(whole.lastIndexOf('/')) : whole);
  }
  if (parentId === undefined) return ok(whole);
  const parentPath = typeof parentId === 'string' ? await pathOf(parentId) : undefined;
  if (parentPath === undefined)
    return scimError('invalidValue', 'expected the id of a group as `value` of `parentGroup`');
  if (whole.startsWith(`${parentPath}/`)) return ok(whole);
  const last = before !== null && whole === before.path ? whole.slice(whole.lastIndexOf('/')) : whole;
  return ok(`${parentPath}${last}`);
}

/** A bare new name of a group that has a parent stays below it. */
function below({ parent }: GroupRecord, name: string): string {
  return `${parent?.path ?? ''}${name}`;
}

function idOf(ref: unknown): string | undefined {
  return typeof ref === 'string' ? /\/Groups\/([^/?#]+)$/.exec(ref)?.[1] : undefined;
}
