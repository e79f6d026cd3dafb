/** A password login in a browser: where it comes from decides how long it waits after failures. */
import type { Context } from 'koa';
import type { Authenticate, LoginOutcome } from '../../accounts/login.ts';
import { networkOf } from '../client-network.ts';
import type { KnownBrowsers } from './known-browser.ts';

/** The password that a form of ours brought. */
export type BrowserLogin = (
  ctx: Context,
  credentials: { readonly username: string; readonly password: string },
) => Promise<LoginOutcome>;

export function createBrowserLogin(authenticate: Authenticate, known: KnownBrowsers): BrowserLogin {
  return (ctx, credentials) =>
    authenticate(credentials, {
      network: networkOf(ctx.state.address ?? null),
      knownTo: (accountId) => known.nameFor(ctx, accountId),
    });
}
