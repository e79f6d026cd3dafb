/** What a request is for: one slash is enough, the issuer's own path is taken off, and only the issuer's host is answered. */
import type { Middleware } from 'koa';

/** `//token` is taken as `/token`: several services join a base URL that ends in a slash with a path that begins with one. */
export function normalisePath(issuer: string): Middleware {
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  return (ctx, next) => {
    let path = ctx.path.includes('//') ? ctx.path.replace(/\/{2,}/g, '/') : ctx.path;
    if (base !== '') path = withoutBase(path, base);
    if (path !== ctx.path) ctx.path = path;
    return next();
  };
}

/** RFC 8414 section 3.1 puts the well-known part before the issuer's path, OpenID Connect Discovery after it; both are served (W-DISC-1). */
function withoutBase(path: string, base: string): string {
  if (path === base) return '/';
  if (path.startsWith(`${base}/`)) return path.slice(base.length);
  if (path.startsWith('/.well-known/') && path.endsWith(base)) return path.slice(0, -base.length);
  return path;
}

/** RFC 9110 section 7.4: a request for a host that is not the issuer's is misdirected, 421. */
export function requireHost(issuer: string): Middleware {
  const { host, hostname, protocol } = new URL(issuer);
  const accepted = new Set([host, host === hostname ? `${hostname}:${protocol === 'https:' ? 443 : 80}` : host]);
  return (ctx, next) => {
    // Metrics have a port of their own; here their path is as unknown to every host.
    if (ctx.path === '/metrics' || accepted.has((ctx.req.headers.host ?? '').toLowerCase())) return next();
    ctx.status = 421;
    ctx.body = {
      error: 'misdirected_request',
      error_description: 'this host is not the one that the issuer is configured for',
    };
    return undefined;
  };
}
