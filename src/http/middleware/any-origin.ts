/** Lets pages of every origin read an answer (CORS): for endpoints where tokens and client credentials count, and no cookie does. */
import type { Middleware } from 'koa';

export function anyOrigin(endpoint: Middleware): Middleware {
  return (ctx, next) => {
    ctx.set('Access-Control-Allow-Origin', '*');
    return endpoint(ctx, next);
  };
}
