/** What pages and the API need of passwords and second factors. */
import type { PasswordStore } from '../accounts/login.ts';
import type { AttemptGuard } from './attempts.ts';
import type { ChangePassword } from './change-password.ts';
import type { SecondFactorGate } from './gate.ts';
import type { LoginHistory } from './login-history.ts';
import type { SecondFactors } from './second-factors.ts';

export interface Security {
  readonly attempts: AttemptGuard;
  readonly passwords: PasswordStore;
  readonly factors: SecondFactors;
  readonly gate: SecondFactorGate;
  readonly changePassword: ChangePassword;
  readonly logins: LoginHistory;
}
