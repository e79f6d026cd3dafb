/** SCIM 2.0 at `/scim` (RFC 7644): each path with its methods, who may use it, and what it does. */
import type { Middleware } from 'koa';
import { notFound } from '../../scim/actor.ts';
import { bulkLimits, runBulk } from '../../scim/bulk.ts';
import { listResponseId } from '../../scim/lists.ts';
import { scimStatus } from '../../scim/problem.ts';
import { referToMember } from '../../scim/represent.ts';
import { groupType, userType } from '../../scim/schemas.ts';
import { ok } from '../../shared/result.ts';
import { answering, answerJson } from './answer.ts';
import { maxBytes, readScimBody } from './body.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { meMethods } from './me-routes.ts';
import { readQuery, readSearch } from './parameters.ts';
import { resourceRoutes } from './resource-routes.ts';
import { type Handler, type Route, reader, type ScimRoutesDeps, writer } from './route.ts';
import { searchAll } from './search-all.ts';

const scimPrefix = '/scim';

export function scimRoutes(deps: ScimRoutesDeps): Middleware {
  const routes = allRoutes(deps);
  return async (ctx, next) => {
    if (ctx.path !== scimPrefix && !ctx.path.startsWith(`${scimPrefix}/`)) return next();
    const path = ctx.path.slice(scimPrefix.length).replace(/\/$/, '');
    await answering(ctx, deps.log, async () => {
      const [route, id] = find(routes, path);
      ctx.state.route = `${scimPrefix}${route?.template ?? '/*'}`;
      if (route === undefined) return notFound;
      const method = ctx.method === 'HEAD' ? 'GET' : ctx.method;
      const handler = route.methods[method as keyof Route['methods']];
      if (handler !== undefined) return handler(ctx, id);
      ctx.set('Allow', Object.keys(route.methods).join(', '));
      return scimStatus(405, `expected ${Object.keys(route.methods).join(' or ')}`);
    });
    return undefined;
  };
}

function find(routes: readonly Route[], path: string): [Route | undefined, string] {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (match) return [route, decoded(match[1] ?? '')];
  }
  return [undefined, ''];
}

/** What cannot be decoded is nobody's id, and no more than that. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function allRoutes(deps: ScimRoutesDeps): readonly Route[] {
  const { scim } = deps;
  return [
    ...resourceRoutes(deps, userType),
    ...resourceRoutes(deps, groupType),
    { pattern: /^\/Groups\/([^/]+)\/members$/i, template: '/Groups/{id}/members', methods: { GET: membersOf(deps) } },
    { pattern: /^\/Me$/i, template: '/Me', methods: meMethods(deps) },
    { pattern: /^\/\.search$/, template: '/.search', methods: { POST: searchEverything(deps) } },
    { pattern: /^\/Bulk$/i, template: '/Bulk', methods: { POST: bulk(deps) } },
    ...discoveryRoutes(scim.base),
  ];
}

/** INDIGO IAM's list of the members of one group. */
function membersOf(deps: ScimRoutesDeps): Handler {
  return async (ctx, id) => {
    const caller = await reader(deps, ctx);
    if (!caller.ok) return caller;
    const query = readQuery(ctx);
    if (!query.ok) return query;
    const { directory, base } = deps.scim;
    const group = await directory.findGroup(id, { members: false });
    if (group === undefined) return notFound;
    const startIndex = Math.max(1, query.value.startIndex ?? 1);
    const count = Math.min(1000, Math.max(0, query.value.count ?? 100));
    const { items, total } = await directory.listMembers(group.id, { skip: startIndex - 1, count });
    const resources = items.map((member) => referToMember(member, base));
    const body = { totalResults: total, itemsPerPage: items.length, startIndex, Resources: resources };
    return ok(answerJson(ctx, { schemas: [listResponseId], ...body }));
  };
}

function searchEverything(deps: ScimRoutesDeps): Handler {
  return async (ctx) => {
    const caller = await reader(deps, ctx);
    if (!caller.ok) return caller;
    const body = await readScimBody(ctx, maxBytes);
    if (!body.ok) return body;
    const request = readSearch(body.value);
    if (!request.ok) return request;
    const found = await searchAll(deps.scim.lists, caller.value.actor.id, request.value);
    return found.ok ? ok(answerJson(ctx, found.value)) : found;
  };
}

function bulk(deps: ScimRoutesDeps): Handler {
  return async (ctx) => {
    const write = await writer(deps, ctx);
    if (!write.ok) return write;
    const body = await readScimBody(ctx, bulkLimits.maxPayloadSize);
    if (!body.ok) return body;
    const done = await runBulk(deps.scim, write.value, body.value);
    return done.ok ? ok(answerJson(ctx, done.value)) : done;
  };
}
