/** `/login`: signing in here without a service that asked for it; services find the session when they send the browser later. */
import { randomBytes } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Clock } from '../../shared/clock.ts';
import type { Csrf } from '../csrf.ts';
import { readForm } from '../form.ts';
import type { BrowserLogin } from '../login/browser-login.ts';
import type { LoginJourney } from '../login/journey.ts';
import { errorPage } from '../pages/error-page.ts';
import type { Pages } from '../pages/render.ts';
import { texts } from '../pages/texts.ts';
import { passwordLogin, refusal } from './interaction/login.ts';

export interface LoginDeps {
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly authenticate: BrowserLogin;
  readonly journey: LoginJourney;
  readonly clock: Clock;
  /** The issuer is served over https. */
  readonly secure: boolean;
}

export function loginRoute(deps: LoginDeps): Middleware {
  const { pages, csrf } = deps;
  // No other host may set a cookie of this prefix (RFC 6265bis section 4.1.3.2).
  const cookieName = deps.secure ? '__Host-sluice_form' : 'sluice_form';

  return async (ctx, next) => {
    if (ctx.path !== '/login') return next();
    if (ctx.method === 'GET' || ctx.method === 'HEAD') return show(ctx, browserMark(ctx));
    if (ctx.method === 'POST') return submit(ctx);
    return next();
  };

  function show(
    ctx: Context,
    mark: string,
    state = { username: '', error: null as string | null, status: 200, to: pagePath(ctx.query.to) },
  ): void {
    const model = {
      action: `${pages.base}/login`,
      to: state.to,
      cancelAction: null,
      csrf: csrf.token(binding(mark)),
      clientName: null,
      again: false,
      username: state.username,
      error: state.error,
    };
    pages.render(ctx, 'login', model, { status: state.status, heading: texts.login.title });
  }

  async function submit(ctx: Context): Promise<void> {
    const form = await readForm(ctx);
    if (!form.ok) return errorPage(pages, ctx, form.error, { code: 'invalid_request', description: null });
    const mark = ctx.cookies.get(cookieName, { signed: false });
    if (mark === undefined || !csrf.accepts(ctx, binding(mark), form.value.get('csrf'))) {
      return errorPage(pages, ctx, 403, { code: 'access_denied', description: null, kind: 'CrossSite' });
    }
    const username = form.value.get('username')?.trim() ?? '';
    const outcome = await deps.authenticate(ctx, { username, password: form.value.get('password') ?? '' });
    if (outcome.kind !== 'accepted') {
      const to = pagePath(form.value.get('to'));
      return show(ctx, mark, { username: username.slice(0, 255), to, ...refusal(ctx, outcome) });
    }
    const goal = { kind: 'page', path: pagePath(form.value.get('to')), acrValues: [] } as const;
    await deps.journey.proceed(ctx, { authentication: passwordLogin(outcome.account.id, deps.clock), goal });
  }

  /** What ties the form to this browser before there is a session. */
  function browserMark(ctx: Context): string {
    const known = ctx.cookies.get(cookieName, { signed: false });
    if (known !== undefined) return known;
    const mark = randomBytes(18).toString('base64url');
    const options = { httpOnly: true, sameSite: 'lax', path: '/', secure: deps.secure, signed: false } as const;
    ctx.cookies.set(cookieName, mark, options);
    return mark;
  }
}

/** Where to go after a login: a path of this server and nothing else (open redirects). */
function pagePath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,2000}$/.test(to) ? to : '/';
}

function binding(mark: string): string {
  return `login ${mark}`;
}
