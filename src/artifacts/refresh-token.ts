/** Chains of refresh tokens: one row a chain, the token itself kept only as a hash (W-REF-1, W-REF-3). */

import type { ActClaim } from '../tokens/claims.ts';

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
  /** Who acts for the subject, outermost first (RFC 8693 section 4.1); null: nobody. */
  readonly act: ActClaim | null;
}

export interface RefreshChain {
  readonly id: string;
  readonly clientId: string;
  /** Null for a chain that was exchanged from a token of a client. */
  readonly accountId: string | null;
  /** Whose token was exchanged when it was a client's: the principal of the chain. */
  readonly subjectClientId: string | null;
  /** For whom the exchanged token was issued: the chain ends with that client too. */
  readonly originClientId: string | null;
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
