/** Which members a request adds to a group and takes away, without the ones that it does not speak of. */
import { ok } from '../shared/result.ts';
import type { Attribute } from './attribute.ts';
import { isMet } from './match.ts';
import { isObject, normaliseValue } from './normalise.ts';
import type { Operation } from './patch-operations.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import type { MemberRecord } from './records.ts';
import { type Json, referToMember } from './represent.ts';
import { groupType } from './schemas.ts';

export interface MemberChanges {
  /** Whether those who are not added go. */
  readonly replaces: boolean;
  readonly added: ReadonlySet<string>;
  readonly removed: ReadonlySet<string>;
}

export const noMemberChanges: MemberChanges = { replaces: false, added: new Set(), removed: new Set() };

export const members = groupType.schema.attributes.find(({ name }) => name === 'members') as Attribute;

/** Whether the operation is about members alone. */
export function isOfMembers({ target }: Operation): boolean {
  return target !== null && target.of.attribute === members;
}

/** Ids of accounts; groups below a group are not its members. */
export function readMembers(value: unknown): ScimAnswer<readonly string[]> {
  const normal = normaliseValue(members, value);
  if (!normal.ok) return normal;
  const ids: string[] = [];
  for (const member of (normal.value ?? []) as readonly Json[]) {
    if (typeof member.type === 'string' && member.type.toLowerCase() !== 'user') {
      return scimError(
        'invalidValue',
        'expected members of type `User`; a group is below another by its `parentGroup`',
      );
    }
    const id = member.value ?? idOf(member.$ref);
    if (typeof id !== 'string')
      return scimError('invalidValue', 'expected the id of an account as `value` of a member');
    ids.push(id);
  }
  return ok(ids);
}

function idOf(ref: unknown): string | undefined {
  const [, id] = typeof ref === 'string' ? (/\/Users\/([^/?#]+)$/.exec(ref) ?? []) : [];
  try {
    return id && decodeURIComponent(id);
  } catch {
    return undefined;
  }
}

/** `listAll` is asked only for filters that the ids do not decide. */
export async function addOperation(
  before: MemberChanges,
  operation: Operation,
  listAll: () => Promise<readonly MemberRecord[]>,
): Promise<ScimAnswer<MemberChanges>> {
  const { op, target, value } = operation;
  if (target?.of.sub != null) return scimError('mutability', 'a member is added or removed, not changed');
  if (op === 'remove') return removal(before, operation, listAll);
  if (target?.where != null) return scimError('invalidPath', 'members are added by their `value`, without a filter');
  const ids = readMembers(value);
  if (!ids.ok) return ids;
  if (op === 'replace') return ok({ replaces: true, added: new Set(ids.value), removed: new Set() });
  const removed = new Set([...before.removed].filter((id) => !ids.value.includes(id)));
  return ok({ ...before, added: new Set([...before.added, ...ids.value]), removed });
}

async function removal(
  before: MemberChanges,
  { target, value }: Operation,
  listAll: () => Promise<readonly MemberRecord[]>,
): Promise<ScimAnswer<MemberChanges>> {
  const where = target?.where ?? null;
  if (where === null && (value === undefined || value === null)) {
    return ok({ replaces: true, added: new Set(), removed: new Set() });
  }
  // Some clients name those to remove in the value.
  const named = where === null ? readMembers(value) : ok(namedIn(where));
  if (!named.ok) return named;
  const gone = new Set(named.value ?? (await chosen(where, listAll)));
  const added = new Set([...before.added].filter((id) => !gone.has(id)));
  return ok({ ...before, added, removed: new Set([...before.removed, ...gone]) });
}

type Where = NonNullable<NonNullable<Operation['target']>['where']>;

/** `value eq "…"` names one; null: it takes a look at all. */
function namedIn(where: Where): readonly string[] | null {
  const isId = where.kind === 'compare' && where.of.sub?.name === 'value' && where.operator === 'eq';
  return isId && typeof where.value === 'string' ? [where.value] : null;
}

async function chosen(where: Where | null, listAll: () => Promise<readonly MemberRecord[]>): Promise<string[]> {
  const all = await listAll();
  return all.filter((member) => where === null || isMet(where, members, referToMember(member, ''))).map(({ id }) => id);
}

/** The `members` of an object that holds other attributes too. */
export function splitMembers(body: unknown): { readonly members: unknown; readonly rest: unknown } {
  if (!isObject(body)) return { members: undefined, rest: body };
  const entries = Object.entries(body);
  const isMembers = (key: string) => key.toLowerCase() === 'members';
  return {
    members: entries.find(([key]) => isMembers(key))?.[1],
    rest: Object.fromEntries(entries.filter(([key]) => !isMembers(key))),
  };
}
