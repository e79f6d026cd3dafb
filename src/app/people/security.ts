/** Puts together what one process does about passwords and second factors. */
import { createHmac } from 'node:crypto';
import type { AccountStore } from '../../accounts/store.ts';
import type { TicketStore } from '../../accounts/tickets.ts';
import { createAttemptGuard } from '../../authentication/attempts.ts';
import { createChangePassword } from '../../authentication/change-password.ts';
import { createSecondFactorGate } from '../../authentication/gate.ts';
import { relyingPartyOf } from '../../authentication/passkey.ts';
import { createSecondFactors } from '../../authentication/second-factors.ts';
import type { Security } from '../../authentication/security.ts';
import type { Config } from '../../config/schema.ts';
import type { LoginListener } from '../../http/people.ts';
import { createSecretSealer } from '../../keys/seal.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../../storage/database.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';
import { createAttemptStore } from '../../storage/login-attempts.ts';
import { createLoginHistory } from '../../storage/login-history.ts';
import { createPasswordChangeStore } from '../../storage/password-change.ts';
import { createPasswordStore } from '../../storage/passwords.ts';
import { createFactorStore } from '../../storage/second-factors.ts';
import { countOtherWaysIn } from '../../storage/ways-in.ts';

/** As browsers and authenticator apps show it. */
const product = 'Sluice';

export interface SecurityWorkDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly config: Config;
  readonly tickets: TicketStore;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly managedBy: (accountId: string) => Promise<readonly string[]>;
}

export interface SecurityWork {
  readonly security: Security;
  readonly onLogin: LoginListener;
  readonly purgeables: readonly Purgeable[];
}

export function createSecurityWork(deps: SecurityWorkDeps): SecurityWork {
  const { db, clock, config, tickets } = deps;
  const counts = createAttemptStore(db);
  const [secret = ''] = config.cookieSecrets;
  const hide = (text: string) => createHmac('sha256', secret).update('attempt\0').update(text).digest('base64url');
  const attempts = createAttemptGuard({ store: counts, now: () => clock.now(), hide });
  const factors = createSecondFactors({
    store: createFactorStore(db, countOtherWaysIn),
    tickets,
    sealer: createSecretSealer(config.keysSecrets),
    attempts,
    party: relyingPartyOf(config.issuer, product),
    clock,
  });
  const logins = createLoginHistory(db);
  const changePassword = createChangePassword({ store: createPasswordChangeStore(db), clock });
  return {
    onLogin: logins.note,
    security: {
      attempts,
      passwords: createPasswordStore(db, clock),
      factors,
      gate: createSecondFactorGate({ ...deps, factors }),
      changePassword,
      logins,
    },
    purgeables: [counts, logins],
  };
}
