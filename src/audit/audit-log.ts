/** What administrators did that no history of rules tells (issue: tokens as every lake service asks for them, section 4; policy-semantics 8). */

export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Such as `tokens.revoked`. */
  readonly action: string;
  /** `user:<username>`, `client:<id>` or `operator`. */
  readonly actor: string;
  /** Network address; null for the command line. */
  readonly address: string | null;
  readonly reason: string | null;
  /** What only this action has, as JSON; never a secret or a token. */
  readonly detail: Readonly<Record<string, unknown>>;
  /** What it was done to, such as `account` and its id; absent: nothing in particular. */
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
}

export interface StoredAuditEntry extends AuditEntry {
  readonly id: string;
}

export interface AuditLog {
  /** Newest first, those below `after`; one more than `limit` when more follow. */
  read(
    filter: { readonly action?: string | undefined },
    page: { readonly limit: number; readonly after: string | null },
  ): Promise<readonly StoredAuditEntry[]>;
}
