/** Tokens that are still out and may open a logical path: read from the issue log (policy-semantics 7 and 8). */

/** An access token that has not expired. */
export interface LiveToken {
  readonly jti: string;
  /** `sub`: an account id or a client id. */
  readonly subject: string;
  readonly clientId: string | null;
  /** Empty: it names none. */
  readonly audience: readonly string[];
  /** Its storage scopes that open something at, above or below the path, in the storage's own paths. */
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface TokenPage {
  /** At most so many tokens. */
  readonly limit: number;
  /** `next` of the page before; null or absent: from the beginning. */
  readonly after?: string | null;
}

export interface LiveTokenSource {
  /** Those that live at the instant (ms since the epoch), latest expiry first. Written at most 200 ms ago may be missing. */
  liveTokens(
    path: string,
    at: number,
    page: TokenPage,
  ): Promise<{ readonly tokens: readonly LiveToken[]; readonly next: string | null }>;
}
