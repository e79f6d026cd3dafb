/** Reads the form of a protocol request once: forgiving about raw spaces and unknown fields, strict about size and control characters. */
import type { Context, Middleware } from 'koa';

/** Longest form, in bytes; the same as the protocol library's. */
const maxBytes = 56 * 1024;

/** Parses into `ctx.state.form`; a body that is no form is left to the endpoint to refuse. */
export function formBody(): Middleware {
  return async (ctx, next) => {
    if (hasControlCharacter(ctx.URL.searchParams)) return refuse(ctx, 400, 'a parameter contains a control character');
    if (ctx.method !== 'POST' || !ctx.is('application/x-www-form-urlencoded')) return next();
    const body = await readBody(ctx);
    if (body === undefined) return refuse(ctx, 413, `the form is larger than ${maxBytes} bytes`);
    const form = new URLSearchParams(body);
    if (hasControlCharacter(form)) return refuse(ctx, 400, 'a parameter contains a control character');
    ctx.state.form = form;
    return next();
  };
}

/** Undefined when it is too large; the rest is not read. */
async function readBody(ctx: Context): Promise<string | undefined> {
  if ((ctx.request.length ?? 0) > maxBytes) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of ctx.req) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The database stores no NUL, and no parameter of ours has a use for any other. */
function hasControlCharacter(parameters: URLSearchParams): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;
  for (const [name, value] of parameters) if (control.test(name) || control.test(value)) return true;
  return false;
}

function refuse(ctx: Context, status: 400 | 413, description: string): void {
  ctx.status = status;
  ctx.set('Connection', 'close');
  ctx.body = { error: 'invalid_request', error_description: description };
}
