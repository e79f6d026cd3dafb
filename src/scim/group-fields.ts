/** SCIM's JSON of a group as the fields of a group; INDIGO's clients name a group below its parent. */
import { ok } from '../shared/result.ts';
import { readLabels } from './labels.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { GroupRecord } from './records.ts';
import type { Json } from './represent.ts';
import { indigoGroupId } from './schemas.ts';

export interface GroupFields {
  readonly path: string;
  /** Undefined: as it is. */
  readonly description: string | null | undefined;
  /** Undefined: as they are. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly externalId: string | null;
}

interface Surroundings {
  /** Null: the request says all. */
  readonly before: GroupRecord | null;
  readonly pathOf: (id: string) => Promise<string | undefined>;
  readonly rootGroup: () => Promise<string | null>;
}

/** `resource` is in the form of `normaliseResource`. */
export async function readGroupFields(resource: Json, around: Surroundings): Promise<ScimAnswer<GroupFields>> {
  const { displayName, externalId = null } = resource;
  if (typeof displayName !== 'string' || displayName === '') {
    return scimError('invalidValue', 'expected a `displayName`');
  }
  const indigo = resource[indigoGroupId] as Json | undefined;
  const name = `/${displayName.replace(/^\//, '')}`;
  const parent = await findParent(indigo?.parentGroup as Json | undefined, around);
  if (!parent.ok) return parent;
  const { before } = around;
  const named = before === null ? pathBelow(parent.value, name) : changedPath(before, parent.value, name);
  const root = await around.rootGroup();
  // INDIGO's groups may stand anywhere; here all are below the group of the VO.
  const path = root === null || named === root ? named : pathBelow(root, named);
  const description = indigo && ((indigo.description as string | undefined) ?? null);
  // A list that a request leaves out stays as it is; one that a patch took away is gone.
  const said = indigo?.labels ?? (before === null ? undefined : []);
  const labels = said === undefined ? undefined : readLabels(said as readonly Json[]);
  if (labels?.ok === false) return labels;
  return ok({ path, description, labels: labels?.value, externalId: externalId as string | null });
}

/** Path of the group that is named as the parent; null: none is. */
async function findParent(parent: Json | undefined, { pathOf }: Surroundings): Promise<ScimAnswer<string | null>> {
  const id = parent?.value ?? idOf(parent?.$ref);
  if (id === undefined) return ok(null);
  const path = typeof id === 'string' ? await pathOf(id) : undefined;
  if (path !== undefined) return ok(path);
  return scimError('invalidValue', 'expected the id of a group as `value` of `parentGroup`');
}

/** A name that begins with the parent's is the whole; any other is that below the parent. */
function pathBelow(parent: string | null, name: string): string {
  return parent === null || name.startsWith(`${parent}/`) ? name : `${parent}${name}`;
}

/** Of the two ways to say where a group is, name and parent, the one that a patch changed counts. */
function changedPath({ path, parent: before }: GroupRecord, parent: string | null, name: string): string {
  const ownName = path.slice(path.lastIndexOf('/'));
  if (parent !== (before?.path ?? null)) return `${parent ?? ''}${name === path ? ownName : name}`;
  const isBare = !name.includes('/', 1);
  return isBare && parent !== null ? `${parent}${name}` : name;
}

function idOf(ref: unknown): string | undefined {
  return typeof ref === 'string' ? /\/Groups\/([^/?#]+)$/.exec(ref)?.[1] : undefined;
}
