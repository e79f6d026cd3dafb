/** Forms of ours are taken only from pages of ours: a token bound to the browser's cookie, and the browser's own word (OWASP ASVS 5 V3.5). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';

export interface Csrf {
  /** For a hidden field. `binding` is what a cookie of this browser names and no other site can know or set: an interaction's uid. */
  token(binding: string): string;
  /** False for a form that another site sent, or that was made for another browser. */
  accepts(ctx: Context, binding: string, token: string | null): boolean;
}

/** The first secret makes tokens, all of them are accepted: secrets can be exchanged without breaking open pages. */
export function createCsrf(deps: { readonly secrets: readonly string[]; readonly issuer: string }): Csrf {
  const origin = new URL(deps.issuer).origin;
  const make = (secret: string, binding: string) =>
    createHmac('sha256', secret).update('form\0').update(binding).digest('base64url');
  const [newest] = deps.secrets;
  if (newest === undefined) throw new Error('forms need a cookie secret');

  return {
    token: (binding) => make(newest, binding),
    accepts: (ctx, binding, token) =>
      token !== null && isOwnSite(ctx, origin) && deps.secrets.some((secret) => same(make(secret, binding), token)),
  };
}

/** Fetch Metadata first, as pages cannot forge it; then Origin; a client that sends neither is no browser that could be misused. */
export function isOwnSite(ctx: Context, origin: string): boolean {
  const site = ctx.get('sec-fetch-site');
  if (site !== '') return site === 'same-origin' || site === 'none';
  const sender = ctx.get('origin');
  return sender === '' || sender === origin;
}

function same(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}
