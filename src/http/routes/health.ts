/** Health: answered on any Host, without a URL or a name in it (services.md, monitoring). */
import type { Middleware } from 'koa';

/** `ready` asks the database; `live` only says that the process answers. */
export function health(ready: () => Promise<boolean>): Middleware {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/health') || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    if (ctx.path === '/health/live') return answer(ctx, true);
    if (ctx.path === '/health' || ctx.path === '/health/ready') return answer(ctx, await ready());
    return next();
  };
}

function answer(ctx: Parameters<Middleware>[0], up: boolean): void {
  ctx.status = up ? 200 : 503;
  ctx.set('Cache-Control', 'no-store');
  ctx.body = { status: up ? 'UP' : 'DOWN' };
}
