/** The OpenAPI 3.1 document, generated from the declarations: the schemas in it are those that validate. */
import type { z } from 'zod';
import { csrfHeader } from './csrf-header.ts';
import type { Declaration } from './declaration.ts';
import { operationOf } from './openapi/operation.ts';
import { problemComponents } from './openapi/problems.ts';
import { createSchemaWriter } from './openapi/schemas.ts';

export interface DocumentSource {
  readonly contract: Readonly<Record<string, Declaration>>;
  readonly requestSchemas: Readonly<Record<string, z.ZodType>>;
  readonly answerSchemas: Readonly<Record<string, z.ZodType>>;
}

/** `server` is where the API is, absolute or relative to the document. */
export function openApiDocument(source: DocumentSource, server: string): Record<string, unknown> {
  const schemas = createSchemaWriter(source);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [name, declaration] of Object.entries(source.contract)) {
    const item = paths[declaration.path] ?? {};
    item[declaration.method.toLowerCase()] = operationOf(name, declaration, schemas);
    paths[declaration.path] = item;
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice API',
      version: '1',
      description:
        'Grants, embargoes, storages and the namespace, and questions to the policy. Errors are problem details (RFC 9457). A member of a body that is null counts as absent.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    tags: [...new Set(Object.values(source.contract).map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      ...problemComponents(),
      schemas: { ...schemas.components(), ...problemComponents().schemas },
      securitySchemes,
    },
  };
}

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'An access token of this issuer, made for the issuer or for any audience.',
  },
  login: {
    type: 'apiKey',
    in: 'cookie',
    name: 'sluice_session',
    description: `The login of a browser, for pages of this server. Every request but GET also brings the header ${csrfHeader}.`,
  },
};
