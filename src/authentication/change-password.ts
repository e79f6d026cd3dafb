/** A new password for one's own account: whoever else uses the account, with the old one or by sessions and tokens, is out. */

import type { ChangeContext } from '../accounts/actor.ts';
import { hashPassword } from '../accounts/password.ts';
import type { Clock } from '../shared/clock.ts';
import { ok, type Result } from '../shared/result.ts';
import { checkPassword, type PasswordFault, type PasswordOwner } from './password-rules.ts';

export interface PasswordChangeStore {
  /** Ends all sessions but `keptSession` (its uid; null: none is kept) and all refresh chains, drops links to reset it, in one transaction with audit entry and mail. */
  setPassword(
    context: ChangeContext,
    accountId: string,
    hash: string,
    keptSession: string | null,
    now: number,
  ): Promise<void>;
}

/** Whether who asks may do so is for the caller to know: by the old password, or by a link. */
export type ChangePassword = (
  context: ChangeContext,
  account: PasswordOwner & { readonly id: string },
  password: string,
  keptSession: string | null,
) => Promise<Result<null, PasswordFault>>;

export function createChangePassword(deps: {
  readonly store: PasswordChangeStore;
  readonly clock: Clock;
}): ChangePassword {
  return async (context, account, password, keptSession) => {
    const checked = checkPassword(password, account);
    if (!checked.ok) return checked;
    const hash = await hashPassword(checked.value);
    await deps.store.setPassword(context, account.id, hash, keptSession, deps.clock.now());
    return ok(null);
  };
}
