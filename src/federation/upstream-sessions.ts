/** Logins at upstream providers, as they are remembered for the logout there, and what every login proved. */
import type { Authentication, UpstreamSession } from '../authentication/authentication.ts';
import type { SecretSealer } from '../keys/seal.ts';
import type { UpstreamLogout } from './logout-token.ts';
import type { UpstreamProof } from './upstream.ts';

/** What one login proved, for the tokens of this login. */
export type ProvedLogin = Pick<Authentication, 'acr' | 'amr' | 'assurance' | 'upstream'>;

export interface AuthenticationStore {
  /** Two logins of an account in one second: what both proved. */
  record(authentication: Authentication): Promise<void>;
  /** `authTime` in seconds since the epoch. */
  find(accountId: string, authTime: number): Promise<ProvedLogin | undefined>;
  /** With its session at the provider, still sealed. */
  findUpstream(
    accountId: string,
    authTime: number,
  ): Promise<{ readonly upstream: string; readonly sealedIdToken: string } | undefined>;
  /** Logins that rest on this session, or on any of this subject when `sid` is null. */
  loginsOf(upstream: string, subject: string | null, sid: string | null): Promise<readonly PastLogin[]>;
}

/** A login, as sessions name it. */
export interface PastLogin {
  readonly accountId: string;
  /** Seconds since the epoch. */
  readonly authTime: number;
}

export interface UpstreamSessions {
  /** For the record of a login; the ID token is sealed. */
  describe(proof: UpstreamProof): Promise<UpstreamSession>;
  /** The ID token of the session at the provider behind a login here. */
  hintFor(
    accountId: string,
    authTime: number,
  ): Promise<{ readonly upstream: string; readonly idToken: string } | undefined>;
  /** Logins here that rest on what ended there. */
  loginsOf(upstream: string, ended: Pick<UpstreamLogout, 'subject' | 'sid'>): Promise<readonly PastLogin[]>;
}

const purpose = 'upstream id token';

/** The hint stands in an address; servers take some 8 kB of it. */
const longestHint = 6000;

export function createUpstreamSessions(store: AuthenticationStore, sealer: SecretSealer): UpstreamSessions {
  return {
    describe: async ({ subject, sid, idToken }) => ({
      subject,
      sid,
      sealedIdToken: idToken.length > longestHint ? null : await sealer.seal(purpose, Buffer.from(idToken)),
    }),
    hintFor: async (accountId, authTime) => {
      const found = await store.findUpstream(accountId, authTime);
      const opened = found && (await sealer.unseal(purpose, found.sealedIdToken));
      return found && opened && { upstream: found.upstream, idToken: opened.toString() };
    },
    loginsOf: (upstream, { subject, sid }) => store.loginsOf(upstream, subject, sid),
  };
}
