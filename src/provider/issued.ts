/** The access token issued in the present request, for the ID token, the metrics and the response that follow it. */
import type { Context } from 'koa';
import type { IssuedToken } from '../issuance/issue.ts';

export function rememberIssued(ctx: Pick<Context, 'state'>, issued: IssuedToken): void {
  ctx.state['issued'] = issued;
}

export function issuedToken(ctx: Pick<Context, 'state'>): IssuedToken | undefined {
  return ctx.state['issued'] as IssuedToken | undefined;
}
