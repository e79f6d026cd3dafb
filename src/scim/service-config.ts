/** What the server can do, and its schemas and types of resources (RFC 7643 sections 5 to 7). */
import type { Attribute, ResourceType, Schema } from './attribute.ts';
import { bulkLimits } from './bulk.ts';
import { defaultCount, maxCount } from './lists.ts';
import type { Json } from './represent.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0';

export function representConfiguration(base: string): Json {
  return {
    schemas: [`${core}:ServiceProviderConfig`],
    patch: { supported: true },
    bulk: { supported: true, ...bulkLimits },
    filter: { supported: true, maxResults: maxCount },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: defaultCount,
      maxPageSize: maxCount,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'OAuth 2.0 bearer token',
        description: 'An access token of this issuer with the scope `scim:read` or `scim:write`',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function representType({ name, endpoint, description, schema, extensions }: ResourceType, base: string): Json {
  return {
    schemas: [`${core}:ResourceType`],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.id,
    schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${name}` },
  };
}

export function representSchema({ id, name, description, attributes }: Schema, base: string): Json {
  return {
    schemas: [`${core}:Schema`],
    id,
    name,
    description,
    attributes: attributes.map(representAttribute),
    meta: { resourceType: 'Schema', location: `${base}/Schemas/${id}` },
  };
}

/** RFC 7643 section 7: what says nothing about a type is not said of it. */
function representAttribute({ subAttributes, caseExact, uniqueness, ...attribute }: Attribute): Json {
  const isText = attribute.type === 'string' || attribute.type === 'reference';
  return {
    ...attribute,
    ...(isText && { caseExact, uniqueness }),
    ...(subAttributes && { subAttributes: subAttributes.map(representAttribute) }),
  };
}
