/** Reads the body of a SCIM request: JSON as `application/scim+json` or `application/json` (RFC 7644 section 3.1). */
import type { Context } from 'koa';
import { bulkLimits } from '../../scim/bulk.ts';
import { type ScimAnswer, scimError, scimStatus } from '../../scim/problem.ts';
import { ok } from '../../shared/result.ts';
import { discardRest, readBytes } from '../body.ts';

/** Longest body of one resource, in bytes; a group may have many members. */
export const maxBytes = bulkLimits.maxPayloadSize;

const types = new Set(['application/scim+json', 'application/json']);

/** Deeper than any resource is. */
const maxDepth = 20;

export async function readScimBody(ctx: Context, maxBytes: number): Promise<ScimAnswer<unknown>> {
  const [type = ''] = ctx.get('content-type').toLowerCase().split(';');
  const encoding = ctx.get('content-encoding').toLowerCase();
  if (!types.has(type.trim()) || !['', 'identity'].includes(encoding)) {
    return scimStatus(415, 'expected a body of type `application/scim+json`, not compressed');
  }
  const bytes = (ctx.request.length ?? 0) > maxBytes ? undefined : await readBytes(ctx.req, maxBytes);
  if (bytes === undefined) {
    discardRest(ctx);
    return scimStatus(413, `expected a body of at most ${maxBytes} bytes`);
  }
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isShallow(body, 0)) return ok(body);
    return scimError('invalidSyntax', `the body is nested deeper than ${maxDepth} levels`);
  } catch {
    return scimError('invalidSyntax', 'the body is not JSON in UTF-8');
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < maxDepth && Object.values(value).every((member) => isShallow(member, depth + 1));
}
