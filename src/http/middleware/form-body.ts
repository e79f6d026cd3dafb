/** Reads the form of a protocol request once: forgiving about raw spaces and unknown fields, strict about size and control characters. */
import type { IncomingMessage } from 'node:http';
import type { Context, Middleware } from 'koa';

/** Longest form, in bytes; the same as the protocol library's. */
const maxBytes = 56 * 1024;

/** The database stores no NUL, and no parameter of ours has a use for the others, raw or percent-encoded. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]|%(?:0[0-8bcef]|1[0-9a-f])/i;

/** Parses into `ctx.state.form`; a body that is no form is left to the endpoint to refuse. */
export function formBody(): Middleware {
  return async (ctx, next) => {
    if (controlCharacter.test(ctx.querystring)) return refuse(ctx, 400, 'a parameter contains a control character');
    if (ctx.method !== 'POST' || !ctx.is('application/x-www-form-urlencoded')) return next();
    const body = (ctx.request.length ?? 0) > maxBytes ? undefined : await readBody(ctx.req);
    if (body === undefined) return refuse(ctx, 413, `the form is larger than ${maxBytes} bytes`);
    if (controlCharacter.test(body)) return refuse(ctx, 400, 'a parameter contains a control character');
    ctx.state.form = new URLSearchParams(body);
    return next();
  };
}

/** Undefined when it is too large; the rest is not read. */
function readBody(req: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) {
        req.pause();
        resolve(undefined);
      } else chunks.push(chunk);
    });
    req.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    // The sender went away in the middle of a request: nobody is left to answer.
    req.once('error', () => reject(Object.assign(new Error('request was aborted'), { status: 400 })));
  });
}

function refuse(ctx: Context, status: 400 | 413, description: string): void {
  ctx.status = status;
  ctx.set('Connection', 'close');
  ctx.body = { error: 'invalid_request', error_description: description };
}
