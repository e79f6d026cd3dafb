/** Reads a JSON body (RFC 8259): the right type, within the limit, well-formed UTF-8; anything else is a problem, never a fault. */
import type { Context } from 'koa';
import { err, ok, type Result } from '../../shared/result.ts';
import { discardRest, readBytes } from '../body.ts';
import { type Problem, problem } from './problem.ts';

type KeepsNull = (name: string) => boolean;

/** Longest body, in bytes. */
export const maxBodyBytes = 256 * 1024;

/** `keepsNull`: members of the body whose null says something. */
export async function readJson(ctx: Context, keepsNull: KeepsNull = () => false): Promise<Result<unknown, Problem>> {
  if (!isJson(ctx)) {
    return err(problem('unsupported-media-type', 'expected a body of type `application/json`, not compressed'));
  }
  const bytes = (ctx.request.length ?? 0) > maxBodyBytes ? undefined : await readBytes(ctx.req, maxBodyBytes);
  if (bytes === undefined) {
    discardRest(ctx);
    return err(problem('too-large', `expected a body of at most ${maxBodyBytes} bytes`));
  }
  return parse(bytes, keepsNull);
}

/** RFC 8259 section 8.1: UTF-8 only, and `charset` means nothing; who names another one is told. */
function isJson(ctx: Context): boolean {
  const [type = '', ...parameters] = ctx.get('content-type').toLowerCase().split(';');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  const encoding = ctx.get('content-encoding').toLowerCase();
  return (
    type.trim() === 'application/json' &&
    [undefined, 'charset=utf-8', 'charset="utf-8"'].includes(charset) &&
    ['', 'identity'].includes(encoding)
  );
}

function parse(bytes: Buffer, keepsNull: KeepsNull): Result<unknown, Problem> {
  try {
    return withoutNulls(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), 0, keepsNull);
  } catch {
    return err(problem('malformed-request', 'the body is not JSON in UTF-8'));
  }
}

/** More than any schema has; the rest would only exhaust the stack. */
const maxDepth = 32;

/** A member that is null counts as absent, so that an answer, where absent members are null, can be sent back. */
function withoutNulls(value: unknown, depth: number, keepsNull: KeepsNull): Result<unknown, Problem> {
  if (typeof value !== 'object' || value === null) return ok(value);
  if (depth > maxDepth) return err(problem('malformed-request', `the body is nested deeper than ${maxDepth} levels`));
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member === null && !Array.isArray(value) && !(depth === 0 && keepsNull(name))) continue;
    const inner = withoutNulls(member, depth + 1, keepsNull);
    if (!inner.ok) return inner;
    kept.push([name, inner.value]);
  }
  return ok(Array.isArray(value) ? kept.map(([, member]) => member) : Object.fromEntries(kept));
}
