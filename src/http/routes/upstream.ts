/** `/login/upstream`, `/upstream/callback/:name` and `/upstream/signed-out`: the way to an upstream provider and back; where it tells of logouts. */
import Router from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { AccountSessions } from '../../accounts/account-sessions.ts';
import type { PeopleRefusal } from '../../accounts/refusal.ts';
import type { BrowserSessions } from '../../provider/browser-session.ts';
import { readPlainForm } from '../form.ts';
import { pagePath } from '../login/page-path.ts';
import type { UpstreamLogin } from '../login/upstream.ts';
import type { UpstreamLogouts } from '../login/upstream-logout.ts';
import { refusalStatus } from '../pages/member.ts';
import type { Pages } from '../pages/render.ts';
import { texts } from '../pages/texts.ts';
import { redirect } from '../redirect.ts';

export interface UpstreamRouteDeps {
  readonly pages: Pages;
  readonly upstream: UpstreamLogin;
  readonly logouts: UpstreamLogouts;
  readonly browserSessions: BrowserSessions;
  readonly accountSessions: AccountSessions;
}

export function upstreamRoutes(deps: UpstreamRouteDeps): Middleware {
  const { pages, upstream, logouts } = deps;
  const router = new Router();

  router.get('/login/upstream/:name', async (ctx) => {
    const goal = { kind: 'page', path: pagePath(ctx.query.to), acrValues: [] } as const;
    const { again, idp_hint: hint } = ctx.query;
    const wish = { fresh: again !== undefined, ...(typeof hint === 'string' && { hint }) };
    const begun = await upstream.begin(ctx, String(ctx.params.name), { kind: 'login', goal }, wish);
    const back = `${pages.base}/login?to=${encodeURIComponent(goal.path)}`;
    if (!begun.ok) showUpstreamRefusal(pages, ctx, begun.error, back);
  });

  router.get('/upstream/callback/:name', async (ctx) => {
    const refused = await upstream.complete(ctx, String(ctx.params.name));
    if (refused !== undefined) showUpstreamRefusal(pages, ctx, refused.refusal, refused.back);
  });

  // The form of the page that asks whether to sign out; its second button adds the query.
  router.post('/logout/confirm', async (ctx, next) => {
    const login = ctx.query.upstream === undefined ? undefined : await deps.browserSessions.login(ctx);
    await next();
    const isOut = ctx.status === 303 && (await deps.browserSessions.login(ctx)) === undefined;
    if (login === undefined || !isOut) return;
    const then = String(ctx.response.get('location'));
    const there = await logouts.begin(ctx, { accountId: login.accountId, authTime: login.at / 1000 }, then);
    if (there !== undefined) redirect(ctx, there.href);
  });

  router.get('/upstream/signed-out', async (ctx) => {
    const state = typeof ctx.query.state === 'string' ? ctx.query.state : '';
    redirect(ctx, (await logouts.complete(ctx, state)) ?? `${pages.base}/logout/success`);
  });

  router.post('/upstream/backchannel-logout/:name', async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const form = await readPlainForm(ctx);
    const tokens = form.ok ? form.value.getAll('logout_token') : [];
    const told = await logouts.told(
      ctx,
      String(ctx.params.name),
      tokens.length === 1 ? String(tokens[0]) : '',
      deps.accountSessions,
    );
    ctx.status = told.ok ? 200 : 400;
    ctx.body = told.ok ? '' : { error: 'invalid_request', error_description: told.error.message };
  });
  return router.routes() as unknown as Middleware;
}

/** What went wrong, for people: never a code, a token or an address of the request. */
export function showUpstreamRefusal(pages: Pages, ctx: Context, refusal: PeopleRefusal, back: string): void {
  const t = texts.federation;
  const model = { text: refusal.message, hint: t.refusedHint, back };
  pages.render(ctx, 'federation/refused', model, { heading: t.refusedTitle, status: refusalStatus(refusal) });
}
