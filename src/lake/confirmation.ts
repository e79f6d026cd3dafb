/** Knows whether the rules in memory are still those of the database: looks in the background, and within a request when the last look is too old (policy-semantics 7 "Clocks", 8). */
import type { Clock } from '../shared/clock.ts';
import { AppError } from '../shared/errors.ts';
import type { LakeSnapshot, SnapshotSource } from './snapshot.ts';

/** Age in milliseconds from which the database is asked within the request. */
export const confirmedForMilliseconds = 1000;

/** How often a process says that it lives, in milliseconds; whoever waits for it gives it up after `silentMilliseconds`. */
const tellMilliseconds = 1500;

/**
 * A process that is silent for longer is not waited for. INVARIANT: longer than `tellMilliseconds`, one look and
 * `confirmedForMilliseconds` together, so that a process that nobody waits for does not take its rules for confirmed either.
 */
export const silentMilliseconds = 5000;

/** Difference between the clocks from which no storage scope is issued, in milliseconds (policy-semantics 7). */
const worstClockOffset = 30_000;

/** Longest wait of a request for a confirmation, in milliseconds. */
const patienceMilliseconds = 2000;

/** What the database says of itself. */
export interface DatabaseLook {
  readonly version: number;
  /** The database's clock in milliseconds since the epoch; null: it runs on the same machine. */
  readonly now: number | null;
}

export interface ConfirmationDeps {
  readonly clock: Clock;
  readonly current: () => LakeSnapshot;
  /** Reads what changed; afterwards `current` has the version that the database had at the call, or a later one. */
  readonly advance: () => Promise<void>;
  /** One small question; rejects within some 1.5 s when there is no answer. */
  readonly look: () => Promise<DatabaseLook>;
  /** Says to the other processes that this one lives and which version it decides by. */
  readonly tell: (version: number) => Promise<void>;
}

export interface Confirmation extends SnapshotSource {
  /** Looks, unless that is being done; a look that finds another version reads what changed. */
  look(): Promise<void>;
  /** The same, and sees everything that was committed before the call. */
  lookAnew(): Promise<void>;
  /** Milliseconds since the rules in memory were last known to be those of the database. */
  age(): number;
  /** By how much this machine's clock is ahead of the database's, in milliseconds. */
  clockOffset(): number;
}

export function createConfirmation(deps: ConfirmationDeps): Confirmation {
  const { clock } = deps;
  let confirmedAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;
  let toldVersion: number | undefined;
  let offset: ClockOffset = { middle: 0, least: 0 };
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  // A clock that was set back must not make a confirmation last.
  const since = (instant: number) => Math.abs(clock.now() - instant);
  const isFresh = () => since(confirmedAt) <= confirmedForMilliseconds;

  const tellIfDue = async () => {
    const now = clock.now();
    const { version } = deps.current();
    if (version === toldVersion && since(toldAt) < tellMilliseconds) return;
    await deps.tell(version);
    toldAt = now;
    toldVersion = version;
  };

  const lookOnce = async () => {
    // INVARIANT: the sign of life comes before the look, so that no write was answered unawaited that the look does not see.
    await tellIfDue();
    const asked = clock.now();
    const found = await deps.look();
    offset = offsetOf(found.now, asked, clock.now());
    // A lower one is that of a restored backup.
    if (found.version === deps.current().version) {
      confirmedAt = asked;
      return;
    }
    const began = clock.now();
    await deps.advance();
    confirmedAt = began;
    await tellIfDue();
  };

  const look = () => {
    running ??= lookOnce().finally(() => {
      running = undefined;
    });
    return running;
  };

  const lookAnew = () => {
    if (running === undefined) return look();
    const after = () => {
      next = undefined;
      return look();
    };
    next ??= running.then(after, after);
    return next;
  };

  const ask = async () => {
    let cause: unknown;
    const looking = async () => {
      // Reading many rules may itself take too long to count; a second look is short then.
      for (let left = 2; left > 0 && !isFresh(); left--) await look();
    };
    await within(
      patienceMilliseconds,
      looking().catch((error: unknown) => {
        cause = error;
      }),
    );
    if (!isFresh()) throw unavailable('the rules could not be confirmed with the database', cause);
    return trusted();
  };

  const trusted = () => {
    if (offset.least <= worstClockOffset) return deps.current();
    throw unavailable(`the clock differs from the database's by ${Math.round(offset.middle / 1000)} s`);
  };

  return {
    current: deps.current,
    confirmed: () => (isFresh() ? trusted() : ask()),
    look,
    lookAnew,
    age: () => since(confirmedAt),
    clockOffset: () => offset.middle,
  };
}

interface ClockOffset {
  /** The best guess: the database looked at its clock in the middle of the round trip. */
  readonly middle: number;
  /** The smallest difference that the round trip allows. */
  readonly least: number;
}

function offsetOf(databaseNow: number | null, asked: number, answered: number): ClockOffset {
  if (databaseNow === null) return { middle: 0, least: 0 };
  const middle = (asked + answered) / 2 - databaseNow;
  return { middle, least: Math.abs(middle) - (answered - asked) / 2 };
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError('policy_unavailable', message, { cause });
}

async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = setTimeout(late.resolve, milliseconds);
  await Promise.race([work, late.promise]);
  clearTimeout(timer);
}
