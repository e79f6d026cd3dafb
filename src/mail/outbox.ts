/** Mails on their way, as delivery and administrators see them. */

/** A mail that one process has taken on until its lease ends. */
export interface MailClaim {
  readonly id: string;
  readonly recipient: string;
  readonly kind: string;
  readonly data: unknown;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** Attempts made, this one among them. */
  readonly attempts: number;
}

export interface MailQueue {
  /** The one that has been due longest; undefined: none is due. Of several processes each gets another one. */
  claim(now: number, leaseEndsAt: number): Promise<MailClaim | undefined>;
  /** Empties what the mail was made of: links in it are secrets. */
  settle(claim: MailClaim, outcome: 'sent' | 'failed', error: string | null, now: number): Promise<void>;
  postpone(claim: MailClaim, error: string, nextAttemptAt: number): Promise<void>;
  /** How many have not been sent or given up. */
  countWaiting(): Promise<number>;
}

/** What lists show of a mail: never what it says. */
export interface OutboxEntry {
  readonly id: string;
  readonly recipient: string;
  readonly kind: string;
  readonly state: 'waiting' | 'sent' | 'failed';
  readonly createdAt: number;
  readonly attempts: number;
  /** Null once it is settled. */
  readonly nextAttemptAt: number | null;
  readonly error: string | null;
  readonly settledAt: number | null;
}
