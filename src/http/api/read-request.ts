/** Validates what a request says against its declaration: every fault in parameters, or in the body, told at once. */
import type { Context } from 'koa';
import { z } from 'zod';
import { shorten } from '../../lake/schema/scalars.ts';
import { faultsOf, wording } from '../../lake/zod-faults.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Caller } from './caller.ts';
import type { ApiRequest, Declaration } from './declaration.ts';
import { readJson } from './json-body.ts';
import { type Problem, type ProblemError, problem } from './problem.ts';
import { type ExpectedTag, readIfMatch } from './version-tag.ts';

export async function readRequest(
  ctx: Context,
  declaration: Declaration,
  params: Readonly<Record<string, string>>,
  caller: Caller | null,
): Promise<Result<ApiRequest, Problem>> {
  const named = validate('path', declaration.params, params);
  // A name that cannot be one is the name of nothing.
  if (!named.ok) return err(problem('not-found', 'there is nothing of this name'));
  const query = readQuery(ctx, declaration);
  if (!query.ok) return err(malformed(query.error));
  const expected = readExpected(ctx, declaration);
  if (!expected.ok) return expected;
  const body = declaration.body === undefined ? ok({}) : await readBodyOf(ctx, declaration, declaration.body);
  if (!body.ok) return body;
  return ok({
    params: named.value,
    query: query.value,
    body: body.value,
    expected: expected.value,
    caller,
    address: ctx.state.address ?? null,
  } as unknown as ApiRequest);
}

async function readBodyOf(ctx: Context, { method }: Declaration, schema: z.ZodType): Promise<Result<unknown, Problem>> {
  const isRead = hasBody(ctx) || !schema.safeParse(undefined).success;
  // In a change null takes away what may be absent (RFC 7396).
  const keepsNull = (name: string) => method === 'PATCH' && mayBeNull(schema, name);
  const json = isRead ? await readJson(ctx, keepsNull) : ok(undefined);
  if (!json.ok) return json;
  const body = validate('body', schema, json.value);
  return body.ok ? body : err(malformed(body.error));
}

function mayBeNull(schema: z.ZodType, name: string): boolean {
  const field = schema instanceof z.ZodObject && Object.hasOwn(schema.shape, name) ? schema.shape[name] : undefined;
  return field instanceof z.ZodType && field.safeParse(null).success;
}

function hasBody({ req }: Context): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}

/** Each parameter once; unknown ones are refused, as a mistyped filter would show everything. */
function readQuery(ctx: Context, { query }: Declaration): Result<unknown, readonly ProblemError[]> {
  const given = [...new URLSearchParams(ctx.querystring)];
  const names = given.map(([name]) => name);
  const repeated = [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  if (repeated.length > 0) {
    return err(repeated.map((name) => queryError(name, 'is given more than once')));
  }
  if (query !== undefined) return validate('query', query, Object.fromEntries(given));
  return names.length === 0
    ? ok({})
    : err(names.map((name) => queryError(name, 'is not a parameter of this endpoint')));
}

function queryError(name: string, message: string): ProblemError {
  return { in: 'query', pointer: pointerOf([name]), message };
}

function readExpected(ctx: Context, { guarded }: Declaration): Result<ExpectedTag, Problem> {
  if (!guarded) return ok('any');
  const expected = readIfMatch(ctx.req.headers['if-match']);
  if (!expected.ok) {
    const error: ProblemError = { in: 'header', pointer: '/If-Match', message: expected.error };
    return err(malformed([error]));
  }
  if (expected.value !== undefined) return ok(expected.value);
  if (guarded === 'must') {
    return err(
      problem('precondition-required', 'expected If-Match with the ETag of the version that is to be changed'),
    );
  }
  return ok('any');
}

/** Longest list of faults in one answer. */
const maxErrors = 100;

function validate(
  place: ProblemError['in'],
  schema: z.ZodType | undefined,
  value: unknown,
): Result<unknown, readonly ProblemError[]> {
  if (schema === undefined) return ok({});
  const result = schema.safeParse(value, { error: wording });
  if (result.success) return ok(result.data);
  const faults = faultsOf(result.error.issues, []).slice(0, maxErrors);
  return err(faults.map(({ path, message }) => ({ in: place, pointer: pointerOf(path), message })));
}

/** RFC 6901; names that a caller invented are cut. */
export function pointerOf(path: readonly (string | number)[]): string {
  return path
    .map((part) => `/${shorten(String(part)).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

function malformed(errors: readonly ProblemError[]): Problem {
  const [first] = errors;
  const place = first ? `${first.in} ${first.pointer}`.trim() : '';
  return problem('malformed-request', first ? `${place}: ${first.message}` : 'the request is not well-formed', {
    errors,
  });
}
