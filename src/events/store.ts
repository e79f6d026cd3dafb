/** What the delivery of events needs of the database. All instants are ms since the epoch. */
import type { RuleEvent } from './event.ts';
import type { Target } from './target.ts';

/** A delivery that this process took on. */
export interface Claim {
  readonly target: string;
  readonly event: RuleEvent;
  /** Including the one to be made now. */
  readonly attempts: number;
}

/** What a target still has to get. */
export interface Backlog {
  readonly target: string;
  readonly waiting: number;
  /** When the oldest event that waits happened; null: none waits. */
  readonly oldest: number | null;
}

export interface DeliveryStore {
  /** Makes targets known; a new one gets what happens from now on. */
  register(names: readonly string[], now: number): Promise<void>;
  /** Queues for the target what has happened since the last call, in whichever process. */
  enqueue(target: Pick<Target, 'name' | 'types'>, now: number): Promise<void>;
  /**
   * Takes one due delivery, or undefined. Of each rule only the oldest that is not settled is due. Nobody else takes it
   * before `until`.
   */
  claim(target: string, now: number, until: number): Promise<Claim | undefined>;
  /** The target took it. */
  acknowledge(claim: Claim, now: number): Promise<void>;
  /** It did not; unless somebody else took the delivery on by now, it is due again at `nextAttemptAt`. */
  postpone(claim: Claim, error: string, nextAttemptAt: number): Promise<void>;
  /** It did not, and is not asked again. */
  giveUp(claim: Claim, error: string, now: number): Promise<void>;
  /** For these targets, each named in the result. */
  findBacklog(names: readonly string[]): Promise<readonly Backlog[]>;
}
