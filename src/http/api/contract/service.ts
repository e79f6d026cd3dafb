/** Endpoints about the API itself: its document, and who the caller is. */
import { z } from 'zod';
import { declare } from '../declaration.ts';
import { anyText } from '../schemas/common.ts';

export const sessionAnswer = z.strictObject({
  kind: z.enum(['account', 'client']),
  name: anyText.describe('Username, or client id.'),
  roles: z
    .array(z.enum(['admin', 'reader', 'embargo-manager']))
    .describe('What they let do is decided at each request.'),
  scopes: z.array(anyText).describe('Scopes of this API that the token or the login has.'),
  csrf: anyText.nullable().describe('For a login: what `Sluice-CSRF` has to bring with every request but GET.'),
});

export const serviceContract = {
  getDocument: declare({
    method: 'GET',
    path: '/openapi.json',
    tag: 'Service',
    summary: 'Read this document',
    scope: null,
    answer: { status: 200, description: 'OpenAPI 3.1.', body: z.record(z.string(), z.unknown()) },
    problems: [],
  }),
  getSession: declare({
    method: 'GET',
    path: '/session',
    tag: 'Service',
    summary: 'Ask who is asking',
    scope: 'policy:read',
    answer: { status: 200, description: 'The caller.', body: sessionAnswer },
    problems: [],
  }),
};
