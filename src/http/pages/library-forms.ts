/** The protocol library's self-submitting forms in our layout: with script they go on at once, without it there is a button (OAuth 2.0 Form Post Response Mode). */
import { createHash } from 'node:crypto';
import type { Context, Middleware } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Pages } from './render.ts';
import { formTargetsOf } from './security-headers.ts';
import { texts } from './texts.ts';

const script = 'document.forms[0].submit()';
const scriptHash = `sha256-${createHash('sha256').update(script).digest('base64')}`;

/** The library's page has nothing of ours: no layout, no language, no headers. Its one form is read and shown again. */
export function libraryForms(pages: Pages): Middleware {
  return async (ctx, next) => {
    await next();
    const form = ctx.state.page === undefined ? readLibraryForm(ctx.body) : undefined;
    if (form === undefined) return;
    const formTargets = [...formTargetsOf(form.action), ...formTargetsOf(redirectAfter(ctx))];
    const options = { status: ctx.status, heading: texts.continue.title, formTargets, scriptHash };
    pages.render(ctx, 'continue', { ...form, script }, options);
  };
}

/** Undefined for any other answer. */
function readLibraryForm(body: unknown) {
  if (typeof body !== 'string' || !body.includes('<title>Submitting Callback</title>')) return undefined;
  const action = /<form method="post" action="([^"]*)">/.exec(body)?.[1];
  if (action === undefined) return undefined;
  const inputs = body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g);
  const fields = [...inputs].map(([, name = '', value = '']) => ({ name: plainText(name), value: plainText(value) }));
  return { action: plainText(action), fields };
}

/** Where the form ends when this server redirects on: at the application, or where a logout returns to. */
function redirectAfter(ctx: Context): unknown {
  const oidc = (ctx as Partial<KoaContextWithOIDC>).oidc;
  const state = oidc?.session?.state as Record<string, unknown> | undefined;
  return oidc?.entities.Interaction?.params.redirect_uri ?? state?.postLogoutRedirectUri;
}

/** Of the library's own five escapes; the view escapes again. */
function plainText(text: string): string {
  const characters: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', '#39': "'", amp: '&' };
  return text.replace(/&(lt|gt|quot|#39|amp);/g, (_entity, name: string) => characters[name] ?? '');
}
