/** `/login`: signing in here without a service that asked for it; services find the session when they send the browser later. */
import { randomBytes } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { Csrf } from '../csrf.ts';
import { readForm } from '../form.ts';
import type { BrowserLogin } from '../login/browser-login.ts';
import { type ChooserDeps, chooserOf } from '../login/chooser.ts';
import { hintedUpstream } from '../login/idp-hint.ts';
import type { LoginJourney } from '../login/journey.ts';
import { pagePath } from '../login/page-path.ts';
import { type PasskeyLoginDeps, passkeyLogin, showPasskeyLogin } from '../login/passkey-login.ts';
import { errorPage } from '../pages/error-page.ts';
import { texts } from '../pages/texts.ts';
import { redirect } from '../redirect.ts';
import { passwordLogin, refusal } from './interaction/login.ts';

export interface LoginDeps extends PasskeyLoginDeps, ChooserDeps {
  readonly csrf: Csrf;
  readonly authenticate: BrowserLogin;
  readonly journey: LoginJourney;
  /** The issuer is served over https. */
  readonly secure: boolean;
}

export function loginRoute(deps: LoginDeps): Middleware {
  const { pages, csrf } = deps;
  // No other host may set a cookie of this prefix (RFC 6265bis section 4.1.3.2).
  const cookieName = deps.secure ? '__Host-sluice_form' : 'sluice_form';

  return async (ctx, next) => {
    const reads = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (ctx.path === '/login' && reads) return show(ctx, browserMark(ctx));
    if (ctx.path === '/login' && ctx.method === 'POST') return submit(ctx);
    if (ctx.path === '/login/passkey' && reads) return showPasskey(ctx, browserMark(ctx), pagePath(ctx.query.to));
    if (ctx.path === '/login/passkey' && ctx.method === 'POST') return submitPasskey(ctx);
    return next();
  };

  async function show(
    ctx: Context,
    mark: string,
    state = { username: '', error: null as string | null, status: 200, to: pagePath(ctx.query.to) },
  ): Promise<void> {
    const to = encodeURIComponent(state.to);
    const again = ctx.query.again === undefined ? '' : '&again';
    const hinted = state.status === 200 ? await hintedUpstream(deps, ctx.query.idp_hint) : undefined;
    if (hinted !== undefined) {
      const hint = encodeURIComponent(String(ctx.query.idp_hint));
      return redirect(ctx, `${pages.base}/login/upstream/${hinted.name}?to=${to}&idp_hint=${hint}${again}`);
    }
    const chooser = await chooserOf(deps, ctx, {
      hrefOf: (name) => `${pages.base}/login/upstream/${name}?to=${to}${again}`,
      action: `${pages.base}/login`,
      hidden: [['to', state.to], ...(again === '' ? [] : [['again', ''] as const])],
    });
    const model = {
      chooser,
      action: `${pages.base}/login`,
      to: state.to,
      cancelAction: null,
      passkey: `${pages.base}/login/passkey?to=${encodeURIComponent(state.to)}`,
      csrf: csrf.token(binding(mark)),
      clientName: null,
      again: ctx.query.again !== undefined,
      username: state.username,
      error: state.error,
    };
    pages.render(ctx, 'login', model, { status: state.status, heading: texts.login.title });
  }

  async function submit(ctx: Context): Promise<void> {
    const sent = await read(ctx);
    if (sent === undefined) return;
    const { form, mark } = sent;
    const username = form.get('username')?.trim() ?? '';
    const outcome = await deps.authenticate(ctx, { username, password: form.get('password') ?? '' });
    if (outcome.kind !== 'accepted') {
      const to = pagePath(form.get('to'));
      return show(ctx, mark, { username: username.slice(0, 255), to, ...refusal(ctx, outcome) });
    }
    const goal = { kind: 'page', path: pagePath(form.get('to')), acrValues: [] } as const;
    await deps.journey.proceed(ctx, { authentication: passwordLogin(outcome.account.id, deps.clock), goal });
  }

  /** The form, when it is one of ours; else the request is answered. */
  async function read(ctx: Context): Promise<{ readonly form: URLSearchParams; readonly mark: string } | undefined> {
    const form = await readForm(ctx);
    if (!form.ok) {
      errorPage(pages, ctx, form.error, { code: 'invalid_request', description: null });
      return undefined;
    }
    const mark = ctx.cookies.get(cookieName, { signed: false });
    if (mark === undefined || !csrf.accepts(ctx, binding(mark), form.value.get('csrf'))) {
      errorPage(pages, ctx, 403, { code: 'access_denied', description: null, kind: 'CrossSite' });
      return undefined;
    }
    return { form: form.value, mark };
  }

  function showPasskey(ctx: Context, mark: string, to: string, refused = false): Promise<void> {
    const back = `${pages.base}/login?to=${encodeURIComponent(to)}`;
    const about = { action: '/login/passkey', binding: binding(mark), csrf: csrf.token(binding(mark)), to, back };
    return showPasskeyLogin(deps, ctx, { ...about, refused });
  }

  async function submitPasskey(ctx: Context): Promise<void> {
    const sent = await read(ctx);
    if (sent === undefined) return;
    const path = pagePath(sent.form.get('to'));
    const authentication = await passkeyLogin(deps, sent.form, binding(sent.mark));
    if (authentication === undefined) return showPasskey(ctx, sent.mark, path, true);
    await deps.journey.proceed(ctx, { authentication, goal: { kind: 'page', path, acrValues: [] } });
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

function binding(mark: string): string {
  return `login ${mark}`;
}
