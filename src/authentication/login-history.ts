/** What people see of the logins to their account, so that they notice those of others. */

export interface PastLogin {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly address: string | null;
  /** Family of the browser and system, such as `Firefox, Linux`. */
  readonly agent: string | null;
  /** Name of the upstream provider; null: with a secret of this server. */
  readonly upstream: string | null;
  /** RFC 8176. */
  readonly amr: readonly string[];
}

export interface LoginHistory {
  /** Newest first. */
  recent(accountId: string, limit: number): Promise<readonly PastLogin[]>;
}
