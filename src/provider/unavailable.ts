/** Answers 503 `temporarily_unavailable` when the rules cannot be trusted right now: the database does not confirm them, or the clock is wrong. */
import type { Context } from 'koa';
import { errors } from 'oidc-provider';
import { AppError } from '../shared/errors.ts';

/** Short enough for a client to simply try again, in seconds. */
const retryAfterSeconds = '1';

const description = 'the access rules cannot be confirmed at the moment';

export function isUnavailable(error: unknown): error is AppError {
  return error instanceof AppError && ['policy_unavailable', 'signing_unavailable'].includes(error.code);
}

/** Why is the operator's business: the log says it. */
export function answerUnavailable(ctx: Context, { message }: AppError): void {
  ctx.state.fault = message;
  ctx.status = 503;
  ctx.set('Retry-After', retryAfterSeconds);
  ctx.body = { error: 'temporarily_unavailable', error_description: description };
}

/** For the library's handlers, to be given to `catch`: throws the error that the library answers likewise, or the given one as it is. */
export function throwUnavailable(ctx: Pick<Context, 'set' | 'state'>): (error: unknown) => never {
  return (error) => {
    if (!isUnavailable(error)) throw error;
    ctx.state.fault = error.message;
    ctx.set('Retry-After', retryAfterSeconds);
    const answer = { status: 503, statusCode: 503, expose: true };
    throw Object.assign(new errors.TemporarilyUnavailable(description), answer);
  };
}
