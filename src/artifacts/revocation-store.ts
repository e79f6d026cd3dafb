/** Access tokens revoked before their end, by `jti`, until they expire (RFC 7009). */
export interface RevocationStore {
  /** `expiresAt` in ms since the epoch. */
  revoke(jti: string, expiresAt: number): Promise<void>;
  isRevoked(jti: string): Promise<boolean>;
  purge(now: number): Promise<number>;
}
