/** A redirect that the browser follows with GET and no cache keeps. */
import type { Context } from 'koa';

export function redirect(ctx: Context, target: string): void {
  ctx.status = 303;
  ctx.set('Cache-Control', 'no-store');
  ctx.redirect(target);
}
