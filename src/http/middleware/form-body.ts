/** Reads the form of a protocol request once: forgiving about raw spaces and unknown fields, strict about size and control characters. */
import type { Context, Middleware } from 'koa';
import { discardRest, readBody } from '../body.ts';

/** Longest form, in bytes; the same as the protocol library's. */
const maxBytes = 56 * 1024;

/** The database stores no NUL, and no parameter of ours has a use for the others, raw or percent-encoded. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|%(?:0[0-8bcef]|1[0-9a-f])/i;

/** Parses into `ctx.state.form`; a body that is no form is left to the endpoint to refuse. */
export function formBody(): Middleware {
  return async (ctx, next) => {
    if (controlCharacter.test(ctx.querystring)) return refuse(ctx, 400, 'a parameter contains a control character');
    if (ctx.state.form || ctx.method !== 'POST' || !ctx.is('application/x-www-form-urlencoded')) return next();
    const body = (ctx.request.length ?? 0) > maxBytes ? undefined : await readBody(ctx.req, maxBytes);
    if (body === undefined) {
      discardRest(ctx);
      return refuse(ctx, 413, `the form is larger than ${maxBytes} bytes`);
    }
    if (controlCharacter.test(body)) return refuse(ctx, 400, 'a parameter contains a control character');
    ctx.state.form = new URLSearchParams(body);
    return next();
  };
}

function refuse(ctx: Context, status: 400 | 413, description: string): void {
  ctx.status = status;
  ctx.body = { error: 'invalid_request', error_description: description };
}
