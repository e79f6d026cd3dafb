/** SCIM 2.0 at `/scim` (RFC 7644): each path with its methods, who may use it, and what it does. */
import type { Context, Middleware } from 'koa';
import type { Logger } from 'pino';
import type { ScimWrite } from '../../scim/actor.ts';
import { notFound } from '../../scim/actor.ts';
import type { ResourceType } from '../../scim/attribute.ts';
import { bulkLimits, runBulk } from '../../scim/bulk.ts';
import { type ListRequest, listResponseId } from '../../scim/lists.ts';
import { type ScimAnswer, scimStatus } from '../../scim/problem.ts';
import { isWanted, project, readProjection } from '../../scim/projection.ts';
import { type Json, referToMember, representGroup, representUser } from '../../scim/represent.ts';
import { groupType, resourceTypes, schemas, userType } from '../../scim/schemas.ts';
import type { Scim } from '../../scim/service.ts';
import { representConfiguration, representSchema, representType } from '../../scim/service-config.ts';
import { ok } from '../../shared/result.ts';
import { admitReader, admitSelf, admitWriter, type MachineAccess, type MachineCaller } from './access.ts';
import { answering, answerJson, answerResource } from './answer.ts';
import { readScimBody } from './body.ts';
import { readQuery, readSearch } from './parameters.ts';
import { searchAll } from './search-all.ts';

export const scimPrefix = '/scim';

export interface ScimRoutesDeps {
  readonly scim: Scim;
  readonly access: MachineAccess;
  readonly log: Logger;
}

type Handler = (ctx: Context, id: string) => Promise<ScimAnswer<unknown>>;

interface Route {
  readonly pattern: RegExp;
  /** For logs and metrics. */
  readonly template: string;
  readonly methods: Readonly<Partial<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Handler>>>;
}

/** Longest body of one resource, in bytes; a group may have many members. */
const maxBytes = bulkLimits.maxPayloadSize;

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
    {
      pattern: /^\/ServiceProviderConfigs?$/i,
      template: '/ServiceProviderConfig',
      methods: { GET: async (ctx) => ok(answerJson(ctx, representConfiguration(scim.base))) },
    },
    ...discovery(
      'Schemas',
      schemas.map((schema) => [schema.id, representSchema(schema, scim.base)]),
    ),
    ...discovery(
      'ResourceTypes',
      resourceTypes.map((type) => [type.name, representType(type, scim.base)]),
    ),
  ];
}

/** The same for everybody, so that a client learns of it before it has a token. */
function discovery(name: string, entries: readonly (readonly [string, Json])[]): readonly Route[] {
  const all = entries.map(([, entry]) => entry);
  const body = { schemas: [listResponseId], totalResults: all.length, itemsPerPage: all.length, startIndex: 1 };
  const list: Handler = async (ctx) => {
    // RFC 7644 section 4: a filter is not overlooked here.
    if (new URLSearchParams(ctx.querystring).has('filter')) return scimStatus(403, 'this list has no filter');
    return ok(answerJson(ctx, { ...body, Resources: all }));
  };
  const one: Handler = async (ctx, id) => {
    const entry = entries.find(([key]) => key.toLowerCase() === id.toLowerCase())?.[1];
    return entry === undefined ? notFound : ok(answerJson(ctx, entry));
  };
  return [
    { pattern: new RegExp(`^/${name}$`, 'i'), template: `/${name}`, methods: { GET: list } },
    { pattern: new RegExp(`^/${name}/([^/]+)$`, 'i'), template: `/${name}/{id}`, methods: { GET: one } },
  ];
}

function resourceRoutes(deps: ScimRoutesDeps, type: ResourceType): readonly Route[] {
  const { endpoint } = type;
  const writes = type === userType ? deps.scim.users : deps.scim.groups;
  const search: Handler = async (ctx) => {
    const caller = await reader(deps, ctx);
    if (!caller.ok) return caller;
    const body = await readScimBody(ctx, maxBytes);
    if (!body.ok) return body;
    return listed(deps, ctx, { type, caller: caller.value, request: readSearch(body.value) });
  };
  const list: Handler = async (ctx) => {
    const caller = await reader(deps, ctx);
    return caller.ok ? listed(deps, ctx, { type, caller: caller.value, request: readQuery(ctx) }) : caller;
  };
  const create: Handler = (ctx) => written(deps, ctx, type, (write, body) => writes.create(write, body), 201);
  return [
    { pattern: new RegExp(`^${endpoint}$`, 'i'), template: endpoint, methods: { GET: list, POST: create } },
    {
      pattern: new RegExp(`^${endpoint}/\\.search$`, 'i'),
      template: `${endpoint}/.search`,
      methods: { POST: search },
    },
    {
      pattern: new RegExp(`^${endpoint}/([^/]+)$`, 'i'),
      template: `${endpoint}/{id}`,
      methods: {
        GET: async (ctx, id) => {
          const caller = await reader(deps, ctx);
          return caller.ok ? shown(deps, ctx, type, id) : caller;
        },
        PUT: (ctx, id) => written(deps, ctx, type, (write, body) => writes.replace(write, id, body)),
        PATCH: (ctx, id) => written(deps, ctx, type, (write, body) => writes.patch(write, id, body)),
        DELETE: (ctx, id) => removed(deps, ctx, (write) => writes.remove(write, id)),
      },
    },
  ];
}

