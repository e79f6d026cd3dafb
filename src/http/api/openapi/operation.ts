/** One operation of the document. */
import type { z } from 'zod';
import type { Declaration } from '../declaration.ts';
import type { ProblemStatus } from '../problem.ts';
import { problemReference } from './problems.ts';
import type { SchemaWriter } from './schemas.ts';

const json = 'application/json';

export function operationOf(name: string, declaration: Declaration, schemas: SchemaWriter): Record<string, unknown> {
  const { tag, summary, description, scope, body } = declaration;
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description && { description }),
    security: scope === null ? [] : [{ bearer: [scope] }, { login: [] }],
    parameters: [
      ...parameters('path', declaration.params, schemas),
      ...parameters('query', declaration.query, schemas),
      ...conditions(declaration),
    ],
    ...(body && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { [json]: { schema: schemas.write(body, 'input') } },
      },
    }),
    responses: {
      ...successes(declaration, schemas),
      ...Object.fromEntries(statuses(declaration).map((status) => [String(status), problemReference(status)])),
      default: problemReference(500),
    },
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodObject | undefined, schemas: SchemaWriter): object[] {
  return Object.entries(schema?.shape ?? {}).map(([name, field]) => {
    const type = field as z.ZodType;
    const { description, ...written } = schemas.write(type, 'input');
    return {
      name,
      in: place,
      required: place === 'path' || !type.safeParse(undefined).success,
      ...(description !== undefined && { description }),
      schema: written,
    };
  });
}

function conditions({ guarded, answer, method }: Declaration): object[] {
  const header = (name: string, required: boolean, description: string, pattern?: string) => ({
    name,
    in: 'header',
    required,
    description,
    schema: { type: 'string', ...(pattern && { pattern }) },
  });
  return [
    ...(guarded ? [header('If-Match', guarded === 'must', 'The ETag that was read, or `*`.', oneTag)] : []),
    ...(answer.etag && method === 'GET' ? [header('If-None-Match', false, 'ETags that are known already.')] : []),
  ];
}

const oneTag = '^(\\*|(W/)?"[!#-~]*")$';

function successes({ answer, method, scope }: Declaration, schemas: SchemaWriter): Record<string, object> {
  const names = [
    ...(answer.etag ? ['ETag'] : []),
    ...(answer.location ? ['Location'] : []),
    ...(scope === 'policy:write' ? ['Sluice-Policy-Version'] : []),
  ];
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  const success = {
    description: answer.description,
    ...(names.length > 0 && { headers }),
    content: { [json]: { schema: schemas.write(answer.body, 'output') } },
  };
  return {
    [answer.status]: success,
    ...(answer.orCreated && { 201: { ...success, description: `New. ${answer.description}` } }),
    ...(answer.etag && method === 'GET' && { 304: { description: 'It is what If-None-Match names.' } }),
  };
}

/** What every endpoint of its kind may answer, and what this one declares. */
function statuses(declaration: Declaration): ProblemStatus[] {
  const { scope, params, query, body, guarded } = declaration;
  const all: ProblemStatus[] = [
    ...(query || body || guarded ? [400 as const] : []),
    ...(scope === null ? [] : [401 as const, 403 as const]),
    ...(params ? [404 as const] : []),
    ...(guarded ? [412 as const] : []),
    ...(body ? [413 as const, 415 as const] : []),
    ...(guarded === 'must' ? [428 as const] : []),
    ...declaration.problems,
    503,
  ];
  return [...new Set(all)].sort((a, b) => a - b);
}
