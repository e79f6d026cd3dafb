/** Applications of an account: clients that it allowed something or that hold a refresh token of it, and the end of both. */
import type { ChangeContext } from '../accounts/actor.ts';
import type { PeopleAnswer } from '../accounts/refusal.ts';

/** What one client may do for the account; times in milliseconds since the epoch. */
export interface Application {
  readonly clientId: string;
  readonly name: string | null;
  /** Suspended ones get nothing. */
  readonly state: 'active' | 'suspended';
  /** Scopes that the account allowed, or that a live chain of refresh tokens still has as its ceiling; sorted. */
  readonly scopes: readonly string[];
  /** Empty: any storage. */
  readonly audiences: readonly string[];
  /** The first consent or chain that still counts. */
  readonly since: number;
  /** When a chain was last refreshed, or the client last asked; null: unknown. */
  readonly lastUsedAt: number | null;
  /** Live chains: it may act while the account is away. */
  readonly chains: number;
}

export interface Applications {
  /** All of the account's, by name: an account has few, at most 500 are shown. */
  list(accountId: string): Promise<readonly Application[]>;
  /** Ends consents, refresh chains, codes and grants of the account at the client at once; its access tokens are inactive at introspection. */
  revoke(context: ChangeContext, accountId: string, clientId: string): Promise<PeopleAnswer<null>>;
}
