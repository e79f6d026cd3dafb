/** The login of a browser as a caller of the API: only for pages of this server, and writes only with a token that no other site can read. */
import type { Context } from 'koa';
import { isUsable } from '../../accounts/account.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { SecondFactorGate } from '../../authentication/gate.ts';
import type { BrowserSessions } from '../../provider/browser-session.ts';
import type { Clock } from '../../shared/clock.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { type Csrf, isOwnSite } from '../csrf.ts';
import { type Caller, sessionScopes } from './caller.ts';
import { csrfHeader } from './csrf-header.ts';
import { insufficientAuthentication, type Problem, problem } from './problem.ts';

export interface SessionDeps {
  readonly issuer: string;
  readonly sessions: BrowserSessions;
  readonly csrf: Csrf;
  readonly accounts: AccountStore;
  readonly gate: Pick<SecondFactorGate, 'ruleOnAccount'>;
  readonly clock: Clock;
}

/** Null: nobody is logged in here. */
export function createSessionCaller(deps: SessionDeps): (ctx: Context) => Promise<Result<Caller | null, Problem>> {
  const { origin } = new URL(deps.issuer);
  return async (ctx) => {
    const login = await deps.sessions.login(ctx);
    if (login === undefined) return ok(null);
    if (!isOwnSite(ctx, origin))
      return err(problem('cross-site', 'a login does not count for requests of other sites'));
    const binding = `api ${login.uid}`;
    const reads = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (!reads && !deps.csrf.accepts(ctx, binding, ctx.get(csrfHeader) || null)) {
      return err(problem('cross-site', `a login needs the header ${csrfHeader} with the token of \`GET /session\``));
    }
    const account = await deps.accounts.findById(login.accountId);
    if (account === undefined || !isUsable(account, deps.clock.now())) return ok(null);
    const rule = await deps.gate.ruleOnAccount(account, login.acr ?? null);
    if (rule !== undefined) return err(insufficientAuthentication(rule));
    return ok({
      kind: 'account',
      account,
      clientId: null,
      scopes: sessionScopes,
      csrfToken: deps.csrf.token(binding),
    });
  };
}
