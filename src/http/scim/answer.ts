/** Answers of SCIM: resources with their tags, and errors in its form (RFC 7644 sections 3.12 and 3.14). */
import type { Context } from 'koa';
import type { Logger } from 'pino';
import { isTagged } from '../../scim/actor.ts';
import { errorBody } from '../../scim/bulk.ts';
import type { ScimAnswer, ScimProblem } from '../../scim/problem.ts';
import type { Json } from '../../scim/represent.ts';
import { AppError } from '../../shared/errors.ts';

export function answerJson(ctx: Context, body: unknown, status = 200): void {
  ctx.status = status;
  ctx.body = JSON.stringify(body);
  ctx.type = 'application/scim+json';
}

export function answerError(ctx: Context, problem: ScimProblem): void {
  answerJson(ctx, errorBody(problem), problem.status);
}

/** `shown` is the part of the resource that was asked for. */
export function answerResource(ctx: Context, resource: Json, shown: Json, status = 200): void {
  const { version, location } = resource.meta as { readonly version: string; readonly location: string };
  ctx.set('ETag', version);
  ctx.set('Content-Location', location);
  if (status === 201) ctx.set('Location', location);
  const held = ctx.get('if-none-match');
  if (ctx.method === 'GET' && held !== '' && isTagged(held, resource)) {
    ctx.status = 304;
    return;
  }
  answerJson(ctx, shown, status);
}

/** Runs a handler; what it refuses and what goes wrong is answered in the form of SCIM, or by `refuse`. */
export async function answering(
  ctx: Context,
  log: Logger,
  handle: () => Promise<ScimAnswer<unknown>>,
  refuse: (ctx: Context, problem: ScimProblem) => void = answerError,
): Promise<void> {
  try {
    const answer = await handle();
    if (!answer.ok) refuse(ctx, answer.error);
  } catch (error) {
    const { status } = error as { status?: number };
    if (status !== undefined && status >= 400 && status < 500) {
      refuse(ctx, { status, scimType: 'invalidSyntax', detail: 'the request is not well-formed' });
      return;
    }
    if (error instanceof AppError && error.code === 'database_unavailable') {
      ctx.state.fault = error.message;
      ctx.set('Retry-After', '1');
      refuse(ctx, { status: 503, detail: 'the database does not answer' });
      return;
    }
    log.error({ requestId: ctx.state.requestId, err: error }, 'fault');
    refuse(ctx, { status: 500, detail: 'the request could not be answered; the log says why' });
  }
}
