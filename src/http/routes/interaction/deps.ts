/** What the interaction routes are built from. */
import type { AccountStore } from '../../../accounts/store.ts';
import type { SecondFactors } from '../../../authentication/second-factors.ts';
import type { ConsentStore } from '../../../clients/consent.ts';
import type { Issuance } from '../../../issuance/issue.ts';
import type { BrowserSessions } from '../../../provider/browser-session.ts';
import type { Csrf } from '../../csrf.ts';
import type { BrowserLogin } from '../../login/browser-login.ts';
import type { ChooserDeps } from '../../login/chooser.ts';
import type { LoginJourney } from '../../login/journey.ts';
import type { StepUpDeps } from '../../login/second-factor-step.ts';
import type { Pages } from '../../pages/render.ts';
import type { People } from '../../people.ts';
import type { FactsDeps } from './facts.ts';

export interface InteractionDeps extends FactsDeps, ChooserDeps {
  readonly pages: Pages;
  readonly csrf: Csrf;
  readonly accounts: AccountStore;
  readonly consents: ConsentStore;
  readonly authenticate: BrowserLogin;
  readonly journey: LoginJourney;
  readonly sessions: BrowserSessions;
  readonly factors: SecondFactors;
  readonly proved: StepUpDeps['proved'];
  readonly people: Pick<People, 'acceptableUse'>;
  /** The decision that a token request would meet now. */
  readonly preview: Issuance['preview'];
}
