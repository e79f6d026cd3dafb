/** What pages and the API need of passwords and second factors. */
import type { PasswordStore } from '../accounts/login.ts';
import type { AttemptGuard } from './attempts.ts';
import type { SecondFactorGate } from './gate.ts';
import type { SecondFactors } from './second-factors.ts';

export interface Security {
  readonly attempts: AttemptGuard;
  readonly passwords: PasswordStore;
  readonly factors: SecondFactors;
  readonly gate: SecondFactorGate;
}
