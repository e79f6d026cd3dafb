/** Puts together what one process does about passwords and second factors. */
import { createHmac } from 'node:crypto';
import { createAttemptGuard } from '../../authentication/attempts.ts';
import type { Security } from '../../authentication/security.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../../storage/database.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';
import { createAttemptStore } from '../../storage/login-attempts.ts';
import { createPasswordStore } from '../../storage/passwords.ts';

export interface SecurityWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly cookieSecrets: readonly string[];
}

export interface SecurityWork {
  readonly security: Security;
  readonly purgeables: readonly Purgeable[];
}

export function createSecurityWork({ db, clock, cookieSecrets }: SecurityWorkDeps): SecurityWork {
  const attempts = createAttemptStore(db);
  const [secret = ''] = cookieSecrets;
  const hide = (text: string) => createHmac('sha256', secret).update('attempt\0').update(text).digest('base64url');
  return {
    security: {
      attempts: createAttemptGuard({ store: attempts, now: clock.now, hide }),
      passwords: createPasswordStore(db, clock),
    },
    purgeables: [attempts],
  };
}
