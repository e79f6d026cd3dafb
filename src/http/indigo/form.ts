/** How INDIGO IAM's paths are asked and answered: pages by `startIndex` and `count`, errors as `{ "error": … }`. */
import type { Context } from 'koa';
import type { Range } from '../../scim/indigo-directory.ts';
import { type ScimAnswer, type ScimProblem, scimStatus } from '../../scim/problem.ts';
import { ok, type Result } from '../../shared/result.ts';

/** Gets what stood in the path where the template has names, in their order. */
export type Handler = (ctx: Context, first: string, second: string) => Promise<ScimAnswer<unknown>>;

export interface IndigoRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Such as `/iam/account/{id}/labels`. */
  readonly template: string;
  readonly handle: Handler;
}

export function refuse(ctx: Context, { status, detail }: ScimProblem): void {
  ctx.status = status;
  ctx.body = { error: detail };
}

export function answer(ctx: Context, body: unknown, status = 200): Result<null, never> {
  ctx.body = body === null ? '' : JSON.stringify(body);
  ctx.type = 'application/json';
  ctx.status = status;
  return ok(null);
}

const defaultCount = 10;
const maxCount = 100;

export interface Asked {
  readonly startIndex: number;
  readonly range: Range;
  /** Undefined for what is absent or empty. */
  readonly text: (name: string) => string | undefined;
}

export function readAsked(ctx: Context): ScimAnswer<Asked> {
  const query = new URLSearchParams(ctx.querystring);
  const number = (name: string, absent: number) => {
    const value = query.get(name);
    if (value === null || value === '') return absent;
    return /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
  };
  const startIndex = number('startIndex', 1);
  const count = number('count', defaultCount);
  if (startIndex === undefined || count === undefined) {
    return scimStatus(400, 'expected whole numbers as `startIndex` and `count`');
  }
  const from = Math.max(1, startIndex);
  const most = count < 0 ? defaultCount : Math.min(maxCount, count);
  return ok({
    startIndex: from,
    range: { skip: from - 1, count: most },
    text: (name) => query.get(name) || undefined,
  });
}

export function listBody(resources: readonly unknown[], { startIndex }: Asked, total: number): object {
  return { totalResults: total, itemsPerPage: resources.length, startIndex, Resources: resources };
}
