/** What is proved once: whoever holds a ticket's secret, in the browser it is bound to, may redeem it until it ends, and only once. */

export type TicketPurpose =
  /** A login between its first proof and its end. */
  | 'login'
  /** The state of an upstream login or of a linking. */
  | 'upstream'
  /** The state of a logout at an upstream provider. */
  | 'upstream-logout'
  /** The challenge of a passkey. */
  | 'passkey'
  /** The secret of one-time codes, until a code has proved that an app has it. */
  | 'one-time-code'
  /** A link in a mail that confirms the address. */
  | 'email'
  | 'password-reset'
  /** What an upstream login proved of who has no account yet. */
  | 'enrolment'
  | 'invitation'
  /** Proof of a key or certificate that is being added. */
  | 'proof';

export interface NewTicket {
  readonly purpose: TicketPurpose;
  /** Another secret that has to come along, such as a cookie's or a session's; null: the ticket alone is enough. */
  readonly binding: string | null;
  readonly accountId: string | null;
  /** JSON. */
  readonly payload: unknown;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

export interface Ticket {
  readonly accountId: string | null;
  readonly payload: unknown;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface TicketStore {
  /** The secret, which is nowhere kept: 256 bits as base64url. */
  issue(ticket: NewTicket): Promise<string>;
  /** Looks without using it up. */
  find(purpose: TicketPurpose, secret: string, binding?: string | null): Promise<Ticket | undefined>;
  /** Uses it up: of two at a time, one gets it. */
  redeem(purpose: TicketPurpose, secret: string, binding?: string | null): Promise<Ticket | undefined>;
  /** All of an account for a purpose: such as reset links once the password has changed, or linkings after an unlink. */
  dropOf(accountId: string, purpose: TicketPurpose): Promise<void>;
}