async function reader({ access }: ScimRoutesDeps, ctx: Context): Promise<ScimAnswer<MachineCaller>> {
  const caller = await access(ctx);
  if (!caller.ok) return caller;
  const admitted = admitReader(ctx, caller.value);
  return admitted.ok ? caller : admitted;
}

async function writer({ access }: ScimRoutesDeps, ctx: Context): Promise<ScimAnswer<ScimWrite>> {
  const caller = await access(ctx);
  if (!caller.ok) return caller;
  const admitted = admitWriter(ctx, caller.value);
  const ifMatch = ctx.get('if-match');
  const context = { actor: caller.value.actor, reason: null };
  return admitted.ok ? ok({ context, ifMatch: ifMatch === '' ? null : ifMatch }) : admitted;
}

interface Asked {
  readonly type: ResourceType;
  readonly caller: MachineCaller;
  readonly request: ScimAnswer<ListRequest>;
}

async function listed({ scim }: ScimRoutesDeps, ctx: Context, { type, caller, request }: Asked) {
  if (!request.ok) return request;
  const list = await scim.lists.list(caller.actor.id, type, request.value);
  return list.ok ? ok(answerJson(ctx, list.value)) : list;
}

async function shown({ scim }: ScimRoutesDeps, ctx: Context, type: ResourceType, id: string) {
  const { directory, base } = scim;
  const query = readQuery(ctx);
  if (!query.ok) return query;
  const projection = readProjection(type, query.value.attributes, query.value.excludedAttributes);
  if (!projection.ok) return projection;
  if (type === userType) {
    const user = await directory.findUser(id);
    if (user === undefined) return notFound;
    const resource = representUser(user, base);
    return ok(answerResource(ctx, resource, project(type, resource, projection.value)));
  }
  const group = await directory.findGroup(id, { members: isWanted(projection.value, 'members') });
  if (group === undefined) return notFound;
  const resource = representGroup(group, base);
  return ok(answerResource(ctx, resource, project(type, resource, projection.value)));
}

async function written(
  deps: ScimRoutesDeps,
  ctx: Context,
  type: ResourceType,
  run: (write: ScimWrite, body: unknown) => Promise<ScimAnswer<Json>>,
  status = 200,
): Promise<ScimAnswer<unknown>> {
  const write = await writer(deps, ctx);
  if (!write.ok) return write;
  const body = await readScimBody(ctx, maxBytes);
  if (!body.ok) return body;
  const query = readQuery(ctx);
  if (!query.ok) return query;
  const projection = readProjection(type, query.value.attributes, query.value.excludedAttributes);
  if (!projection.ok) return projection;
  const resource = await run(write.value, body.value);
  if (!resource.ok) return resource;
  return ok(answerResource(ctx, resource.value, project(type, resource.value, projection.value), status));
}

async function removed(
  deps: ScimRoutesDeps,
  ctx: Context,
  run: (write: ScimWrite) => Promise<ScimAnswer<null>>,
): Promise<ScimAnswer<unknown>> {
  const write = await writer(deps, ctx);
  if (!write.ok) return write;
  const gone = await run(write.value);
  if (gone.ok) ctx.status = 204;
  return gone;
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

/** RFC 7644 section 3.11: an alias of the account of the token. */
function meMethods(deps: ScimRoutesDeps): Route['methods'] {
  const { users } = deps.scim;
  const self = async (ctx: Context) => {
    const caller = await deps.access(ctx);
    return caller.ok ? admitSelf(ctx, caller.value) : caller;
  };
  return {
    GET: async (ctx) => {
      const id = await self(ctx);
      return id.ok ? shown(deps, ctx, userType, id.value) : id;
    },
    PUT: async (ctx) => {
      const id = await self(ctx);
      return id.ok ? written(deps, ctx, userType, (write, body) => users.replace(write, id.value, body)) : id;
    },
    PATCH: async (ctx) => {
      const id = await self(ctx);
      return id.ok ? written(deps, ctx, userType, (write, body) => users.patch(write, id.value, body)) : id;
    },
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
