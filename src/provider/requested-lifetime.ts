/** The life that a token request asks for by `expires_in`, which the protocol library does not know: read in front of it, used by every grant. */
import type { Context } from 'koa';

export function rememberLifetime(ctx: Pick<Context, 'state'>, seconds: number | undefined): void {
  ctx.state.lifetimeSeconds = seconds;
}

/** Seconds, for `TokenRequest.lifetimeSeconds`; undefined: the client's own. */
export function requestedLifetime(ctx: Pick<Context, 'state'>): number | undefined {
  return ctx.state.lifetimeSeconds as number | undefined;
}
