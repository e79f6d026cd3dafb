/** Tokens that are still out and may open a logical path: read from the issue log (policy-semantics 7 and 8). */
import type { Action } from '../policy/rule.ts';
import type { ScopeReach } from './scope-reach.ts';

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

/** Which tokens are looked for. */
export interface TokenQuery {
  /** Logical. */
  readonly path: string;
  /** Milliseconds since the epoch: issued before, expiring after, and not revoked by now. */
  readonly at: number;
  /** Only scopes that let their bearer do this; absent: any. */
  readonly action?: Action | undefined;
  /** Only tokens of these `sub`; absent: anybody's. */
  readonly subjects?: readonly string[] | undefined;
}

export interface FoundToken extends LiveToken {
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** For each of its `scopes` how far, and at which storages, it opens the path. */
  readonly reach: readonly ScopeReach[];
}

/** All tokens that were found, without looking at each. */
export interface TokenCount {
  readonly count: number;
  /** Milliseconds since the epoch; null: none was found. */
  readonly latestExpiry: number | null;
}

/** `createLiveTokens` of src/storage/live-tokens.ts searches in PostgreSQL. */
export interface LiveTokens extends LiveTokenSource {
  count(query: TokenQuery): Promise<TokenCount>;
  /** Latest expiry first. */
  find(
    query: TokenQuery,
    page: TokenPage,
  ): Promise<TokenCount & { readonly tokens: readonly FoundToken[]; readonly next: string | null }>;
}
