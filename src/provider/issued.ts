/** The access token issued in the present request, for the ID token, the metrics and the response that follow it. */
import type { Context } from 'koa';
import type { IssuedToken } from '../issuance/issue.ts';
import type { Decision, Reason } from '../policy/decision.ts';

export function rememberIssued(ctx: Pick<Context, 'state'>, issued: IssuedToken): void {
  ctx.state.issued = issued;
}

/** The token is not handed out after all. */
export function forgetIssued(ctx: Pick<Context, 'state'>): void {
  ctx.state.issued = undefined;
}

export function issuedToken(ctx: Pick<Context, 'state'>): IssuedToken | undefined {
  return ctx.state.issued as IssuedToken | undefined;
}

export function rememberRefused(ctx: Pick<Context, 'state'>, decision: Decision): void {
  ctx.state.refused = decision.refused.map(({ reason }) => reason);
}

/** Reason words of what was refused in this request, for the metrics. */
export function refusedReasons(ctx: Pick<Context, 'state'>): readonly Reason[] {
  return issuedToken(ctx)?.decision.refused.map(({ reason }) => reason) ?? (ctx.state.refused as Reason[]) ?? [];
}
