/** What every area of pages is built from. */
import type Provider from 'oidc-provider';
import type { Logger } from 'pino';
import type { AccountStore } from '../../accounts/store.ts';
import type { Issuance } from '../../issuance/issue.ts';
import type { SnapshotSource } from '../../lake/snapshot.ts';
import type { BrowserSessions } from '../../provider/browser-session.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Csrf } from '../csrf.ts';
import type { BrowserLogin } from '../login/browser-login.ts';
import type { LoginJourney } from '../login/journey.ts';
import type { UpstreamLogin } from '../login/upstream.ts';
import type { People } from '../people.ts';
import type { Desk } from './desk.ts';
import type { MemberPages } from './member.ts';
import type { Pages } from './render.ts';

export interface PageArea {
  readonly provider: Provider;
  readonly issuer: string;
  /** The issuer is served over https. */
  readonly secure: boolean;
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly sessions: BrowserSessions;
  readonly journey: LoginJourney;
  readonly upstream: UpstreamLogin;
  /** Checks a password as the login does. */
  readonly authenticate: BrowserLogin;
  readonly member: MemberPages;
  readonly people: People;
  readonly desk: Desk;
  readonly accounts: AccountStore;
  readonly snapshots: SnapshotSource;
  readonly issuance: Issuance;
  readonly clock: Clock;
  readonly log: Logger;
}
