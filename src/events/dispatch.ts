/** Delivers queued events to their targets: at least once, those of one rule in order, with growing pauses after failures. */
import type { Clock } from '../shared/clock.ts';
import { findRetryDelay } from './backoff.ts';
import type { Claim, DeliveryStore } from './store.ts';
import type { Attempt, Target } from './target.ts';

/** Events of different rules are sent side by side, at most so many to one target. */
const lanes = 4;

/** A delivery that a process took on and never settled, because it was killed, is anybody's after this time. */
const leaseMilliseconds = 60_000;

/** A target that took nothing in a whole round is left alone for this time: it is down, whatever is queued for it. */
const restMilliseconds = 10_000;

const day = 86_400_000;

export interface DispatchDeps {
  readonly targets: readonly Target[];
  readonly store: DeliveryStore;
  readonly clock: Clock;
  /** From [0, 1). */
  readonly random: () => number;
  /** An event so old is not sent again after a failure; 0: until it is taken. */
  readonly giveUpDays: number;
  readonly onAttempt: (claim: Claim, attempt: Attempt) => void;
}

export interface Dispatcher {
  /** Queues what is new and delivers what is due; resolves when nothing is, or nothing is taken any more. */
  round(): Promise<void>;
  /** Ends attempts under way; they are made again by whoever comes next. */
  stop(): void;
}

export function createDispatcher(deps: DispatchDeps): Dispatcher {
  const { targets, store, clock } = deps;
  const stopping = new AbortController();
  const restingUntil = new Map<string, number>();

  const serve = async (target: Target) => {
    if (clock.now() < (restingUntil.get(target.name) ?? 0)) return;
    await store.enqueue(target, clock.now());
    const counts = await Promise.all(Array.from({ length: lanes }, () => serveLane(deps, target, stopping.signal)));
    const isDown = counts.some(({ failed }) => failed) && counts.every(({ taken }) => taken === 0);
    if (isDown) restingUntil.set(target.name, clock.now() + restMilliseconds);
  };

  return {
    round: async () => {
      const served = await Promise.allSettled(targets.map(serve));
      const fault = served.find((one) => one.status === 'rejected');
      if (fault !== undefined) throw fault.reason;
    },
    stop: () => stopping.abort(),
  };
}

/** One delivery after the other, up to the first that is not taken. */
async function serveLane(deps: DispatchDeps, target: Target, stopping: AbortSignal) {
  const { store, clock } = deps;
  let taken = 0;
  while (!stopping.aborted) {
    const now = clock.now();
    const claim = await store.claim(target.name, now, now + leaseMilliseconds);
    if (claim === undefined) return { taken, failed: false };
    const attempt = await target.deliver(claim.event, stopping);
    if (stopping.aborted && !attempt.taken) {
      await store.postpone(claim, attempt.error, now);
      break;
    }
    deps.onAttempt(claim, attempt);
    await settle(deps, claim, attempt);
    if (!attempt.taken) return { taken, failed: true };
    taken += 1;
  }
  return { taken, failed: false };
}

async function settle({ store, clock, random, giveUpDays }: DispatchDeps, claim: Claim, attempt: Attempt) {
  const now = clock.now();
  if (attempt.taken) {
    await store.acknowledge(claim, now);
  } else if (giveUpDays > 0 && now - claim.event.at >= giveUpDays * day) {
    await store.giveUp(claim, attempt.error, now);
  } else {
    const delay = findRetryDelay(claim.attempts, random(), attempt.retryAfterSeconds);
    await store.postpone(claim, attempt.error, now + delay);
  }
}
