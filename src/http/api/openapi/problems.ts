/** Problem details in the document: one schema, and one response for each status. */
import { type ProblemStatus, problemNames, problemsOfStatus, problemType, statusOf, titleOf } from '../problem.ts';

export function problemReference(status: ProblemStatus): { readonly $ref: string } {
  return { $ref: `#/components/responses/Problem${status}` };
}

export function problemComponents() {
  const statuses = [...new Set(problemNames.map((name) => statusOf({ name })))];
  return {
    responses: Object.fromEntries(statuses.map((status) => [`Problem${status}`, response(status)])),
    headers: {
      'WWW-Authenticate': {
        description: 'How to authenticate (RFC 6750 section 3).',
        schema: { type: 'string' },
      },
      Allow: { description: 'The methods that are allowed.', schema: { type: 'string' } },
      'Sluice-Policy-Version': {
        description: 'The version of the policy from which the write holds.',
        schema: { type: 'integer' },
      },
      ETag: { description: 'The version, for If-Match and If-None-Match.', schema: { type: 'string' } },
      Link: { description: 'Where the next piece is (`rel="next"`), if there is one.', schema: { type: 'string' } },
      Location: { description: 'Where the new thing is.', schema: { type: 'string', format: 'uri' } },
    },
    schemas: { Problem: problemSchema },
  };
}

function response(status: ProblemStatus) {
  const header = { 401: 'WWW-Authenticate', 403: 'WWW-Authenticate', 405: 'Allow' }[status as number];
  return {
    description: problemsOfStatus(status).map(titleOf).join('; '),
    ...(header && { headers: { [header]: { $ref: `#/components/headers/${header}` } } }),
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

const problemSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties: {
    type: { type: 'string', enum: problemNames.map(problemType), description: 'For programs.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'For people.' },
    instance: { type: 'string', description: 'The request, as the log names it.' },
    errors: {
      type: 'array',
      description: 'Everything that is wrong.',
      items: {
        type: 'object',
        properties: {
          in: { type: 'string', enum: ['body', 'query', 'path', 'header'] },
          pointer: { type: 'string', description: 'A JSON pointer (RFC 6901).' },
          message: { type: 'string' },
        },
        required: ['in', 'pointer', 'message'],
        additionalProperties: false,
      },
    },
    version: { type: ['integer', 'string'], description: 'The present version, beside 412.' },
    exposure: {
      type: 'object',
      description: 'What is out for data that are open, beside 409 and 422.',
      properties: {
        tokens: { type: 'integer' },
        latestExpiry: { type: ['string', 'null'], format: 'date-time' },
      },
      required: ['tokens', 'latestExpiry'],
      additionalProperties: false,
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance'],
  additionalProperties: false,
};
