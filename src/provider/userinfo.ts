/** Userinfo (OpenID Connect Core section 5.3) for any valid access token of this issuer that has `openid`, whatever its audience. */
import type { Context, Middleware } from 'koa';
import { type Account, isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { OwnToken, OwnTokenVerifier } from '../issuance/verify.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import { asksForEntitlements, entitlementClaims } from '../tokens/entitlements.ts';
import { identityClaims } from '../tokens/identity.ts';
import { groupsIn } from '../tokens/profiles.ts';
import { identityScopes, profileClaims } from './account.ts';
import { dpopAlgorithms, provesKey } from './dpop-proof.ts';
import { type Confirmation, isProvenBearer } from './sender-constraint.ts';
import { recallUserinfoClaims } from './userinfo-claims.ts';

export interface UserinfoDeps {
  readonly issuer: string;
  readonly verifier: OwnTokenVerifier;
  readonly accounts: AccountStore;
  readonly artifacts: ArtifactStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}

/** GET with `Authorization: Bearer`, or POST with it or with the form field `access_token`; never in the query (RFC 9700 section 4.3.2). */
export function userinfoEndpoint(deps: UserinfoDeps): Middleware {
  return async (ctx) => {
    ctx.set('Cache-Control', 'no-store');
    // Nothing here rests on cookies, so any page may ask that has a token.
    ctx.set({ 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'WWW-Authenticate' });
    const { token, scheme } = presentedToken(ctx);
    if (token === undefined) return challenge(ctx, 401, 'invalid_token', 'no access token provided');
    const claims = await deps.verifier.verify(token);
    if (claims === undefined) return challenge(ctx, 401, 'invalid_token', 'access token is not valid');
    if (!(await isProven(deps, ctx, scheme, token, claims))) {
      challenge(ctx, 401, 'invalid_token', 'access token is bound to a key');
      ctx.append('WWW-Authenticate', `DPoP error="invalid_token", algs="${dpopAlgorithms.join(' ')}"`);
      return undefined;
    }
    if (!claims.scope.split(' ').includes('openid')) {
      return challenge(ctx, 403, 'insufficient_scope', 'scope openid is needed');
    }
    const account = await findAccount(deps, claims);
    if (account === undefined) return challenge(ctx, 401, 'invalid_token', 'access token is not valid');
    ctx.body = await answer(deps, account, claims);
  };
}

function presentedToken(ctx: Context): { readonly token?: string | undefined; readonly scheme: string } {
  const [, scheme = 'Bearer', token] = /^(Bearer|DPoP) ([A-Za-z0-9._~+/-]+=*)$/i.exec(ctx.get('authorization')) ?? [];
  if (token !== undefined) return { token, scheme: scheme.toLowerCase() };
  const field = (ctx.state.form as URLSearchParams | undefined)?.getAll('access_token') ?? [];
  return { token: field.length === 1 ? field[0] : undefined, scheme: 'bearer' };
}

/** A token that is bound to a key comes with a proof of it, and no other one does. */
async function isProven(
  deps: UserinfoDeps,
  ctx: Context,
  scheme: string,
  token: string,
  { cnf }: OwnToken,
): Promise<boolean> {
  if (scheme === 'bearer') return isProvenBearer(ctx, cnf);
  const { jkt } = (cnf ?? {}) as Confirmation;
  return jkt !== undefined && provesKey(ctx, token, jkt, { ...deps, url: new URL('userinfo', deps.issuer).href });
}

/** Undefined when the user, or the client that the token was issued to, is no longer active. */
async function findAccount(
  { accounts, snapshots, clock }: UserinfoDeps,
  { sub, client_id }: OwnToken,
): Promise<Account | undefined> {
  if (!snapshots.current().clients.has(client_id)) return undefined;
  const account = await accounts.findById(sub);
  return account !== undefined && isUsable(account, clock.now()) ? account : undefined;
}

async function answer({ snapshots, artifacts }: UserinfoDeps, account: Account, claims: OwnToken): Promise<object> {
  const { clients, entitlements } = snapshots.current();
  const client = clients.get(claims.client_id);
  const scopes = claims.scope.split(' ');
  const askedOneByOne = await recallUserinfoClaims(artifacts, claims.jti);
  return {
    ...profileClaims(account, scopes),
    // However it asks, a client learns no more than its registered scopes bring.
    ...(client && identityClaims(account, identityScopes(client), askedOneByOne)),
    ...(asksForEntitlements(scopes) && entitlementClaims(entitlements, groupsIn(claims), scopes)),
    ...tokenClaims(claims),
  };
}

/** W-ID-5: groups and assurance as the token carries them. */
function tokenClaims(claims: OwnToken) {
  const names = ['wlcg.groups', 'groups', 'entitlements', 'eduperson_entitlement', 'eduperson_assurance'];
  return Object.fromEntries(names.filter((name) => claims[name] !== undefined).map((name) => [name, claims[name]]));
}

/** RFC 6750 section 3. */
function challenge(ctx: Context, status: 401 | 403, error: string, description: string): void {
  ctx.status = status;
  ctx.set('WWW-Authenticate', `Bearer error="${error}", error_description="${description}"`);
  ctx.body = { error, error_description: description };
}
