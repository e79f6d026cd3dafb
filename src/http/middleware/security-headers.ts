/** Headers on every answer (oidc-provider-notes 10); pages may set a wider policy of their own before the answer leaves. */
import type { Middleware } from 'koa';

/** For answers that are no pages of ours; the library's self-submitting forms add the hash of their script to it. */
const defaultPolicy =
  "default-src 'none'; script-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";

const oneYear = 31_536_000;

export function securityHeaders(issuer: string): Middleware {
  const headers = Object.entries({
    'Content-Security-Policy': defaultPolicy,
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
    ...(issuer.startsWith('https:') && { 'Strict-Transport-Security': `max-age=${oneYear}` }),
  });
  return (ctx, next) => {
    // Node's own setter: koa's costs twice as much, and this runs for every answer.
    for (const [name, value] of headers) ctx.res.setHeader(name, value);
    return next();
  };
}
