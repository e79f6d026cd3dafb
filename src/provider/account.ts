/** Accounts for the protocol library: who logs in, and which claims ID tokens and userinfo carry (W-ID-1 to W-ID-5). */
import { randomUUID } from 'node:crypto';
import type { KoaContextWithOIDC, Account as ProviderAccount } from 'oidc-provider';
import { type Account, isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import { localAccountAssurance } from '../tokens/assurance.ts';
import type { AccessTokenClaims } from '../tokens/claims.ts';
import { type IdentityClaims, identityClaims } from '../tokens/identity.ts';
import { wlcgVersion } from '../tokens/profile.ts';
import { groupsIn } from '../tokens/profiles.ts';
import { issuedToken } from './issued.ts';
import { getClient } from './registered-client.ts';

/** The library's account with ours behind it. */
export interface LoggedInAccount extends ProviderAccount {
  readonly account: Account;
}

/** Claims by scope; `openid` brings the common claims of the WLCG profile into ID tokens. */
export const claimsByScope = {
  openid: [
    'sub',
    'jti',
    'wlcg.ver',
    'wlcg.groups',
    'entitlements',
    'eduperson_entitlement',
    'eduperson_assurance',
    'acr',
    'amr',
  ],
  profile: ['name', 'preferred_username'],
  email: ['email'],
};

export function createFindAccount(deps: {
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly clock: Clock;
}) {
  /** Undefined for an account that is gone, suspended or past its end: every flow stops there. */
  return async (ctx: KoaContextWithOIDC, sub: string): Promise<LoggedInAccount | undefined> => {
    const account = await deps.accounts.findById(sub);
    if (account === undefined || !isUsable(account, deps.clock.now())) return undefined;
    return {
      accountId: account.id,
      account,
      claims: async () => ({
        sub: account.id,
        ...profileClaims(account, identityScopes(getClient(deps.snapshots, ctx))),
        ...commonClaims(ctx, localAccountAssurance),
      }),
    };
  };
}

/** The claims that ID tokens share with the access token beside them (W-ID-2). */
export function commonClaims(ctx: KoaContextWithOIDC, assurance: readonly string[]) {
  const { claims } = issuedToken(ctx) ?? {};
  return {
    jti: randomUUID(),
    'wlcg.ver': wlcgVersion,
    ...groupClaims(claims),
    eduperson_assurance: [...assurance],
  };
}

/** Groups as the access token has them, in the names of the WLCG profile and of AARC. */
function groupClaims(claims: AccessTokenClaims | undefined) {
  if (claims === undefined) return {};
  const groups = groupsIn({ ...claims });
  const { entitlements, eduperson_entitlement } = claims;
  return {
    ...(groups.length > 0 && { 'wlcg.groups': [...groups] }),
    ...(entitlements && { entitlements }),
    ...(eduperson_entitlement && { eduperson_entitlement }),
  };
}

/** The most that a client learns of a user in its ID tokens, however it asks: what its registered scopes bring. */
export function identityScopes(client: RegisteredClient): readonly string[] {
  return ['openid', ...client.scopes];
}

/** `sub`, and the identity claims that the scopes bring. */
export function profileClaims(account: Account, scopes: readonly string[]): IdentityClaims & { readonly sub?: string } {
  return { ...(scopes.includes('openid') && { sub: account.id }), ...identityClaims(account, scopes) };
}
