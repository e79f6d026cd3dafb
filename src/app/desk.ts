/** Puts together what the pages of one's account, of embargoes and of administrators work with. */
import { createOwnProfile } from '../accounts/own-profile.ts';
import type { TicketStore } from '../accounts/tickets.ts';
import type { RevocationStore } from '../artifacts/revocation-store.ts';
import type { FailedAnswers } from '../http/failed-answers.ts';
import type { Desk } from '../http/pages/desk.ts';
import { texts } from '../http/pages/texts.ts';
import { createOverview } from '../questions/overview.ts';
import type { Clock } from '../shared/clock.ts';
import { createAccountSessions } from '../storage/account-sessions.ts';
import type { Database } from '../storage/database.ts';
import { createOverviewStore } from '../storage/overview.ts';
import { createOwnProfileStore } from '../storage/own-profile.ts';
import { createOwnTokens } from '../storage/own-tokens.ts';
import type { KeyWork } from './keys.ts';
import type { RuleWork } from './rules.ts';

export interface DeskDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly failedAnswers: FailedAnswers;
  readonly ruleWork: RuleWork;
  readonly revocations: RevocationStore;
  readonly tickets: TicketStore;
  readonly keys: KeyWork;
}

export function createDesk({ db, clock, failedAnswers, ruleWork, revocations, tickets, keys }: DeskDeps): Desk {
  const { rules, questions, logged } = ruleWork;
  return {
    rules,
    questions,
    profile: createOwnProfile({ store: createOwnProfileStore(db, clock, texts.product), tickets, now: clock.now }),
    sessionsWith: (tell) => createAccountSessions(db, { clock, tell }),
    tokens: createOwnTokens(db, { clock, revocations, logged }),
    keys: { store: keys.store, administration: keys.administration, settled: keys.readAnew },
    overview: createOverview({ store: createOverviewStore(db), clock }),
    failedAnswers: failedAnswers.ofLastDay,
  };
}
