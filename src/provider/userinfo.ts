/** Userinfo (OpenID Connect Core section 5.3) for any valid access token of this issuer that has `openid`, whatever its audience. */
import type { Context, Middleware } from 'koa';
import { isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { OwnToken, OwnTokenVerifier } from '../issuance/verify.ts';
import type { Clock } from '../shared/clock.ts';
import { profileClaims } from './account.ts';

export interface UserinfoDeps {
  readonly verifier: OwnTokenVerifier;
  readonly accounts: AccountStore;
  readonly clock: Clock;
}

/** GET with `Authorization: Bearer`, or POST with it or with the form field `access_token`; never in the query (RFC 9700 section 4.3.2). */
export function userinfoEndpoint(deps: UserinfoDeps): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    const token = bearerToken(ctx);
    if (token === undefined) return challenge(ctx, 401, 'invalid_token', 'no access token provided');
    const claims = await deps.verifier.verify(token);
    if (claims === undefined) return challenge(ctx, 401, 'invalid_token', 'access token is not valid');
    const scopes = claims.scope.split(' ');
    if (!scopes.includes('openid')) return challenge(ctx, 403, 'insufficient_scope', 'scope openid is needed');
    const account = await deps.accounts.findById(claims.sub);
    if (account === undefined || !isUsable(account, deps.clock.now())) {
      return challenge(ctx, 401, 'invalid_token', 'access token is not valid');
    }
    ctx.body = { ...profileClaims(account, scopes), ...tokenClaims(claims) };
  };
}

function bearerToken(ctx: Context): string | undefined {
  const header = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(ctx.get('authorization'));
  if (header) return header[1];
  const field = (ctx.state.form as URLSearchParams | undefined)?.getAll('access_token') ?? [];
  return field.length === 1 ? field[0] : undefined;
}

/** W-ID-5: groups and assurance as the token carries them. */
function tokenClaims(claims: OwnToken) {
  const names = ['wlcg.groups', 'eduperson_assurance'];
  return Object.fromEntries(names.filter((name) => claims[name] !== undefined).map((name) => [name, claims[name]]));
}

/** RFC 6750 section 3. */
function challenge(ctx: Context, status: 401 | 403, error: string, description: string): void {
  ctx.status = status;
  ctx.set('WWW-Authenticate', `Bearer error="${error}", error_description="${description}"`);
  ctx.body = { error, error_description: description };
}
