/** Makes guessing of user codes slow: after some unknown codes an address has to wait (RFC 8628 section 5.1). */
import type { Context, Middleware } from 'koa';
import { routes } from '../../provider/configuration.ts';
import type { AttemptLimit } from '../attempt-limit.ts';

/** Unknown codes from one address, and the time in which they count, in seconds: as long as a code lives. */
export const deviceGuesses = { most: 20, seconds: 600 };

/** For the pages: the code that was typed is not known. */
export function noteUnknownCode(ctx: Pick<Context, 'state'>): void {
  ctx.state.unknownUserCode = true;
}

export function limitDeviceGuesses(limit: AttemptLimit): Middleware {
  return async (ctx, next) => {
    const form = ctx.state.form as URLSearchParams | undefined;
    if (ctx.path !== routes.code_verification || !form?.has('user_code')) return next();
    const address = (ctx.state.address as string | undefined) ?? null;
    const wait = limit.waitSeconds(address);
    if (wait > 0) {
      ctx.status = 429;
      ctx.set('Retry-After', String(wait));
      ctx.body = { error: 'slow_down', error_description: 'too many unknown codes from this address' };
      return;
    }
    await next();
    if (ctx.state.unknownUserCode === true) limit.noteFailure(address);
  };
}
