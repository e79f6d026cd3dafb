/** What the pages of one's account, of embargoes and of administrators work with, beside what concerns people. */
import type { AccountSessions } from '../../accounts/account-sessions.ts';
import type { OwnProfileUse } from '../../accounts/own-profile.ts';
import type { OwnTokens } from '../../issuance/own-tokens.ts';
import type { KeyAdministration } from '../../keys/administration.ts';
import type { KeyStore } from '../../keys/store.ts';
import type { Overview } from '../../questions/overview.ts';
import type { Questions } from '../../questions/questions.ts';
import type { RuleAdministration } from '../../rules/administration.ts';
import type { FailedAnswers } from '../failed-answers.ts';

/** Tells the services of a session that it has ended. */
export type SessionTeller = (ended: {
  readonly accountId: string;
  readonly services: ReadonlyMap<string, string>;
}) => Promise<void>;

export interface Desk {
  readonly profile: OwnProfileUse;
  readonly sessionsWith: (tell: SessionTeller) => AccountSessions;
  readonly tokens: OwnTokens;
  readonly rules: RuleAdministration;
  readonly questions: Questions;
  readonly keys: {
    readonly store: Pick<KeyStore, 'read' | 'history'>;
    readonly administration: KeyAdministration;
    /** Resolves when this process works by what was changed. */
    readonly settled: () => Promise<void>;
  };
  readonly overview: () => Promise<Overview>;
  readonly failedAnswers: FailedAnswers['ofLastDay'];
}
