/** Answers 503 `temporarily_unavailable` when no token can be given right now: the database does not confirm the rules, the clock is wrong, or no key signs. */
import type { Context } from 'koa';
import { errors } from 'oidc-provider';
import { AppError } from '../shared/errors.ts';

/** Short enough for a client to simply try again, in seconds. */
const retryAfterSeconds = '1';

const descriptions = {
  policy_unavailable: 'the access rules cannot be confirmed at the moment',
  signing_unavailable: 'tokens cannot be signed at the moment',
};

type Unavailable = AppError & { readonly code: keyof typeof descriptions };

export function isUnavailable(error: unknown): error is Unavailable {
  return error instanceof AppError && Object.hasOwn(descriptions, error.code);
}

/** Why is the operator's business: the log says it. */
export function answerUnavailable(ctx: Context, { message, code }: Unavailable): void {
  ctx.state.fault = message;
  ctx.status = 503;
  ctx.set('Retry-After', retryAfterSeconds);
  ctx.body = { error: 'temporarily_unavailable', error_description: descriptions[code] };
}

/** For the library's handlers, to be given to `catch`: throws the error that the library answers likewise, or the given one as it is. */
export function throwUnavailable(ctx: Pick<Context, 'set' | 'state'>): (error: unknown) => never {
  return (error) => {
    if (!isUnavailable(error)) throw error;
    ctx.state.fault = error.message;
    ctx.set('Retry-After', retryAfterSeconds);
    const answer = { status: 503, statusCode: 503, expose: true };
    throw Object.assign(new errors.TemporarilyUnavailable(descriptions[error.code]), answer);
  };
}
