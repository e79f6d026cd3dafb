/** What the questions are answered from. */
import type { LakeSnapshot } from '../lake/snapshot.ts';
import type { LiveTokens } from '../rules/live-tokens.ts';
import type { Clock } from '../shared/clock.ts';
import type { QuestionStore } from './store.ts';

/** The rules and clients that decisions are made by. */
export type DecidingRules = Pick<LakeSnapshot, 'policy' | 'clients'>;

export interface QuestionDeps {
  readonly store: QuestionStore;
  readonly tokens: LiveTokens;
  readonly clock: Clock;
  /** The server's present ones, or those read for one command. */
  readonly snapshot: () => DecidingRules | Promise<DecidingRules>;
}
