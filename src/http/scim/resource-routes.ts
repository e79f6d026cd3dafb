/** Users and groups over SCIM: lists, searches, and each resource with its methods (RFC 7644 sections 3.3 to 3.6). */
import type { Context } from 'koa';
import type { ScimWrite } from '../../scim/actor.ts';
import { notFound } from '../../scim/actor.ts';
import type { ResourceType } from '../../scim/attribute.ts';
import type { ListRequest } from '../../scim/lists.ts';
import type { ScimAnswer } from '../../scim/problem.ts';
import { isWanted, project, readProjection } from '../../scim/projection.ts';
import { type Json, representGroup, representUser } from '../../scim/represent.ts';
import { userType } from '../../scim/schemas.ts';
import { ok } from '../../shared/result.ts';
import type { MachineCaller } from './access.ts';
import { answerJson, answerResource } from './answer.ts';
import { maxBytes, readScimBody } from './body.ts';
import { readQuery, readSearch } from './parameters.ts';
import { type Handler, type Route, reader, type ScimRoutesDeps, writer } from './route.ts';

export function resourceRoutes(deps: ScimRoutesDeps, type: ResourceType): readonly Route[] {
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

/** One resource, with the attributes that were asked for. */
export async function shown({ scim }: ScimRoutesDeps, ctx: Context, type: ResourceType, id: string) {
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

/** Runs a write, and shows the resource as it is afterwards. */
export async function written(
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
  const resource = await run({ ...write.value, showsMembers: isWanted(projection.value, 'members') }, body.value);
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
