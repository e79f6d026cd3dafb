/** A search over all types at once (RFC 7644 section 3.4.3): users first, then groups, counted as one list. */
import { type ListRequest, type Lists, listResponseId } from '../../scim/lists.ts';
import type { ScimAnswer } from '../../scim/problem.ts';
import type { Json } from '../../scim/represent.ts';
import { groupType, userType } from '../../scim/schemas.ts';
import { ok } from '../../shared/result.ts';

interface Part {
  readonly totalResults: number;
  readonly Resources?: readonly Json[];
}

/** A type whose schema does not know an attribute of the filter has nothing to add. */
export async function searchAll(lists: Lists, caller: string, request: ListRequest): Promise<ScimAnswer<Json>> {
  const { cursor: _cursor, ...plain } = request;
  const startIndex = Math.max(1, plain.startIndex ?? 1);
  const count = plain.count ?? 100;
  const users = await lists.list(caller, userType, { ...plain, startIndex, count });
  const first = users.ok ? (users.value as unknown as Part) : nothing;
  const found = first.Resources ?? [];
  const groupStart = Math.max(1, startIndex - first.totalResults);
  const left = Math.max(0, count - found.length);
  const groups = await lists.list(caller, groupType, { ...plain, startIndex: groupStart, count: left });
  if (!groups.ok && !users.ok) return users;
  const second = groups.ok ? (groups.value as unknown as Part) : nothing;
  const all = [...found, ...(second.Resources ?? [])];
  return ok({
    schemas: [listResponseId],
    totalResults: first.totalResults + second.totalResults,
    itemsPerPage: all.length,
    startIndex,
    Resources: all,
  });
}

const nothing: Part = { totalResults: 0 };
