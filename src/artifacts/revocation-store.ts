/** Access tokens revoked before their end, by `jti`, until they expire (RFC 7009). */

/** An access token by its `jti`, and its end in milliseconds since the epoch. */
export interface IssuedAccessToken {
  readonly jti: string;
  readonly expiresAt: number;
}

/** A chain of refresh tokens that was revoked, and the access token that it began with. */
export interface EndedChain {
  readonly chainId: string;
  readonly first: IssuedAccessToken | null;
}

export interface RevocationStore {
  /** `expiresAt` in ms since the epoch. */
  revoke(jti: string, expiresAt: number): Promise<void>;
  /** Of a chain of refresh tokens: the access token that it began with, those refreshed from it, and what was exchanged from them. */
  revokeComingOf(chain: EndedChain, now: number): Promise<void>;
  isRevoked(jti: string): Promise<boolean>;
  purge(now: number): Promise<number>;
}
