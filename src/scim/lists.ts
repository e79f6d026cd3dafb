/** Lists of users and groups (RFC 7644 section 3.4.2, cursors of RFC 9865): a page begins behind the one before it, whatever has come or gone since. */
import { err, ok } from '../shared/result.ts';
import { type Located, locate, locatedName, type ResourceType } from './attribute.ts';
import type { Directory, Listed, Sort, Walks } from './directory.ts';
import { type Condition, parseFilter } from './filter.ts';
import { type ScimAnswer, scimError } from './problem.ts';
import { isWanted, type Projection, project, readProjection } from './projection.ts';
import { type Json, representGroup, representUser } from './represent.ts';

export const listResponseId = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

export const defaultCount = 100;
export const maxCount = 1000;

/** As the parameters came; undefined: absent. */
export interface ListRequest {
  readonly filter?: string | undefined;
  readonly sortBy?: string | undefined;
  readonly sortOrder?: string | undefined;
  readonly startIndex?: number | undefined;
  readonly count?: number | undefined;
  /** An empty one asks for the first page. */
  readonly cursor?: string | undefined;
  readonly attributes: readonly string[];
  readonly excludedAttributes: readonly string[];
}

export interface ListsDeps {
  readonly directory: Directory;
  readonly walks: Walks;
  /** URL of the endpoint, without a final slash. */
  readonly base: string;
}

interface Plan {
  readonly type: ResourceType;
  readonly condition: Condition | null;
  readonly sort: Sort | null;
  readonly count: number;
  readonly projection: Projection;
}

export interface Lists {
  /** `caller`: who walks, so that the pages of two do not mix. A condition narrows what the filter lets through. */
  list(caller: string, type: ResourceType, request: ListRequest): Promise<ScimAnswer<Json>>;
}

export function createLists({ directory, walks, base }: ListsDeps): Lists {
  return {
    list: async (caller, type, request) => {
      const plan = readPlan(type, request);
      if (!plan.ok) return plan;
      return request.cursor === undefined ? byIndex(caller, plan.value, request) : byCursor(plan.value, request.cursor);
    },
  };

  async function byIndex(caller: string, plan: Plan, request: ListRequest): Promise<ScimAnswer<Json>> {
    const { type, sort, count } = plan;
    const startIndex = Math.max(1, request.startIndex ?? 1);
    const walk = JSON.stringify([caller, type.name, request.filter ?? null, sort && sortText(sort)]);
    const keys = startIndex === 1 ? [] : await walks.find(walk, startIndex);
    const key = earliest(
      keys.filter((one) => directory.isKey(type.name, sort, one)),
      sort,
    );
    const from = key === undefined ? { skip: startIndex - 1 } : { key };
    const { items, next, total } = await read(plan, from);
    if (next !== null) await walks.remember(walk, startIndex + items.length, next);
    return ok({
      schemas: [listResponseId],
      // Behind a key, those before it count as the ones that the caller has had.
      totalResults: key === undefined ? total : startIndex - 1 + total,
      itemsPerPage: items.length,
      startIndex,
      ...(count > 0 && { Resources: items }),
    });
  }

  async function byCursor(plan: Plan, cursor: string): Promise<ScimAnswer<Json>> {
    const { type, sort } = plan;
    const key = cursor === '' ? null : Buffer.from(cursor, 'base64url').toString();
    if (key !== null && !directory.isKey(type.name, sort, key)) {
      return scimError('invalidCursor', 'expected `nextCursor` of the page before, unchanged');
    }
    const { items, next, total } = await read(plan, key === null ? { skip: 0 } : { key });
    return ok({
      schemas: [listResponseId],
      totalResults: total,
      itemsPerPage: items.length,
      ...(next !== null && { nextCursor: Buffer.from(next).toString('base64url') }),
      Resources: items,
    });
  }

  async function read(
    { type, condition, sort, count, projection }: Plan,
    from: { readonly key: string } | { readonly skip: number },
  ): Promise<Listed<Json>> {
    const query = { condition, sort, count, from };
    if (type.name === 'User') {
      const page = await directory.listUsers(query);
      return { ...page, items: page.items.map((user) => project(type, representUser(user, base), projection)) };
    }
    const page = await directory.listGroups({ ...query, members: isWanted(projection, 'members') });
    return { ...page, items: page.items.map((group) => project(type, representGroup(group, base), projection)) };
  }

  function readPlan(type: ResourceType, request: ListRequest): ScimAnswer<Plan> {
    const projection = readProjection(type, request.attributes, request.excludedAttributes);
    if (!projection.ok) return projection;
    const condition = readCondition(type, request.filter);
    if (!condition.ok) return condition;
    const sort = readSort(type, request);
    if (!sort.ok) return sort;
    const count = Math.min(maxCount, Math.max(0, request.count ?? defaultCount));
    return ok({ type, condition: condition.value, sort: sort.value, count, projection: projection.value });
  }

  function readCondition(type: ResourceType, filter: string | undefined): ScimAnswer<Condition | null> {
    if (filter === undefined || filter.trim() === '') return ok(null);
    const condition = parseFilter(type, filter);
    if (!condition.ok) return scimError('invalidFilter', condition.error);
    const unsearchable = directory.cannotFilter(type.name, condition.value);
    if (unsearchable === undefined) return condition;
    return scimError('invalidFilter', `\`${unsearchable}\` is not an attribute to filter by`);
  }

  function readSort(type: ResourceType, { sortBy, sortOrder }: ListRequest): ScimAnswer<Sort | null> {
    const descending = sortOrder?.toLowerCase() === 'descending';
    if (!descending && sortOrder !== undefined && sortOrder.toLowerCase() !== 'ascending') {
      return scimError('invalidValue', 'expected `ascending` or `descending` as `sortOrder`');
    }
    if (sortBy === undefined || sortBy === '') return ok(null);
    const by = locate(type, sortBy);
    if (by !== undefined && directory.canSort(type.name, by)) return ok({ by, descending });
    return err({ status: 400, scimType: 'invalidPath', detail: 'expected a `sortBy` that has one value' });
  }
}

function sortText({ by, descending }: Sort): string {
  return `${descending ? '-' : ''}${locatedName(by as Located)}`;
}

/** A page may have begun at several places; from the first of them on nothing is missed. */
function earliest(keys: readonly string[], sort: Sort | null): string | undefined {
  const direction = sort?.descending ? -1 : 1;
  const compare = (one: string, other: string) => {
    const [left, right] = [JSON.parse(one) as string[], JSON.parse(other) as string[]];
    const differing = left.findIndex((part, index) => part !== right[index]);
    if (differing === -1) return 0;
    return direction * Buffer.compare(Buffer.from(left[differing] ?? ''), Buffer.from(right[differing] ?? ''));
  };
  return [...keys].sort(compare)[0];
}
