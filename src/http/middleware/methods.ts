/** Methods of the protocol paths: others are 405 with `Allow` (RFC 9110 section 15.5.6), and a form posted to a page becomes its query. */
import type { Middleware } from 'koa';
import { routes } from '../../provider/configuration.ts';

const page = ['GET', 'HEAD', 'POST'];
const read = ['GET', 'HEAD', 'OPTIONS'];
const submit = ['POST', 'OPTIONS'];

const allowed = new Map([
  [routes.authorization, page],
  [routes.code_verification, page],
  [routes.end_session, page],
  [routes.jwks, read],
  [routes.userinfo, ['GET', 'HEAD', 'POST', 'OPTIONS']],
  [routes.token, submit],
  [routes.device_authorization, submit],
  [routes.introspection, submit],
  [routes.revocation, submit],
  [routes.pushed_authorization_request, submit],
]);

export function allowMethods(): Middleware {
  return (ctx, next) => {
    const methods = allowed.get(ctx.path);
    if (methods === undefined || methods.includes(ctx.method)) return next();
    ctx.status = 405;
    ctx.set('Allow', methods.join(', '));
    ctx.body = { error: 'invalid_request', error_description: `${ctx.method} is not allowed here` };
    return undefined;
  };
}

/** Servers and browsers take no longer request targets, in characters. */
const longestQuery = 8000;

/**
 * OpenID Connect Core section 3.1.2.1 and RP-Initiated Logout section 2: both take POST. The browser is sent on by GET,
 * which brings the cookies that SameSite keeps from another site's form.
 */
export function formAsQuery(issuer: string): Middleware {
  const pages = new Set([routes.authorization, routes.end_session]);
  return (ctx, next) => {
    if (ctx.method !== 'POST' || !pages.has(ctx.path)) return next();
    const query = String(ctx.state.form ?? '');
    if (query.length > longestQuery) {
      ctx.status = 400;
      ctx.body = { error: 'invalid_request', error_description: `the form is longer than ${longestQuery} characters` };
      return undefined;
    }
    ctx.status = 303;
    ctx.set('Cache-Control', 'no-store');
    const path = new URL(ctx.path.slice(1), issuer).pathname;
    ctx.set('Location', `${path}?${query}`);
    return undefined;
  };
}
