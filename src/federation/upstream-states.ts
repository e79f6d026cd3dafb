/** What is known of upstream providers without asking them: how they answered last, and who logs in with them. */

export interface UpstreamState {
  /** How many identities of the provider are linked to accounts. */
  readonly linked: number;
  /** Milliseconds since the epoch, as the others; null: never. */
  readonly lastLoginAt: number | null;
  /** Logins of the last 30 days; counted no further than `mostLogins`. */
  readonly logins: number;
  /** When it last answered as expected. */
  readonly answeredAt: number | null;
  readonly failedAt: number | null;
  /** A code, such as `ECONNREFUSED`. */
  readonly failure: string | null;
}

/** Beyond it nobody needs to know how many it were. */
export const mostLogins = 1000;

export interface UpstreamStates {
  /** By name; of one that was never used, too. */
  of(
    providers: readonly { readonly name: string; readonly issuer: string }[],
  ): Promise<ReadonlyMap<string, UpstreamState>>;
  /** That it answered, or with which code it failed. */
  note(name: string, failure: string | null): Promise<void>;
}
