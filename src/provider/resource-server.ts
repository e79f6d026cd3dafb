/** Checks what a request asks for before anybody logs in: audiences that the client may target, well-formed path scopes (W-AUD-6, policy-semantics 2.2). */

import { decodeJwt } from 'jose';
import type { KoaContextWithOIDC, ResourceServer } from 'oidc-provider';
import type { RegisteredClient } from '../clients/client.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { findMalformedScopes } from '../policy/scope.ts';
import { decodeAudiences } from './audience-parameter.ts';
import { scopeError } from './refusal.ts';
import { getClient } from './registered-client.ts';
import { requestObjectOf } from './request-object.ts';
import { assertMayTarget } from './target-audience.ts';

/** For the library's `resourceIndicators`: every scope asked for passes here, the policy decides when the token is made. */
export function createResourceServerInfo(snapshots: SnapshotSource) {
  return async (ctx: KoaContextWithOIDC, resource: string): Promise<ResourceServer> => {
    const client = getClient(snapshots, ctx);
    assertMayTarget(snapshots, client, decodeAudiences(resource));
    restoreOfflineAccess(ctx, client);
    refuseUnusableScope(ctx);
    return { scope: knownScopes(ctx).join(' '), audience: resource, accessTokenFormat: 'jwt' };
  };
}

/** INVARIANT: the library's check of scopes ran before; it takes `offline_access` away without `prompt=consent`, which services do not send. */
function restoreOfflineAccess(ctx: KoaContextWithOIDC, client: RegisteredClient): void {
  const { params, route } = ctx.oidc;
  if (params === undefined || (route !== 'authorization' && route !== 'pushed_authorization_request')) return;
  const sent = sentScope(ctx);
  if (typeof sent !== 'string' || !client.grantTypes.includes('refresh_token')) return;
  const scopes = [...new Set(sent.split(' ').filter(Boolean))];
  if (scopes.includes('offline_access')) params.scope = scopes.join(' ');
}

/** Of a pushed request (RFC 9126) the library keeps the parameters as an unsecured JWT. */
function sentScope(ctx: KoaContextWithOIDC): unknown {
  const signed = requestObjectOf(ctx);
  if (signed !== undefined) return signed.scope;
  const pushed = ctx.oidc.entities.PushedAuthorizationRequest as { request: string } | undefined;
  if (pushed !== undefined) return decodeJwt(pushed.request).scope;
  return ctx.method === 'POST' ? ctx.oidc.body?.scope : ctx.query.scope;
}

/** Routes where a user is about to be asked for something. */
const beforeConsent = new Set(['authorization', 'pushed_authorization_request', 'device_authorization']);

function refuseUnusableScope(ctx: KoaContextWithOIDC): void {
  const scope = ctx.oidc.params?.scope;
  if (typeof scope !== 'string') {
    // RFC 6749 section 3.3: without a default for users, better said now than after the login.
    if (beforeConsent.has(ctx.oidc.route)) throw scopeError('no scope was asked for');
    return;
  }
  const [first] = findMalformedScopes(scope.split(' '));
  if (first !== undefined) throw scopeError(`${first.slice(0, 150)} refused: malformed`);
}

/** Scope tokens of the request and of the code that is redeemed: the library keeps those that appear here word for word. */
function knownScopes(ctx: KoaContextWithOIDC): string[] {
  const { AuthorizationCode, DeviceCode } = ctx.oidc.entities;
  const sources = [ctx.oidc.params?.scope, AuthorizationCode?.scope, DeviceCode?.scope];
  return sources.flatMap((scope) => (typeof scope === 'string' ? scope.split(' ') : []));
}
