import type { IncomingMessage, ServerResponse } from 'node:http';
import { admit, type Operation, type Validator } from '../../../src/validate/index.ts';

const operations: Readonly<Record<string, Operation>> = {
  GET: 'read',
  HEAD: 'stat',
  PUT: 'overwrite',
  DELETE: 'delete',
};

export function requireToken(validator: Validator) {
  return async (request: IncomingMessage & { path: string }, response: ServerResponse, next: () => void) => {
    const operation = operations[request.method ?? ''];
    if (operation === undefined) return response.writeHead(405).end();
    const { authorization } = request.headers;
    const admission = await admit(validator, { authorization, operation, path: request.path });
    return admission.ok ? next() : response.writeHead(admission.status, { ...admission.headers }).end();
  };
}
