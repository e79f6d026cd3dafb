/** `/login/upstream` and `/upstream/callback/:name`: the way to an upstream provider and back. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { PeopleRefusal } from '../../accounts/refusal.ts';
import { pagePath } from '../login/page-path.ts';
import type { UpstreamLogin } from '../login/upstream.ts';
import { refusalStatus } from '../pages/member.ts';
import type { Pages } from '../pages/render.ts';
import { texts } from '../pages/texts.ts';

export interface UpstreamRouteDeps {
  readonly pages: Pages;
  readonly upstream: UpstreamLogin;
}

export function upstreamRoutes({ pages, upstream }: UpstreamRouteDeps): Middleware {
  const router = new Router();

  router.get('/login/upstream/:name', async (ctx) => {
    const goal = { kind: 'page', path: pagePath(ctx.query.to), acrValues: [] } as const;
    const { again, idp_hint: hint } = ctx.query;
    const wish = { fresh: again !== undefined, ...(typeof hint === 'string' && { hint }) };
    const begun = await upstream.begin(ctx, String(ctx.params.name), { kind: 'login', goal }, wish);
    if (!begun.ok) showUpstreamRefusal(pages, ctx, begun.error);
  });

  router.get('/upstream/callback/:name', async (ctx) => {
    const completed = await upstream.complete(ctx, String(ctx.params.name));
    if (!completed.ok) showUpstreamRefusal(pages, ctx, completed.error);
  });
  return router.routes() as unknown as Middleware;
}

/** What went wrong, for people: never a code, a token or an address of the request. */
export function showUpstreamRefusal(
  pages: Pages,
  ctx: Context,
  refusal: PeopleRefusal,
  back = `${pages.base}/login`,
): void {
  const t = texts.federation;
  const model = { text: refusal.message, hint: t.refusedHint, back };
  pages.render(ctx, 'federation/refused', model, { heading: t.refusedTitle, status: refusalStatus(refusal) });
}
