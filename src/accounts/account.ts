/** An account: one person or robot that can log in (issue of identity, not of rights). */
import type { Membership } from '../policy/rule.ts';

export type Role = 'admin' | 'reader' | 'embargo-manager';

export interface Account {
  /** The `sub` of tokens (W-CLM-1). */
  readonly id: string;
  readonly username: string;
  /** Absent: a person. */
  readonly kind?: 'person' | 'service';
  readonly name: string | null;
  readonly email: string | null;
  readonly roles: readonly Role[];
  /** Where the role `embargo-manager` counts, in logical paths; null: everywhere; absent: nowhere. */
  readonly embargoPaths?: readonly string[] | null;
  readonly state: 'active' | 'suspended';
  /** Milliseconds since the epoch; null: without end. */
  readonly endsAt: number | null;
  /** Until when it has agreed to the acceptable use policy, in milliseconds since the epoch; absent or null: without bound; the past: it has not. */
  readonly agreedUntil?: number | null;
  readonly memberships: readonly Membership[];
}

/** Whether tokens may be issued for the account at an instant. */
export function isUsable(account: Account, now: number): boolean {
  return account.state === 'active' && (account.endsAt === null || now < account.endsAt);
}

/** Whether new tokens may be issued for it, as far as the acceptable use policy goes; what it has already lives on. */
export function hasAgreed({ agreedUntil }: Account, now: number): boolean {
  return agreedUntil === undefined || agreedUntil === null || now < agreedUntil;
}

/** What bounds everything that a user has: the end of the account or of its agreement (policy-semantics 2, membership); null: nothing. */
export function boundOf({ endsAt, agreedUntil = null }: Account): number | null {
  if (endsAt === null || agreedUntil === null) return endsAt ?? agreedUntil;
  return Math.min(endsAt, agreedUntil);
}
