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

/** What is said counts together. Instants in milliseconds since the epoch. */
export interface AuditFilter {
  /** Exactly this, or with a final dot every action of the object, such as `account.`. */
  readonly action?: string | undefined;
  /** As entries name it. */
  readonly actor?: string | undefined;
  /** Of accounts and groups with their memberships. */
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
  /** First instant that counts, and first that counts no more. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Any part of what an entry says, but for dates of memberships, in any case. */
  readonly text?: string | undefined;
}

export interface AuditPage {
  readonly items: readonly StoredAuditEntry[];
  /** Null: nothing follows. */
  readonly next: string | null;
  /** Where a search for text stopped looking, in milliseconds since the epoch, as it looks through 25 000 entries at a time; null: it did not stop. */
  readonly lookedTo: number | null;
}

/** One trail: what administrators did, and the histories of rules, keys and memberships. */
export interface AuditLog {
  /** Newest first. */
  read(filter: AuditFilter, page: { readonly limit: number; readonly after: string | null }): Promise<AuditPage>;
}
