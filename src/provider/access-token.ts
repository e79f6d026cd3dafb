/** The choke point of every grant: saving an access token means deciding, signing and logging it (oidc-provider-notes 12). */

import Provider, { type KoaContextWithOIDC } from 'oidc-provider';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { RegisteredClient } from '../clients/client.ts';
import { defaultClientScopes } from '../clients/request-rules.ts';
import type { Issuance, IssueContext } from '../issuance/issue.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import { effectiveAudiences } from '../tokens/audience.ts';
import type { Authentication } from '../tokens/claims.ts';
import type { LoggedInAccount } from './account.ts';
import { decodeAudiences } from './audience-parameter.ts';
import { issueToken } from './issue-token.ts';
import { narrowed } from './narrowing.ts';
import { getClient } from './registered-client.ts';
import { requestedLifetime } from './requested-lifetime.ts';
import { rememberUserinfoClaims } from './userinfo-claims.ts';

/** The library's token object, as far as it is ours to read and write. */
interface TokenModel {
  aud?: string;
  scope?: string;
  jti?: string;
  expiresIn?: number;
  jkt?: string;
  'x5t#S256'?: string;
  emit(event: string): void;
}

export interface AccessTokenDeps {
  readonly issuance: Issuance;
  readonly snapshots: SnapshotSource;
  readonly artifacts: ArtifactStore;
}

/** Replaces `save` of both access-token models; the library builds its response from what is set here. */
export function installAccessTokens(provider: Provider, { issuance, snapshots, artifacts }: AccessTokenDeps): void {
  for (const Model of [provider.AccessToken, provider.ClientCredentials]) {
    Model.prototype.save = async function (this: TokenModel) {
      const ctx = Provider.ctx as KoaContextWithOIDC;
      const client = getClient(snapshots, ctx);
      const asked = this.aud === undefined ? [] : decodeAudiences(this.aud);
      const account = (ctx.oidc.entities.Account as LoggedInAccount | undefined)?.account ?? null;
      const consented = {
        audiences: effectiveAudiences(asked, client.defaultAudience),
        scopes: requestedScopes(this.scope, ctx, client),
        unticked: untickedScopes(ctx, this.aud),
      };
      const lifetimeSeconds = requestedLifetime(ctx);
      const bounds = narrowed(ctx, consented, client, snapshots.current().policy);
      const request = { client, account, ...bounds, lifetimeSeconds };
      const issued = await issueToken(issuance, ctx, request, contextOf(ctx, this));
      await rememberUserinfoClaims(artifacts, issued, claimsParameter(ctx));
      this.jti = issued.jti;
      this.scope = issued.scope;
      this.expiresIn = issued.expiresInSeconds;
      this.emit('issued');
      return issued.token;
    };
  }
}

/** The scopes of the grant in the order of the request; a client acting for itself need not name any. */
function requestedScopes(scope: string | undefined, ctx: KoaContextWithOIDC, client: RegisteredClient): string[] {
  if (scope) return scope.split(' ');
  if (ctx.oidc.entities.Account) return [];
  return defaultClientScopes(client);
}

function untickedScopes(ctx: KoaContextWithOIDC, resource: string | undefined): string[] {
  const grant = ctx.oidc.entities.Grant;
  if (grant === undefined || resource === undefined) return [];
  return grant.getRejectedResourceScope(resource).split(' ').filter(Boolean);
}

/** As the login asked for it; what it asks for was consented. */
function claimsParameter({ oidc }: KoaContextWithOIDC): unknown {
  const { AuthorizationCode, DeviceCode } = oidc.entities;
  return ((AuthorizationCode ?? DeviceCode) as { claims?: unknown } | undefined)?.claims;
}

function contextOf(ctx: KoaContextWithOIDC, token: TokenModel): Omit<IssueContext, 'address'> {
  const confirmation = confirmationOf(token);
  return {
    flow: String(ctx.oidc.params?.grant_type ?? 'unknown'),
    authentication: authenticationOf(ctx),
    parent: grantIdOf(ctx),
    ...(confirmation && { confirmation }),
  };
}

/** By it what a code gave is found when the code comes again. */
function grantIdOf({ oidc }: KoaContextWithOIDC): string | null {
  const { AuthorizationCode, DeviceCode } = oidc.entities;
  return ((AuthorizationCode ?? DeviceCode) as { grantId?: string } | undefined)?.grantId ?? null;
}

function confirmationOf(token: TokenModel): Record<string, string> | undefined {
  if (token.jkt) return { jkt: token.jkt };
  return token['x5t#S256'] ? { 'x5t#S256': token['x5t#S256'] } : undefined;
}

/** W-CLM-10: only tokens that stem from a user's login assert something about it. */
export function authenticationOf(ctx: KoaContextWithOIDC): Authentication | null {
  const { AuthorizationCode, DeviceCode, Account } = ctx.oidc.entities;
  if (Account === undefined) return null;
  const { assurance } = Account as LoggedInAccount;
  const source = (AuthorizationCode ?? DeviceCode) as { acr?: string } | undefined;
  return { acr: source?.acr ?? null, assurance };
}
