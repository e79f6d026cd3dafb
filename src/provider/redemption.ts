/**
 * A code is used up by the answer that it gives, not before: the library marks it as used first and decides, signs and saves then, so
 * what it writes on the way is kept back until the answer is there (oidc-provider-notes 4). A refusal burns no code, nothing is signed
 * within a transaction, and a request that writes nothing opens none.
 */
import type { Context, Middleware } from 'koa';
import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import type { Redemption, RedemptionStore } from '../artifacts/redemption.ts';
import type { NewRefreshChain } from '../artifacts/refresh-token.ts';
import type { Clock } from '../shared/clock.ts';
import { forgetIssued } from './issued.ts';

/** True: the use of a code waits for the answer. */
export function keepUse(model: string, id: string): boolean {
  const ctx = tokenRequest();
  if (ctx === undefined || (model !== 'AuthorizationCode' && model !== 'DeviceCode')) return false;
  setRedemption(ctx, { model, id });
  return true;
}

/** True: the chain waits together with the use of its code. */
export function keepChain(chain: NewRefreshChain): boolean {
  const ctx = tokenRequest();
  const redemption = ctx && redemptionOf(ctx);
  if (ctx === undefined || redemption === undefined) return false;
  setRedemption(ctx, { ...redemption, chain });
  return true;
}

/** Around the token endpoint: writes what was kept back when the answer is a token, and takes the answer back when another request was faster with the code. */
export function redeemWithAnswer(deps: { readonly redemptions: RedemptionStore; readonly clock: Clock }): Middleware {
  return async (ctx, next) => {
    await next();
    const redemption = redemptionOf(ctx);
    if (redemption === undefined || ctx.status !== 200) return;
    if (await deps.redemptions.redeem(redemption, deps.clock.now())) return;
    forgetIssued(ctx);
    ctx.status = 400;
    ctx.body = { error: 'invalid_grant', error_description: 'grant request is invalid' };
  };
}

function tokenRequest(): Context | undefined {
  const ctx = Provider.ctx as KoaContextWithOIDC | undefined;
  return ctx?.oidc.route === 'token' ? ctx : undefined;
}

function setRedemption(ctx: Pick<Context, 'state'>, redemption: Redemption): void {
  ctx.state.redemption = redemption;
}

function redemptionOf(ctx: Pick<Context, 'state'>): Redemption | undefined {
  return ctx.state.redemption as Redemption | undefined;
}
