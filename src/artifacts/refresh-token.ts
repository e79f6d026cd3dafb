/** Chains of refresh tokens: one row a chain, the token itself kept only as a hash (W-REF-1, W-REF-3). */

/** What a chain may be refreshed to, and what its login was. */
export interface RefreshPayload {
  /** Requested and consented at first, in the order of the request: the ceiling (policy-semantics 6). */
  readonly scope: string;
  readonly audiences: readonly string[];
  readonly acr: string | null;
  readonly amr: readonly string[];
  /** Seconds since the epoch. */
  readonly authTime: number | null;
  readonly nonce: string | null;
  readonly sid: string | null;
  readonly claims: unknown;
  readonly flow: string;
}

export interface RefreshChain {
  readonly id: string;
  readonly clientId: string;
  readonly accountId: string;
  readonly grantId: string;
  readonly payload: RefreshPayload;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly revoked: boolean;
  /** False: the token presented is the one before the present one. */
  readonly current: boolean;
}

export type NewRefreshChain = Omit<RefreshChain, 'revoked' | 'current'> & { readonly token: string };

export interface RefreshTokenStore {
  insert(chain: NewRefreshChain): Promise<void>;
  find(token: string): Promise<RefreshChain | undefined>;
  /** Replaces the present token; false when it is no longer the present one. */
  rotate(id: string, from: string, to: string, now: number): Promise<boolean>;
  revoke(id: string, now: number): Promise<void>;
  revokeByGrant(grantId: string, now: number): Promise<void>;
  purge(now: number): Promise<number>;
}
