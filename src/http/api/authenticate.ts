/** Who asks: a bearer token of this issuer for itself (RFC 6750), or a login of this browser; fresh accounts, clients and roles. */
import type { Context } from 'koa';
import { type Account, isUsable } from '../../accounts/account.ts';
import type { AccountStore } from '../../accounts/store.ts';
import type { SecondFactorGate } from '../../authentication/gate.ts';
import type { OwnToken, OwnTokenVerifier } from '../../issuance/verify.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import { anyAudience } from '../../policy/audience.ts';
import { isProvenBearer } from '../../provider/sender-constraint.ts';
import type { Clock } from '../../shared/clock.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { Caller } from './caller.ts';
import { insufficientAuthentication, type Problem, problem } from './problem.ts';

export interface AuthenticateDeps {
  readonly issuer: string;
  readonly verifier: OwnTokenVerifier;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
  readonly gate: Pick<SecondFactorGate, 'ruleOnAccount'>;
  /** The login of a browser, already held to pages of this server. */
  readonly session: (ctx: Context) => Promise<Result<Caller | null, Problem>>;
}

/** Null: nobody says who asks. */
export type Authenticate = (ctx: Context) => Promise<Result<Caller | null, Problem>>;

export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  return async (ctx) => {
    const header = ctx.get('authorization');
    if (header === '') return deps.session(ctx);
    const token = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header)?.[1];
    if (token === undefined) return err(unauthorized('expected `Authorization: Bearer` with an access token'));
    const claims = await deps.verifier.verify(token);
    if (claims === undefined || !isForUs(claims) || !isProvenBearer(ctx, claims.cnf)) return err(invalidToken());
    const caller = await callerOf(claims);
    if (caller === undefined) return err(invalidToken());
    const rule = caller.kind === 'account' ? await ruleOn(caller.account, claims) : undefined;
    return rule === undefined ? ok(caller) : err(insufficientAuthentication(rule));
  };

  async function ruleOn(account: Account, { acr }: OwnToken): Promise<string | undefined> {
    if (account.kind === 'service') return undefined;
    return deps.gate.ruleOnAccount(account, typeof acr === 'string' ? acr : null);
  }

  function isForUs({ aud }: OwnToken): boolean {
    return [aud ?? []].flat().some((audience) => audience === deps.issuer || audience === anyAudience);
  }

  /** Undefined when the account or the client is gone, suspended or ended since the token was issued. */
  async function callerOf(claims: OwnToken): Promise<Caller | undefined> {
    const client = deps.snapshots.current().clients.get(claims.client_id);
    if (client === undefined) return undefined;
    // What the registration allows no more, no token allows.
    const scopes = new Set(claims.scope.split(' ').filter((scope) => client.scopes.includes(scope)));
    const account = await deps.accounts.findById(claims.sub);
    if (account !== undefined) {
      const usable = isUsable(account, deps.clock.now());
      return usable ? { kind: 'account', account, clientId: client.clientId, scopes } : undefined;
    }
    return claims.sub === client.clientId ? { kind: 'client', clientId: client.clientId, scopes } : undefined;
  }
}

/** RFC 6750 section 3.1: without a token, no error code. */
export function unauthorized(detail: string): Problem {
  return problem('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="sluice"' } });
}

function invalidToken(): Problem {
  return problem('unauthorized', 'the access token is not valid here, expected one of this issuer for this issuer', {
    headers: { 'WWW-Authenticate': 'Bearer realm="sluice", error="invalid_token"' },
  });
}

export function insufficientScope(scope: string): Problem {
  return problem('insufficient-scope', `the access token needs the scope \`${scope}\``, {
    headers: { 'WWW-Authenticate': `Bearer realm="sluice", error="insufficient_scope", scope="${scope}"` },
  });
}
