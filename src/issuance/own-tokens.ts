/** The access tokens that were issued to an account, from the issue log, and their revocation by whom they speak for. */
import type { ChangeContext } from '../accounts/actor.ts';

/** Absent fields do not restrict; times in milliseconds since the epoch, `[from, until)`. */
export interface OwnTokenFilter {
  readonly client?: string | undefined;
  readonly audience?: string | undefined;
  /** Any part of the scopes issued. */
  readonly scope?: string | undefined;
  readonly from: number;
  readonly until: number;
  /** Neither expired nor revoked. */
  readonly live: boolean;
}

export interface OwnToken {
  readonly jti: string;
  readonly client: string;
  /** Empty: any. */
  readonly audiences: readonly string[];
  readonly scope: string;
  readonly at: number;
  readonly expiresAt: number;
  readonly revoked: boolean;
  /** The chain of refresh tokens that it comes of, while that lives. */
  readonly chainId: string | null;
}

export interface OwnTokens {
  /** Newest first; `next` is `after` of the next page. */
  list(
    accountId: string,
    filter: OwnTokenFilter,
    page: { readonly limit: number; readonly after: string | null },
  ): Promise<{ readonly items: readonly OwnToken[]; readonly next: string | null }>;
  find(accountId: string, jti: string): Promise<OwnToken | undefined>;
  /** Denies it and everything that was exchanged from it; with `chain` also ends the chain of refresh tokens that it comes of. */
  revoke(context: ChangeContext, token: OwnToken, options: { readonly chain: boolean }): Promise<void>;
}
