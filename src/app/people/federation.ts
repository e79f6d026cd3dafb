/** Puts together upstream providers, identities, and what logins prove. */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { AccountAdministration } from '../../accounts/administration.ts';
import type { Config } from '../../config/schema.ts';
import { createKnownAsAdministration } from '../../federation/administration.ts';
import { createNewcomers } from '../../federation/newcomers.ts';
import { createUpstreamClient } from '../../federation/upstream-client.ts';
import { type AuthenticationStore, createUpstreamSessions } from '../../federation/upstream-sessions.ts';
import type { Federation, LoginListener } from '../../http/people.ts';
import { createSecretSealer } from '../../keys/seal.ts';
import type { Clock } from '../../shared/clock.ts';
import { createAuthenticationStore } from '../../storage/authentications.ts';
import type { Database } from '../../storage/database.ts';
import type { Purgeable } from '../../storage/housekeeping.ts';
import { createIdentities } from '../../storage/identities.ts';
import { createUpstreamStates } from '../../storage/upstream-states.ts';
import { createUpstreams } from '../../storage/upstreams.ts';
import { readAuthorities } from '../client-certificates.ts';

export interface FederationWorkDeps {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly accounts: AccountAdministration;
  readonly onError: (error: unknown) => void;
}

export interface FederationWork {
  readonly federation: Federation;
  readonly authentications: AuthenticationStore;
  readonly purgeable: Purgeable;
  readonly onLogin: LoginListener;
}

export function createFederationWork({
  config,
  db,
  clock,
  log,
  accounts,
  onError,
}: FederationWorkDeps): FederationWork {
  const authentications = createAuthenticationStore(db);
  const identities = createIdentities(db, clock);
  const states = createUpstreamStates(db, clock);
  // Nobody waits for it, and a login does not fail by it.
  const note = (upstream: string, failure: string | null) => {
    states.note(upstream, failure).catch(onError);
  };
  return {
    federation: {
      upstreams: createUpstreams(db),
      upstreamClient: createUpstreamClient({
        secrets: config.upstreamSecrets,
        clock,
        onFailure: (upstream, reason) => {
          log.warn({ upstream, reason }, 'an upstream provider could not be used');
          note(upstream, reason);
        },
        onAnswer: (upstream) => note(upstream, null),
      }),
      upstreamStates: states,
      upstreamSecrets: new Set(Object.keys(config.upstreamSecrets)),
      upstreamSessions: createUpstreamSessions(authentications, createSecretSealer(config.keysSecrets)),
      identities,
      knownAs: createKnownAsAdministration({ accounts, identities }),
      certificateAuthorities: readAuthorities(config.peopleCaFile),
      newcomers: createNewcomers({ accounts, identities, newId: randomUUID }),
    },
    authentications,
    purgeable: authentications,
    onLogin: (authentication) => authentications.record(authentication),
  };
}
