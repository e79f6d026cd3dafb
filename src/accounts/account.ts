/** An account: one person or robot that can log in (issue of identity, not of rights). */
import type { Membership } from '../policy/rule.ts';

export type Role = 'admin' | 'reader' | 'embargo-manager';

export interface Account {
  /** The `sub` of tokens (W-CLM-1). */
  readonly id: string;
  readonly username: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly roles: readonly Role[];
  /** Where the role `embargo-manager` counts, in logical paths; null: everywhere; absent: nowhere. */
  readonly embargoPaths?: readonly string[] | null;
  readonly state: 'active' | 'suspended';
  /** Milliseconds since the epoch; null: without end. */
  readonly endsAt: number | null;
  readonly memberships: readonly Membership[];
}

/** Whether tokens may be issued for the account at an instant. */
export function isUsable(account: Account, now: number): boolean {
  return account.state === 'active' && (account.endsAt === null || now < account.endsAt);
}
