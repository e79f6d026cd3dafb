/** Forms for who is not signed in: bound to the browser by a cookie, and slow for a network that sends many. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'koa';
import type { Csrf } from '../csrf.ts';
import { readForm } from '../form.ts';
import { errorPage } from './error-page.ts';
import type { Pages } from './render.ts';

export interface VisitorDeps {
  readonly pages: Pages;
  readonly csrf: Csrf;
  /** The issuer is served over https. */
  readonly secure: boolean;
}

export interface VisitorForms {
  /** For the hidden field `csrf`; sets the cookie where there is none. */
  csrf(ctx: Context): string;
  /** The form, or undefined when it did not come from a page for this browser: the answer says so. */
  read(ctx: Context): Promise<URLSearchParams | undefined>;
}

/** `area` keeps a form of one area from being taken for that of another. */
export function createVisitorForms({ pages, csrf, secure }: VisitorDeps, area: string): VisitorForms {
  // No other host may set a cookie of this prefix (RFC 6265bis section 4.1.3.2).
  const cookieName = secure ? '__Host-sluice_visitor' : 'sluice_visitor';
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure, signed: false } as const;
  const binding = (mark: string) => `visitor ${area} ${mark}`;

  return {
    csrf: (ctx) => {
      const known = ctx.cookies.get(cookieName, { signed: false });
      const mark = known ?? randomBytes(18).toString('base64url');
      if (known === undefined) ctx.cookies.set(cookieName, mark, options);
      return csrf.token(binding(mark));
    },
    read: async (ctx) => {
      const form = await readForm(ctx);
      if (!form.ok) {
        errorPage(pages, ctx, form.error, { code: 'invalid_request', description: null });
        return undefined;
      }
      const mark = ctx.cookies.get(cookieName, { signed: false });
      if (mark !== undefined && csrf.accepts(ctx, binding(mark), form.value.get('csrf'))) return form.value;
      errorPage(pages, ctx, 403, { code: 'access_denied', description: null, kind: 'CrossSite' });
      return undefined;
    },
  };
}
