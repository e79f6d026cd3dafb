/** Accounts for the protocol library: who logs in, and which claims ID tokens and userinfo carry (W-ID-1 to W-ID-5). */
import { randomUUID } from 'node:crypto';
import type { KoaContextWithOIDC, Account as ProviderAccount } from 'oidc-provider';
import { type Account, isUsable } from '../accounts/account.ts';
import type { AccountStore } from '../accounts/store.ts';
import type { RegisteredClient } from '../clients/client.ts';
import type { SnapshotSource } from '../lake/snapshot.ts';
import type { Clock } from '../shared/clock.ts';
import type { AccessTokenClaims } from '../tokens/claims.ts';
import { type IdentityClaims, identityClaims } from '../tokens/identity.ts';
import { wlcgVersion } from '../tokens/profile.ts';
import { groupsIn } from '../tokens/profiles.ts';
import { issuedToken } from './issued.ts';
import { getClient } from './registered-client.ts';

/** What one login proved, by the account and the second of the login. */
export type FindAuthentication = (
  accountId: string,
  authTime: number,
) => Promise<{ readonly assurance: readonly string[] } | undefined>;

/** The library's account with ours behind it. */
export interface LoggedInAccount extends ProviderAccount {
  readonly account: Account;
  /** What the login behind this request said of assurance (A-ASS-4); empty: nothing is known of it. */
  readonly assurance: readonly string[];
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
  readonly findAuthentication: FindAuthentication;
  readonly clock: Clock;
}) {
  /** Undefined for an account that is gone, suspended or past its end: every flow stops there. */
  return async (ctx: KoaContextWithOIDC, sub: string, source?: object): Promise<LoggedInAccount | undefined> => {
    const account = await deps.accounts.findById(sub);
    if (account === undefined || !isUsable(account, deps.clock.now())) return undefined;
    // Codes name the second of the login that they stem from.
    const { authTime } = (source ?? {}) as { authTime?: number };
    const login = authTime === undefined ? undefined : await deps.findAuthentication(sub, authTime);
    const assurance = login?.assurance ?? [];
    return {
      accountId: account.id,
      account,
      assurance,
      claims: async () => ({
        sub: account.id,
        ...profileClaims(account, identityScopes(getClient(deps.snapshots, ctx))),
        ...commonClaims(ctx, assurance),
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
    ...(assurance.length > 0 && { eduperson_assurance: [...assurance] }),
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
