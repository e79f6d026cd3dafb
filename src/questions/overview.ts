/** What administrators see first: what was issued and refused in the last day, what is waiting, and whether the server is well. */
import type { Clock } from '../shared/clock.ts';

/** One hour of the issue log. */
export interface HourOfTokens {
  /** Beginning of the hour, milliseconds since the epoch. */
  readonly at: number;
  readonly issued: number;
  readonly refused: number;
  /** Issued by client. */
  readonly clients: ReadonlyMap<string, number>;
  /** Scopes that were refused, by reason word. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** What waits for somebody. */
export interface Waiting {
  readonly enrolments: number;
  readonly groupRequests: number;
  readonly clientRequests: number;
  /** Mails not sent yet, and the instant since when the oldest of them waits. */
  readonly mails: number;
  readonly oldestMail: number | null;
  /** Notifications to webhooks not delivered yet. */
  readonly events: number;
  /** Size of the database in bytes. */
  readonly databaseBytes: number;
}

export interface OverviewStore {
  hour(at: number): Promise<HourOfTokens>;
  waiting(): Promise<Waiting>;
}

export interface Count {
  readonly name: string;
  readonly count: number;
}

export interface Overview {
  /** When it was counted. */
  readonly at: number;
  /** Twenty-four, the oldest first; the last one is not over yet. */
  readonly hours: readonly HourOfTokens[];
  /** Most first. */
  readonly reasons: readonly Count[];
  readonly clients: readonly Count[];
  readonly waiting: Waiting;
}

const hour = 3_600_000;

/** So long a count is good enough, in milliseconds. */
const freshFor = 30_000;

/** The log is written a moment after what it tells; an hour is over for good after this time. */
const settled = 60_000;

/** Counts an hour that is over once, and the present one at most every half minute, however many look. */
export function createOverview({ store, clock }: { store: OverviewStore; clock: Clock }): () => Promise<Overview> {
  const past = new Map<number, HourOfTokens>();
  let last: { readonly at: number; readonly answer: Promise<Overview> } | undefined;

  const read = async (now: number): Promise<Overview> => {
    const present = now - (now % hour);
    const starts = Array.from({ length: 24 }, (_, index) => present - (23 - index) * hour);
    for (const at of past.keys()) if (at < (starts[0] ?? 0)) past.delete(at);
    const hours: HourOfTokens[] = [];
    // One after the other: the database has other work.
    for (const at of starts) {
      const found = past.get(at) ?? (await store.hour(at));
      if (at + hour + settled < now) past.set(at, found);
      hours.push(found);
    }
    const waiting = await store.waiting();
    return {
      at: now,
      hours,
      reasons: sumUp(hours.map(({ reasons }) => reasons)).slice(0, 15),
      clients: sumUp(hours.map(({ clients }) => clients)).slice(0, 10),
      waiting,
    };
  };

  return () => {
    const now = clock.now();
    if (last === undefined || Math.abs(now - last.at) >= freshFor) {
      const answer = read(now);
      last = { at: now, answer };
      answer.catch(() => {
        last = undefined;
      });
    }
    return last.answer;
  };
}

function sumUp(maps: readonly ReadonlyMap<string, number>[]): readonly Count[] {
  const sums = new Map<string, number>();
  for (const map of maps) for (const [name, count] of map) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums]
    .map(([name, count]) => ({ name, count }))
    .sort((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1));
}
