/** What SCIM says of itself: configuration, schemas and types of resources (RFC 7644 section 4). */
import { notFound } from '../../scim/actor.ts';
import { listResponseId } from '../../scim/lists.ts';
import { scimStatus } from '../../scim/problem.ts';
import type { Json } from '../../scim/represent.ts';
import { resourceTypes, schemas } from '../../scim/schemas.ts';
import { representConfiguration, representSchema, representType } from '../../scim/service-config.ts';
import { ok } from '../../shared/result.ts';
import { answerJson } from './answer.ts';
import type { Handler, Route } from './route.ts';

/** `base`: URL of the endpoint, without a final slash. */
export function discoveryRoutes(base: string): readonly Route[] {
  return [
    {
      pattern: /^\/ServiceProviderConfigs?$/i,
      template: '/ServiceProviderConfig',
      methods: { GET: async (ctx) => ok(answerJson(ctx, representConfiguration(base))) },
    },
    ...discovery(
      'Schemas',
      schemas.map((schema) => [schema.id, representSchema(schema, base)]),
    ),
    ...discovery(
      'ResourceTypes',
      resourceTypes.map((type) => [type.name, representType(type, base)]),
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
